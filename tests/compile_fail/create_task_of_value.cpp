// SPDX-License-Identifier: BSL-1.0
// message: pass a call, work\(\), or a coroutine function and its arguments
#include <ouro/ouro.hpp>

using namespace std::chrono_literals;

ouro::task<int> work() { co_return 1; }

void wrong() { ouro::create_task(5); }
