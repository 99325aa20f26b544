// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/owned.hpp"
#include "ouro/base/time.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/task_handle.hpp"

namespace ouro::inline v0::detail {

/// Runs the loop until `main` is done.
/// Errors: usage_error if the loop was stopped before.
void run_until_done(event_loop& loop, const future<>& main);

/// Cancels every task of a loop that is not running, last made first, runs it until they have
/// ended, and reports their errors. After `grace` the ones that still live are listed, and left to
/// be destroyed.
void cancel_all_tasks(event_loop& loop, optional_duration grace);

/// Writes the unfinished tasks to stderr with nothing but write(2).
void write_task_tree(event_loop& loop) noexcept;

/// While it lives, a signal prints the tasks of a loop with their stacks to stderr.
class dump_on_signal {
 public:
  dump_on_signal(event_loop& loop, int signal_number);
  dump_on_signal(const dump_on_signal&) = delete;
  dump_on_signal& operator=(const dump_on_signal&) = delete;
  ~dump_on_signal();

 private:
  struct saved;
  event_loop* loop_;
  int signal_number_;
  owned<saved> saved_;  // null if there is no such signal
};

}  // namespace ouro::inline v0::detail
