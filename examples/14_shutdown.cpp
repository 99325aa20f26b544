// SPDX-License-Identifier: BSL-1.0
// Works until Ctrl-C comes, then lets everybody clean up, and ends with 130, as a shell expects.
//
// Shows: keyboard_interrupt, clean-up of all tasks by run(). asyncio: KeyboardInterrupt around
// asyncio.run().

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>
#include <exception>

using namespace std::chrono_literals;

// Saves its work when it is cancelled. The saving has to wait, and no catch block may: it comes
// after.
ouro::task<> work(int number) {
  std::exception_ptr cancelled;
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    cancelled = std::current_exception();
  }
  co_await ouro::sleep(5ms);
  std::printf("worker %d has saved its work\n", number);
  if (cancelled) std::rethrow_exception(cancelled);
}

ouro::task<> amain() {
  for (int number = 1; number <= 2; ++number) ouro::create_task(work(number));
  co_await ouro::sleep(0s);  // they start
  std::puts("working; Ctrl-C ends this");
  std::fflush(stdout);
  try {
    co_await ouro::sleep(1h);  // Ctrl-C cancels the main task
  } catch (const ouro::cancelled_error&) {
    std::puts("amain is cancelled");
    throw;
  }
}

int main() {
  try {
    ouro::run(amain());  // when amain has ended, cancels the others and waits for them
  } catch (const ouro::keyboard_interrupt&) {  // no std::exception either
    std::puts("interrupted");
    return 130;
  }
}
