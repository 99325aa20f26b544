// SPDX-License-Identifier: BSL-1.0
// Tasks that wait for a signal of another task.
//
// Shows: event. asyncio: Event. It may be a local variable: a coroutine's locals live in its frame,
// and here amain waits until nobody uses it any more.

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

// The event is passed by reference, because it is shared; it must outlive who waits for it.
ouro::task<> runner(int number, ouro::event& start) {
  std::printf("runner %d is ready\n", number);
  co_await start.wait();
  std::printf("runner %d runs\n", number);
}

ouro::task<> amain() {
  ouro::event start;
  auto first = ouro::create_task(runner(1, start));
  auto second = ouro::create_task(runner(2, start));
  co_await ouro::sleep(10ms);

  start.set();  // makes both ready, in the order of their coming; does not run them
  std::puts("go");
  co_await first;
  co_await second;

  // It stays set: who comes now does not wait.
  co_await runner(3, start);

  start.clear();
  try {
    co_await ouro::wait_for(start.wait(), 20ms);
  } catch (const ouro::timeout_error&) {
    std::puts("nobody has started the next race");
  }
}

int main() { ouro::run(amain()); }
