// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/task/runner.hpp"

#include <source_location>
#include <utility>

namespace ouro::inline v0 {

/// Runs a program: makes a loop, runs `main` on it, cancels and joins what is left, closes the
/// loop, and returns the value of `main` or throws its exception. The tasks that are left are
/// cancelled in the reverse order of their creation; what they throw while they end goes to the
/// exception handler.
///
/// Errors: usage_error if a loop is running in this thread; ring_setup_error if the kernel gives no
/// io_uring; keyboard_interrupt after Ctrl-C, which cancels `main` and lets it clean up (the second
/// Ctrl-C ends the process with status 130).
/// asyncio: run().
template <class T>
T run(task<T> main, const run_options& options = {},
      std::source_location place = std::source_location::current()) {
  runner scope(options);  // closes on the way out of an exception too
  if constexpr (std::is_void_v<T>) {
    scope.run(std::move(main), {}, place);
    scope.close();
  } else {
    T result = scope.run(std::move(main), {}, place);
    scope.close();
    return static_cast<T&&>(result);
  }
}

template <not_awaitable T>
void run(T&&) = delete;  // pass the call of a coroutine function: run(work()), not run(work)

}  // namespace ouro::inline v0
