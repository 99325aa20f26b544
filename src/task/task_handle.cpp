// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/task_handle.hpp"

#include "ouro/loop/exception_context.hpp"

#include <algorithm>
#include <cstdio>

namespace ouro::inline v0 {
namespace detail {

stack_entry entry_of(const std::source_location& place) noexcept {
  return {function_name(place), place.file_name(), place.line()};
}

std::vector<stack_entry> stack_of(const task_base& task) {
  std::vector<stack_entry> stack;
  for (const promise_base* at = task.innermost_frame(); at != nullptr; at = at->parent()) {
    stack.push_back(entry_of(at->place()));
  }
  std::reverse(stack.begin(), stack.end());
  return stack;
}

void print_stack(const task_base& task) {
  std::fprintf(stderr, "%s\n", task.describe().c_str());
  for (const stack_entry& entry : stack_of(task)) {
    std::fprintf(stderr, "  %.*s %.*s:%u\n", static_cast<int>(entry.function.size()),
                 entry.function.data(), static_cast<int>(entry.file.size()), entry.file.data(),
                 entry.line);
  }
}

}  // namespace detail

task_handle<> current_task() { return current_task(get_running_loop()); }

task_handle<> current_task(event_loop& loop) {
  detail::task_base* task = detail::task_base::current_or_null();
  if (task == nullptr || &task->loop() != &loop) return {};
  return task_handle<>(detail::intrusive_ptr<detail::task_base>(task));
}

std::vector<task_handle<>> all_tasks() { return all_tasks(get_running_loop()); }

std::vector<task_handle<>> all_tasks(event_loop& loop) {
  std::vector<task_handle<>> tasks;
  for (detail::task_base& task : loop.tasks()) {
    tasks.emplace_back(detail::intrusive_ptr<detail::task_base>(&task));
  }
  return tasks;
}

}  // namespace ouro::inline v0
