// SPDX-License-Identifier: BSL-1.0
#include "describe_tasks.hpp"

namespace ouro::inline v0::testing {
namespace {

std::string at(std::string_view file, unsigned line) {
  return std::string(file) + ":" + std::to_string(line);
}

/// Ready or not started: it runs in the next turn.
bool is_ready(const task_handle<>& task) {
  const auto& base = static_cast<const detail::task_base&>(*task.state());
  return base.blocked_on() == nullptr;
}

}  // namespace

std::string describe_task(const task_handle<>& task) {
  const std::source_location& made = task.created_at();
  std::string text = "\n  task '" + task.get_name() + "' " + std::string(task.get_coro().function) +
                     ", made at " + at(made.file_name(), made.line());
  for (const stack_entry& entry : task.get_stack()) {
    text += "\n    in " + std::string(entry.function) + " at " + at(entry.file, entry.line);
  }
  return text;
}

std::string describe_tasks(event_loop& loop, which_tasks which) {
  const task_handle<> running =
      event_loop::running_here() == &loop ? current_task(loop) : task_handle<>();
  std::string text;
  for (const task_handle<>& task : all_tasks(loop)) {
    if (task == running || (which == which_tasks::ready && !is_ready(task))) continue;
    text += describe_task(task);
  }
  return text;
}

}  // namespace ouro::inline v0::testing
