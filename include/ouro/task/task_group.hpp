// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/exception_group.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/detail/group_core.hpp"

#include <concepts>
#include <exception>
#include <source_location>
#include <type_traits>
#include <utility>

namespace ouro::inline v0 {

/// Options of task_group::run().
struct task_group_options {
  /// A single failure is thrown as it is, not in an exception_group.
  bool unwrap_single = false;
};
static_assert(std::is_trivially_destructible_v<task_group_options>);

/// Tasks that end together: run() leaves only when all of them are done. asyncio: TaskGroup.
class task_group : private detail::group_core {
 public:
  /// Awaits `body`, a function that takes the group and gives a task, then waits for all tasks of
  /// the group, and returns what the body returned.
  ///
  /// The first failure, of a task or of the body, cancels the others and the body. When all have
  /// ended an exception_group is thrown with the failures in the order in which they came; a
  /// cancelled task is no failure. A keyboard_interrupt is thrown as it is. The body may capture by
  /// reference only: g++ 12 destroys captures by value twice.
  ///
  /// Errors: exception_group. Cancellation: cancels the tasks, waits for them, then throws
  /// cancelled_error (or the exception_group, if there were failures; then the cancellation comes
  /// at the next suspension). asyncio: async with TaskGroup().
  template <class Body>
    requires detail::is_coroutine<std::invoke_result_t<Body&, task_group&>>
  static auto run(Body body, task_group_options options = {})
      -> std::invoke_result_t<Body&, task_group&> {
    using T = typename std::invoke_result_t<Body&, task_group&>::value_type;
    task_group group(options);
    detail::child<T> running(body(group).release());
    co_await detail::settled(running);
    running.destroy_frame();
    group.body_ended(running.how(), running.error());
    while (group.has_children()) co_await group.join();
    group.finish();
    if constexpr (!std::is_void_v<T>) co_return running.take();
  }

  task_group(const task_group&) = delete;
  task_group& operator=(const task_group&) = delete;

  /// Schedules a task in the group, as ouro::create_task() does. Tasks of the group may do this
  /// too, until the last one has ended.
  ///
  /// Errors: usage_error once the group is being cancelled, or has ended.
  template <awaitable Awaitable>
  auto create_task(Awaitable&& awaitable, const task_options& options = {},
                   std::source_location place = std::source_location::current()) {
    auto coroutine = detail::to_coroutine(std::forward<Awaitable>(awaitable));
    return add(std::move(coroutine), options, place);
  }
  template <class Function, class... Arguments>
    requires detail::coroutine_function<Function, Arguments...>
  auto create_task(Function&& function, Arguments&&... arguments) {
    return add(detail::call_coroutine<std::decay_t<Function>, std::decay_t<Arguments>...>(
                   std::forward<Function>(function), std::forward<Arguments>(arguments)...),
               task_options{}, std::source_location::current());
  }

  /// Cancels the tasks and the body; run() then returns without an error. A body that had to give a
  /// value and was cancelled before gives cancelled_error. asyncio: TaskGroup.cancel() (3.15).
  void cancel() noexcept { group_core::cancel(); }

 private:
  explicit task_group(const task_group_options& options) : group_core(options.unwrap_single) {}

  template <class T>
  task_handle<T> add(task<T>&& coroutine, const task_options& options, std::source_location place) {
    if (!accepts_tasks()) {
      coroutine.close();
      refuse_task();
    }
    parent().loop().check_scheduling();
    auto handle = detail::start_task(parent().loop(), std::move(coroutine), options, place);
    adopt(handle.state());
    if (!accepts_tasks()) handle.cancel();  // its eager first step has cancelled the group
    return handle;
  }
};

}  // namespace ouro::inline v0
