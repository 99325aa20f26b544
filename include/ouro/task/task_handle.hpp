// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/task/detail/task_base.hpp"
#include "ouro/task/future.hpp"

#include <source_location>
#include <string>
#include <string_view>
#include <vector>

namespace ouro::inline v0 {

/// One line of a suspended task's stack.
struct stack_entry {
  std::string_view function;
  std::string_view file;
  unsigned line;
};

namespace detail {
stack_entry entry_of(const std::source_location& place) noexcept;
std::vector<stack_entry> stack_of(const task_base& task);
void print_stack(const task_base& task);
}  // namespace detail

/// A running task, as create_task() gives it. Copies share it; dropping the last one lets the task
/// go on (the loop owns it). `task_handle<>` also stands for any task, without its value. asyncio:
/// Task.
///
/// Awaiting it waits for the task; `co_await handle` gives `const T&`, `co_await std::move(handle)`
/// moves the value out.
///
/// Cancellation: cancelling a task that awaits a task cancels that one, and goes on when it has
/// ended. shield() stops that.
template <class T>
class task_handle : public future<T> {
 public:
  task_handle() noexcept = default;
  explicit task_handle(detail::intrusive_ptr<detail::future_base> state) noexcept
      : future<T>(std::move(state)) {}
  explicit task_handle(const detail::intrusive_ptr<detail::task_base>& state) noexcept
      : future<T>(detail::intrusive_ptr<detail::future_base>(state.get())) {}

  /// Any task handle is a task_handle<>.
  template <class U>
    requires(std::is_void_v<T> && !std::is_void_v<U>)
  explicit(false) task_handle(const task_handle<U>& other) noexcept : future<T>(other.state()) {}

  /// Requests that the task ends: cancelled_error is thrown where it is suspended, in a later turn.
  /// The task may catch it. False if it is done. asyncio: Task.cancel().
  bool cancel(std::string_view message = {}) const { return usable().cancel(message); }
  /// How many requests have been made and not taken back.
  int cancelling() const { return base().cancelling(); }
  /// Takes one request back; at zero, also one that has not been delivered. Returns what is left.
  int uncancel() const { return usable().uncancel(); }

  std::string get_name() const { return base().name(); }
  void set_name(std::string_view name) const { base().set_name(name); }

  /// The coroutine function that the task runs.
  stack_entry get_coro() const { return detail::entry_of(base().coroutine()); }
  /// Where create_task() was called.
  const std::source_location& created_at() const { return base().place(); }
  context get_context() const { return base().copy_context_of(); }
  /// The awaits that a suspended task stands in, outermost first; empty once it is done.
  std::vector<stack_entry> get_stack() const { return detail::stack_of(base()); }
  /// Writes name and stack to stderr.
  void print_stack() const { detail::print_stack(base()); }

  template <class Function>
  done_callback_token add_done_callback(
      Function&& function, const callback_options& options = {},
      std::source_location place = std::source_location::current()) const {
    return detail::add_done_callback<task_handle>(usable(), std::forward<Function>(function),
                                                  options, place);
  }

  template <class... Arguments>
  void set_result(Arguments&&...) const = delete;
  template <class Exception>
  void set_exception(Exception&&) const = delete;

 private:
  detail::task_base& base() const {
    return static_cast<detail::task_base&>(detail::checked(this->state()));
  }
  detail::task_base& usable() const {
    detail::task_base& task = base();
    task.check_thread();
    return task;
  }
};

/// The task that is running; empty in a plain callback.
/// Errors: usage_error if no loop is running. asyncio: current_task().
task_handle<> current_task();
/// The task that is running on `loop`.
task_handle<> current_task(event_loop& loop);

/// The unfinished tasks of the running loop, in the order of their creation. asyncio: all_tasks().
std::vector<task_handle<>> all_tasks();
std::vector<task_handle<>> all_tasks(event_loop& loop);

}  // namespace ouro::inline v0

template <class T>
struct std::hash<ouro::task_handle<T>> : std::hash<ouro::future<T>> {};
