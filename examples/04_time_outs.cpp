// SPDX-License-Identifier: BSL-1.0
// Three ways to stop waiting: for one thing, for a block, and without stopping what is waited for.
//
// Shows: wait_for, timeout, shield, fail_after. asyncio: wait_for(), async with timeout(), shield();
// trio: fail_after().

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

ouro::task<> worker() { co_await ouro::sleep(1h); }
ouro::task<> connect() { co_await ouro::sleep(5ms); }
ouro::task<> transfer() { co_await ouro::sleep(20ms); }

ouro::task<> amain() {
  // When the time is over the task is cancelled, and has ended before the exception comes.
  auto handle = ouro::create_task(worker(), {.name = "worker"});  // dropping it kills nothing
  try {
    co_await ouro::wait_for(handle, 20ms);
  } catch (const ouro::timeout_error&) {  // what() says which deadline it was, and where it is set
    std::printf("timed out; the worker is %s\n", handle.cancelled() ? "cancelled" : "alive");
  }

  // A block with a deadline, as async with: a lambda, because leaving it may have to wait. The
  // deadline can be moved from inside.
  co_await ouro::timeout(2s, [&](ouro::timeout_scope& scope) -> ouro::task<> {
    co_await connect();
    scope.reschedule(ouro::get_running_loop().time() + 10s);
    co_await transfer();
  });
  std::puts("the block was in time");

  // shield() gives up waiting and leaves the task running.
  auto other = ouro::create_task(transfer());
  try {
    co_await ouro::wait_for(ouro::shield(other), 0s);
  } catch (const ouro::timeout_error&) {
    std::printf("given up; the other is %s\n", other.done() ? "done" : "still running");
  }
  co_await other;

  // Without a lambda: an object whose deadline holds for every await until its scope ends.
  try {
    const ouro::fail_after guard(20ms);
    co_await connect();
    co_await worker();
  } catch (const ouro::timeout_error&) {
    std::puts("all of it took too long");
  }
}

int main() { ouro::run(amain()); }
