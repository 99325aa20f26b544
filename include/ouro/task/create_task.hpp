// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/loop/event_loop.hpp"
#include "ouro/task/awaitable.hpp"
#include "ouro/task/task.hpp"
#include "ouro/task/task_handle.hpp"

#include <concepts>
#include <source_location>
#include <string_view>
#include <type_traits>
#include <utility>

namespace ouro::inline v0 {

/// Options of create_task().
struct task_options {
  /// For reports and debuggers; empty is "Task-N".
  std::string_view name = {};
  /// The context to run in, shared with whoever holds it; null copies the current one.
  const ouro::context* context = nullptr;
  /// Runs the first step inside create_task().
  bool eager_start = false;
};
static_assert(std::is_trivially_destructible_v<task_options>);

namespace detail {

/// `loop` must be the running one of this thread, or not run.
template <class T>
task_handle<T> start_task(event_loop& loop, task<T>&& coroutine, const task_options& options,
                          std::source_location place) {
  auto* state =
      new task_state<T>(loop, *coroutine.release(), context_slot::for_new(options.context), place);
  task_handle<T> handle{intrusive_ptr<task_base>(state)};  // beside the loop's own reference
  if (!options.name.empty()) state->set_name(options.name);
  state->start(options.eager_start);
  return handle;
}

/// Runs any awaitable as a coroutine.
template <class Awaitable>
task<std::decay_t<await_result_t<Awaitable>>> as_coroutine(Awaitable awaitable) {
  co_return co_await std::move(awaitable);
}

template <class Function, class... Arguments>
auto call_coroutine(Function function, Arguments... arguments)
    -> task<await_result_t<std::invoke_result_t<Function&, Arguments...>>> {
  co_return co_await function(std::move(arguments)...);
}

template <class T>
task<T> to_coroutine(task<T> coroutine) noexcept {
  return coroutine;
}
template <awaitable Awaitable>
  requires(!is_coroutine<std::remove_cvref_t<Awaitable>>)
auto to_coroutine(Awaitable&& awaitable) {
  return as_coroutine<std::remove_cvref_t<Awaitable>>(std::forward<Awaitable>(awaitable));
}

/// A function, with its arguments, that gives something to await.
template <class Function, class... Arguments>
concept coroutine_function =
    !awaitable<Function> && std::invocable<std::decay_t<Function>&, std::decay_t<Arguments>...> &&
    awaitable<std::invoke_result_t<std::decay_t<Function>&, std::decay_t<Arguments>...>>;

}  // namespace detail

/// Schedules a coroutine as a task of the running loop. It starts in the next turn, in the order of
/// creation. The loop owns it: dropping the handle detaches the task, and if it then fails, that is
/// reported.
///
/// Errors: usage_error if no loop is running, or if the task is empty. asyncio: create_task().
template <class T>
task_handle<T> create_task(task<T> coroutine, const task_options& options = {},
                           std::source_location place = std::source_location::current()) {
  return detail::start_task(get_running_loop(), std::move(coroutine), options, place);
}

/// Schedules anything that can be awaited, such as `sleep(1s)`.
template <awaitable Awaitable>
  requires(!detail::is_coroutine<std::remove_cvref_t<Awaitable>>)
auto create_task(Awaitable&& awaitable, const task_options& options = {},
                 std::source_location place = std::source_location::current()) {
  return detail::start_task(
      get_running_loop(), detail::to_coroutine(std::forward<Awaitable>(awaitable)), options, place);
}

/// Calls `function(arguments...)` in a new task. Function and arguments are moved into the task and
/// live as long as it: the form for a lambda that captures.
template <class Function, class... Arguments>
  requires detail::coroutine_function<Function, Arguments...>
auto create_task(Function&& function, Arguments&&... arguments) {
  return detail::start_task(
      get_running_loop(),
      detail::call_coroutine<std::decay_t<Function>, std::decay_t<Arguments>...>(
          std::forward<Function>(function), std::forward<Arguments>(arguments)...),
      task_options{}, std::source_location::current());
}

template <not_awaitable T>
  requires(!detail::coroutine_function<T>)
void create_task(T&&) = delete;  // pass a call, work(), or a coroutine function and its arguments

/// Gives futures and tasks back as they are, and wraps a coroutine in a new task.
/// asyncio: ensure_future().
template <class T>
future<T> ensure_future(future<T> already) {
  return already;
}
template <class T>
task_handle<T> ensure_future(task_handle<T> already) {
  return already;
}
template <awaitable Awaitable>
  requires(!detail::is_future<std::remove_cvref_t<Awaitable>>)
auto ensure_future(Awaitable&& awaitable,
                   std::source_location place = std::source_location::current()) {
  return create_task(std::forward<Awaitable>(awaitable), task_options{}, place);
}

template <class T>
task_handle<T> event_loop::create_task(task<T> coroutine, std::source_location place) {
  check_scheduling();
  return detail::start_task(*this, std::move(coroutine), task_options{}, place);
}

template <class T>
task_handle<T> event_loop::create_task(task<T> coroutine, const task_options& options,
                                       std::source_location place) {
  check_scheduling();
  return detail::start_task(*this, std::move(coroutine), options, place);
}

template <class Awaitable>
decltype(auto) event_loop::run_until_complete(Awaitable&& awaitable, std::source_location place) {
  prepare_run();
  auto main = [&] {
    if constexpr (detail::is_future<std::remove_cvref_t<Awaitable>>) {
      return std::forward<Awaitable>(awaitable);
    } else {
      return detail::start_task(*this, detail::to_coroutine(std::forward<Awaitable>(awaitable)),
                                task_options{}, place);
    }
  }();
  const auto token = main.add_done_callback([this] { stop(); });
  run_forever();
  if (!main.done()) {
    main.remove_done_callback(token);
    detail::throw_usage_error("Event loop stopped before Future completed.");
  }
  using T = typename decltype(main)::value_type;
  main.state()->check_value();
  if constexpr (detail::is_future<std::remove_cvref_t<Awaitable>> &&
                std::is_lvalue_reference_v<Awaitable>) {
    return main.result();
  } else {
    return detail::extract_value<T>(*main.state());
  }
}

}  // namespace ouro::inline v0
