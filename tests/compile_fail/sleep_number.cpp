// SPDX-License-Identifier: BSL-1.0
// message: give the time a unit: sleep\(1s\), sleep\(20ms\)
#include <ouro/ouro.hpp>

using namespace std::chrono_literals;

ouro::task<int> work() { co_return 1; }

ouro::task<> wrong() { co_await ouro::sleep(1); }
