// SPDX-License-Identifier: BSL-1.0
// Another thread hands results to the loop.
//
// Shows: call_soon_threadsafe, the one call that other threads may make. asyncio: the same name.

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>
#include <thread>
#include <utility>

using namespace std::chrono_literals;

int slow_square(int n) {
  std::this_thread::sleep_for(10ms);  // blocks its thread, which the loop must never do
  return n * n;
}

// Futures belong to the thread of their loop: the other thread only carries its copy, and moves it
// into a function that it sends to the loop.
ouro::task<int> in_thread(int n) {
  ouro::event_loop& loop = ouro::get_running_loop();
  auto result = loop.create_future<int>();
  std::jthread thread([&loop, mine = result, n]() mutable {
    const int square = slow_square(n);
    loop.call_soon_threadsafe([result = std::move(mine), square] {
      if (!result.done()) result.set_result(square);  // done: who waited has been cancelled
    });
  });
  co_return co_await result;
}

ouro::task<> amain() {
  auto squares = ouro::create_task(in_thread(7));
  int turns = 0;
  while (!squares.done()) {
    co_await ouro::sleep(1ms);  // meanwhile the loop is free
    ++turns;
  }
  std::printf("the loop went on: %s\n", turns > 0 ? "yes" : "no");
  std::printf("the square is %d\n", co_await squares);
}

int main() { ouro::run(amain()); }
