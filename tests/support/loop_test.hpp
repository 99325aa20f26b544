// SPDX-License-Identifier: BSL-1.0
// What most tests of the layers task and above use, under a short name.
#pragma once

#include "ouro/loop/event_loop.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/task.hpp"
#include "ouro/testing/open_fds.hpp"
#include "ouro/testing/settle.hpp"
#include "ouro/testing/test_case.hpp"
#include "ouro/testing/virtual_clock.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace test {

using namespace ouro::testing;
using namespace std::chrono_literals;

}  // namespace test
