// SPDX-License-Identifier: BSL-1.0
// Says "hello" after one second and "world" after two: first one after the other, which takes three
// seconds, then at the same time, which takes two.
//
// Shows: co_await, create_task, task_handle. asyncio: say_after of its page "Coroutines and Tasks".

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>
#include <string>

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
  co_await say_after(1s, "hello");
  co_await say_after(2s, "world");
}

// create_task() makes a task, which the loop runs beside this one. What it returns is a handle:
// awaiting it waits for the task's end. Dropping it would not stop the task.
ouro::task<> at_the_same_time() {
  auto hello = ouro::create_task(say_after(1s, "hello"));
  auto world = ouro::create_task(say_after(2s, "world"));
  co_await hello;
  co_await world;
}

// A task<> is a value that can be handed on, as long as somebody awaits it in the end. It is moved,
// because only one can: hence std::move.
ouro::task<> timed(const char* title, ouro::task<> body) {
  std::printf("%s: started\n", title);
  const auto begin = std::chrono::steady_clock::now();
  co_await std::move(body);
  const std::chrono::duration<double> total = std::chrono::steady_clock::now() - begin;
  std::printf("%s: finished, total %.0f s\n", title, total.count());
}

ouro::task<> amain() {
  co_await timed("one after the other", one_after_the_other());
  co_await timed("as tasks", at_the_same_time());
}

int main() { ouro::run(amain()); }
