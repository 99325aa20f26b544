// SPDX-License-Identifier: BSL-1.0
// A task gets its value from its coroutine.
// g++: use of deleted function .*set_result
// clang: call to deleted member function 'set_result'
#include <ouro/ouro.hpp>

using namespace std::chrono_literals;

ouro::task<int> work() { co_return 1; }

void wrong(ouro::task_handle<int> handle) { handle.set_result(4); }
