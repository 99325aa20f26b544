// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/loop/event_loop.hpp"
#include "ouro/task/task_handle.hpp"

#include <string>

namespace ouro::inline v0::testing {

enum class which_tasks { all, ready };

/// The unfinished tasks of a loop without the running one, a line each with name, function and the
/// place of create_task(), followed by the awaits that it stands in. Each line begins with a line
/// feed.
std::string describe_tasks(event_loop& loop, which_tasks which);

/// The same of one task.
std::string describe_task(const task_handle<>& task);

}  // namespace ouro::inline v0::testing
