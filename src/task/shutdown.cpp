// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/detail/shutdown.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/base/log.hpp"
#include "ouro/task/detail/report.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <unistd.h>
#include <vector>

namespace ouro::inline v0::detail {
namespace {

/// Stops the loop when the last of several tasks is done.
class countdown {
 public:
  countdown(event_loop& loop, const std::vector<task_handle<>>& tasks) : left_(tasks.size()) {
    for (const task_handle<>& task : tasks) {
      task.add_done_callback([this, &loop] {
        if (--left_ == 0) loop.stop();
      });
    }
  }
  bool finished() const noexcept { return left_ == 0; }

 private:
  std::size_t left_;
};

void report_stuck(const task_handle<>& task) {
  std::string text = "Task '" + task.get_name() + "' did not end within the shutdown grace, " +
                     std::to_string(task.cancelling()) + " cancel request(s); it is destroyed";
  for (const stack_entry& entry : task.get_stack()) {
    text += "\n  " + std::string(entry.function) + " (" + std::string(entry.file) + ":" +
            std::to_string(entry.line) + ")";
  }
  log(log_level::error, text);
}

void report_failure(event_loop& loop, const task_handle<>& task) {
  if (!task.done() || task.cancelled()) return;
  const std::exception_ptr error = task.exception();
  if (!error) return;
  const std::string name = task.get_name();
  exception_context report;
  report.message = "unhandled exception during run() shutdown";
  report.exception = error;
  report.task = &task;
  report.name = name;
  report.place = task.created_at();
  loop.call_exception_handler(report);
}

void write_text(std::string_view text) noexcept {
  static_cast<void>(!::write(STDERR_FILENO, text.data(), text.size()));
}

void write_name(const task_base& task) noexcept {
  if (!task.own_name().empty()) {
    write_text(task.own_name());
    return;
  }
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, task.number());
  write_text("Task-");
  write_text({digits, static_cast<std::size_t>(end.ptr - digits)});
}

}  // namespace

void run_until_done(event_loop& loop, const future<>& main) {
  const auto token = main.add_done_callback([&loop] { loop.stop(); });
  loop.run_forever();
  if (main.done()) return;
  main.remove_done_callback(token);
  throw_usage_error("Event loop stopped before Future completed.");
}

void cancel_all_tasks(event_loop& loop, optional_duration grace) {
  std::vector<task_handle<>> tasks = all_tasks(loop);
  if (tasks.empty()) return;
  std::reverse(tasks.begin(), tasks.end());
  // Handlers and callbacks may hold on to the count after a grace has passed.
  const countdown waiting(loop, tasks);
  for (const task_handle<>& task : tasks) task.cancel();
  timer_handle deadline;
  if (grace) deadline = loop.call_later(*grace, [&loop] { loop.stop(); });
  while (!waiting.finished()) {
    loop.run_forever();
    if (grace && deadline.when() <= loop.time()) break;
  }
  if (deadline) deadline.cancel();
  for (const task_handle<>& task : tasks) {
    if (!task.done()) report_stuck(task);
    report_failure(loop, task);
  }
}

// Runs in signal context, where neither memory nor locks may be had: reads what the loop leaves in
// place.
void write_task_tree(event_loop& loop) noexcept {
  write_text("\nouro: interrupted twice; unfinished tasks:\n");
  int lines_left = 100;
  for (const task_base& task : loop.tasks()) {
    if (lines_left-- == 0) break;
    write_text("  ");
    write_name(task);
    write_text("  ");
    write_text(function_name(task.coroutine()));
    write_text("\n");
  }
}

}  // namespace ouro::inline v0::detail
