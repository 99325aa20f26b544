// SPDX-License-Identifier: BSL-1.0
// Prints "hello", waits a tenth of a second, prints "world".
//
// Shows: task, sleep, run. asyncio: the first example of its documentation.

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;  // 100ms is a tenth of a second

// A coroutine, asyncio's `async def`. There is no keyword for it: what makes it one is the
// `co_await` inside and the return type, task<T>. task<> stands for task<void>, a coroutine without
// a result.
ouro::task<> say_hello() {
  std::puts("hello");
  co_await ouro::sleep(100ms);  // other tasks would run meanwhile; here there are none
  std::puts("world");
}

// asyncio.run(say_hello()): makes an event loop, runs the coroutine on it, and cleans up.
int main() { ouro::run(say_hello()); }
