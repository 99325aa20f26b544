// SPDX-License-Identifier: BSL-1.0
// Cancels tasks and watches them clean up.
//
// Shows: cancel, cancelled_error, clean-up by destructor and clean-up that has to wait. asyncio:
// Task.cancel(), CancelledError, try ... finally.

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>
#include <exception>

using namespace std::chrono_literals;

// C++ has no `finally`: what has to happen in any case stands in the destructor of an object.
struct open_file {
  ~open_file() { std::puts("  file closed"); }
};

ouro::task<> writer() {
  const open_file file;
  co_await ouro::sleep(1h);  // the cancellation is an exception thrown here
  std::puts("never printed");
}

// A catch block may not contain co_await, so clean-up that has to wait comes after it. Throwing the
// same exception again says that the task has really been cancelled.
ouro::task<> caller() {
  std::exception_ptr cancelled;
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error& why) {
    std::printf("  cancelled: %s\n", why.message().c_str());
    cancelled = std::current_exception();
  }
  co_await ouro::sleep(10ms);
  std::puts("  said goodbye");
  if (cancelled) std::rethrow_exception(cancelled);
}

// cancel() only asks. Awaiting the handle waits until the task has ended.
ouro::task<> stop(const char* title, ouro::task_handle<> running) {
  std::puts(title);
  co_await ouro::sleep(0s);  // a turn, so that it starts
  running.cancel("time to go");
  try {
    co_await running;
  } catch (
      const ouro::cancelled_error&) {  // is no std::exception, so that no handler takes it unseen
    std::puts("  ended");
  }
}

ouro::task<> amain() {
  co_await stop("the writer:", ouro::create_task(writer()));
  co_await stop("the caller:", ouro::create_task(caller()));
}

int main() { ouro::run(amain()); }
