// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/time.hpp"
#include "ouro/base/unique_function.hpp"
#include "ouro/task/task.hpp"

#include <exception>
#include <string>
#include <type_traits>
#include <vector>

namespace ouro::inline v0::testing {

/// What can be wrong with a test.
enum class problem_kind {
  exception,        // the test, its set-up, its tear-down or a clean-up threw
  hang,             // it did not end within the time limit
  pending_task,     // a task was left that had not ended
  never_awaited,    // a coroutine was made and dropped
  pending_timer,    // a timer was left
  pending_request,  // a request was left in the kernel
  open_fd,          // a file descriptor was left open, or one was closed that is not the test's
  kept_memory,      // blocks of the frame pool were not given back: frames, futures, callbacks
  unread_report,    // the exception handler was told something, and the test did not look at it
};

/// One thing that is wrong with a test.
struct problem {
  problem_kind kind;
  /// One or more lines that name the culprit.
  std::string text;
  /// What was thrown; null unless `kind` is exception.
  std::exception_ptr exception;
};

struct isolation_options {
  /// How long a phase of the test may take in real time. Zero is for ever; nothing is what
  /// set_time_limit() said.
  optional_duration time_limit = std::nullopt;
  /// Whether the clock jumps to the next timer when the loop is idle.
  bool autojump = true;
};
static_assert(std::is_trivially_destructible_v<isolation_options>);

/// Runs a test: calls `body` and runs its coroutine on a fresh loop with a virtual_clock. Then lets
/// what is ready run, cancels the tasks that are left, closes the loop, and tells what was wrong;
/// an empty list means that the test has passed. For any framework; OURO_TEST_CASE() does it for
/// Catch2.
///
/// A test that failed is not blamed for what it has left behind. One that exceeds the time limit is
/// cancelled, and the problem lists the tasks and where they wait. One that blocks its thread for
/// longer than that ends the process with a message.
///
/// Errors: usage_error if a loop is running in this thread; ring_setup_error as event_loop.
std::vector<problem> run_isolated(unique_function<task<>()> body,
                                  const isolation_options& options = {});

/// The time limit of tests whose options name none; 30 seconds at first, zero is for ever.
/// Threads: any.
void set_time_limit(duration limit) noexcept;

/// What the exception handler of the running test was told since the last call, each as
/// "message | name | exception". What nobody takes is a problem at the end of the test.
/// Errors: usage_error outside run_isolated().
std::vector<std::string> take_reports();

}  // namespace ouro::inline v0::testing
