// SPDX-License-Identifier: BSL-1.0
// Coroutines that are cancelled, and say what became of it.
#pragma once

#include "ouro/base/errors.hpp"
#include "ouro/sync/event.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/task.hpp"

#include <string>

namespace cancel_test {

using namespace std::chrono_literals;

/// Awaits `body` and appends how it ended; swallows a cancellation.
inline ouro::task<> note_end(ouro::task<> body, std::string& log) {
  try {
    co_await body;
    log += "returned";
  } catch (const ouro::cancelled_error& error) {
    log += "cancelled(" + error.message() + ")";
  } catch (const ouro::timeout_error&) {
    log += "timed out";
  } catch (const std::exception& error) {
    log += error.what();
  }
}

inline ouro::task<> wait_for_event(ouro::event& go) { co_await go.wait(); }

/// Waits, and notes the name with '+' if it is let through, with '-' if it is cancelled.
inline ouro::task<int> wait_and_note(ouro::event& go, std::string& log, char name) {
  try {
    co_await go.wait();
    log += '+';
    log += name;
  } catch (const ouro::cancelled_error&) {
    log += '-';
    log += name;
    throw;
  }
  co_return 1;
}

/// When cancelled, needs `clean_up` before it ends, cancelled; notes each stage.
inline ouro::task<> clean_up_slowly(std::string& log, ouro::duration clean_up) {
  std::exception_ptr cancelled;
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    cancelled = std::current_exception();
  }
  log += "cleaning ";
  try {
    co_await ouro::sleep(clean_up);
    log += "clean ";
  } catch (const ouro::cancelled_error&) {
    log += "interrupted ";
    throw;
  }
  if (cancelled) std::rethrow_exception(cancelled);
}

/// Ignores the first `times` cancels, each of which it notes, and gives 7 at the next event or
/// cancel.
inline ouro::task<int> swallow(int times, std::string& log, ouro::event& go) {
  for (; times > 0; --times) {
    try {
      co_await go.wait();
      break;
    } catch (const ouro::cancelled_error&) {
      log += "swallowed ";
    }
  }
  co_return 7;
}

/// Awaits a future or task by reference, which stays with the caller.
template <class Future>
ouro::task<> await_it(Future future) {
  co_await future;
}

}  // namespace cancel_test
