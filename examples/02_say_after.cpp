// SPDX-License-Identifier: BSL-1.0
// Says "hello" after a tenth of a second and "world" after a fiftieth: first one after the other,
// in 0.12 seconds, and then at the same time, in 0.1 seconds, when the shorter wait is over first.
//
// Shows: co_await, create_task, task_handle. asyncio: say_after of its page "Coroutines and Tasks".

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>
#include <string>
#include <utility>

using namespace std::chrono_literals;

// The parameters are taken by value: a coroutine keeps its copies until it ends, while a reference
// would dangle if what it refers to went before.
ouro::task<> say_after(ouro::duration delay, std::string what) {
  co_await ouro::sleep(delay);
  std::puts(what.c_str());
}

// Calling a coroutine does not run it, exactly as in Python: `co_await` does. Each say_after() runs
// to its end, inside this task, before the next begins.
ouro::task<> one_after_the_other() {
  co_await say_after(100ms, "hello");
  co_await say_after(20ms, "world");
}

// create_task() makes a task, which the loop runs beside this one. What it returns is a handle:
// awaiting it waits for the task's end. Dropping it would not stop the task.
ouro::task<> at_the_same_time() {
  auto hello = ouro::create_task(say_after(100ms, "hello"));
  auto world = ouro::create_task(say_after(20ms, "world"));
  co_await hello;
  co_await world;
}

// A task<> is a value that can be handed on, as long as somebody awaits it in the end. It is moved,
// because only one can: hence std::move.
ouro::task<> titled(const char* title, ouro::task<> body) {
  std::printf("%s:\n", title);
  co_await std::move(body);
}

ouro::task<> amain() {
  co_await titled("one after the other", one_after_the_other());
  co_await titled("as tasks", at_the_same_time());
}

int main() { ouro::run(amain()); }
