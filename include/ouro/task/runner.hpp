// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/light_std.hpp"
#include "ouro/base/time.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/create_task.hpp"

#include <optional>
#include <source_location>
#include <type_traits>
#include <utility>

namespace ouro::inline v0 {

/// Makes the loop of a runner.
using loop_factory = std::unique_ptr<event_loop> (*)();

/// Options of run() and runner.
struct run_options {
  /// Debug mode on or off; nothing leaves it to OURO_DEBUG.
  std::optional<bool> debug = std::nullopt;
  /// null is new_event_loop().
  ouro::loop_factory loop_factory = nullptr;
  /// Ctrl-C cancels the main task; off leaves the signal alone.
  bool handle_sigint = true;
  /// How long the tasks that are left at the end may take to clean up. Then they are reported, by
  /// name and by where they wait, and destroyed. Nothing waits for ever, as asyncio does.
  optional_duration shutdown_grace = std::nullopt;
  /// A signal that prints all tasks with their stacks to stderr; 0 is none.
  int dump_signal = 0;
};
static_assert(std::is_trivially_destructible_v<run_options>);

/// Options of runner::run().
struct runner_run_options {
  const ouro::context* context = nullptr;
};
static_assert(std::is_trivially_destructible_v<runner_run_options>);

/// Runs several coroutines, one after the other, on one loop. Between them its other tasks are
/// paused.
/// asyncio: Runner.
class runner {
 public:
  explicit runner(const run_options& options = {});
  runner(const runner&) = delete;
  runner& operator=(const runner&) = delete;
  /// Closes it; what close() would throw is reported.
  ~runner();

  /// Runs `main` as a task and returns its value or throws its exception. Context variables that it
  /// sets stay set for the next run.
  ///
  /// Errors: usage_error if a loop is running in this thread or the runner is closed;
  /// keyboard_interrupt after Ctrl-C, which cancels the task.
  template <class T>
  T run(task<T> main, const runner_run_options& options = {},
        std::source_location place = std::source_location::current()) {
    task_handle<T> handle = begin(std::move(main), options, place);
    wait_for_main(handle);
    handle.state()->check_value();
    return detail::extract_value<T>(*handle.state());
  }

  /// The loop, made at the first need.
  event_loop& get_loop();

  /// Cancels all tasks that are left, waits for them, and closes the loop. Idempotent.
  void close();

 private:
  template <class T>
  task_handle<T> begin(task<T>&& main, const runner_run_options& options,
                       std::source_location place) {
    check_idle();
    get_loop().check_scheduling();
    return detail::start_task(
        *loop_, std::move(main),
        {.name = {}, .context = options.context ? options.context : &context_}, place);
  }

  void check_idle() const;
  void wait_for_main(const task_handle<>& main);

  run_options options_;
  std::unique_ptr<event_loop> loop_;
  context context_;
  bool closed_ = false;
};

}  // namespace ouro::inline v0
