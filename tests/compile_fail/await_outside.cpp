// SPDX-License-Identifier: BSL-1.0
// A function that awaits is a coroutine and returns a task.
// g++: unable to find the promise type for this coroutine
// clang: this function cannot be a coroutine
#include <ouro/ouro.hpp>

using namespace std::chrono_literals;

ouro::task<int> work() { co_return 1; }

void wrong() { co_await work(); }
