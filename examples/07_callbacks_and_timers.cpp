// SPDX-License-Identifier: BSL-1.0
// A loop without any coroutine: it calls functions, at once or at a time.
//
// Shows: event_loop, call_soon, call_later, call_at, handles, stop. asyncio: the same names. What a
// callback needs it captures, where Python passes arguments.

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

int main() {
  ouro::event_loop loop;
  const ouro::time_point begin = loop.time();

  // Deadlines count, not the order of these lines; equal ones keep it.
  loop.call_later(150ms, [&] {
    std::puts("the last timer stops the loop");
    loop.stop();
  });
  loop.call_at(begin + 50ms, [] { std::puts("first timer"); });
  loop.call_later(100ms, [] { std::puts("second timer"); });

  // The handle takes a call back. Dropping a handle does nothing.
  ouro::timer_handle never = loop.call_later(75ms, [] { std::puts("never printed"); });
  never.cancel();

  // Callbacks run in the order of registration, before any timer. One that is added by a callback
  // waits for the next turn.
  loop.call_soon([&] {
    std::puts("callback 1");
    loop.call_soon([] { std::puts("callback 3, added by 1"); });
  });
  loop.call_soon([] { std::puts("callback 2"); });

  std::puts("nothing has run yet");
  loop.run_forever();  // until stop()
  std::puts(loop.time() - begin >= 150ms ? "150 ms have passed" : "too early");
}
