// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/light_std.hpp"
#include "ouro/task/detail/done_callback.hpp"
#include "ouro/task/detail/future_awaiter.hpp"
#include "ouro/task/detail/future_base.hpp"
#include "ouro/task/detail/task_base.hpp"

#include <concepts>
#include <cstddef>
#include <exception>
#include <source_location>
#include <string_view>
#include <type_traits>
#include <utility>

namespace ouro::inline v0 {

/// A result that will be there later: both ends in one. Copies share it; it may be empty, as
/// Python's None. `future<>` also stands for any future or task, without its value. asyncio:
/// Future.
///
/// `co_await f` gives `const T&` (T& for references) and may be done any number of times;
/// `co_await std::move(f)` moves the value out, which only the last reader may do.
///
/// Cancellation: cancelling a task that awaits a future cancels the future. If the result was there
/// already, but not yet delivered, the cancel wins and the value stays in the future.
template <class T>
class future {
 public:
  using value_type = T;

  future() noexcept = default;
  explicit future(detail::intrusive_ptr<detail::future_base> state) noexcept
      : state_(std::move(state)) {}

  /// Any future is a future<>.
  template <class U>
    requires(std::is_void_v<T> && !std::is_void_v<U>)
  explicit(false) future(const future<U>& other) noexcept : state_(other.state()) {}

  bool done() const { return checked().done(); }
  bool cancelled() const { return checked().cancelled(); }

  /// Cancels; false if it is done already. The awaiting tasks get cancelled_error with `message`.
  bool cancel(std::string_view message = {}) const { return usable().cancel(message); }

  /// The value, or what was thrown instead.
  /// Errors: invalid_state_error while pending, cancelled_error if cancelled.
  std::add_lvalue_reference_t<std::add_const_t<T>> result() const {
    checked().check_result();
    if constexpr (!std::is_void_v<T>) return detail::value_of<T>(*state_);
  }

  /// The exception, or null for a value.
  /// Errors: invalid_state_error while pending, cancelled_error if cancelled.
  std::exception_ptr exception() const { return checked().exception(); }

  /// Ends the future with a value. Nobody runs in this call.
  /// Errors: invalid_state_error if it is done; usage_error for a task or combinator.
  template <class... Arguments>
    requires std::constructible_from<detail::stored_t<T>, Arguments...> ||
             (std::is_reference_v<T> && sizeof...(Arguments) == 1) ||
             (std::is_void_v<T> && sizeof...(Arguments) == 0)
  void set_result(Arguments&&... arguments) const {
    auto& state = settable();
    if constexpr (std::is_reference_v<T>) {
      state.emplace(std::addressof(arguments)...);
    } else {
      state.emplace(std::forward<Arguments>(arguments)...);
    }
    state.complete(detail::outcome::value);
  }

  /// Ends the future with an exception.
  template <class Exception>
  void set_exception(Exception&& exception) const {
    settable().set_error(detail::to_exception_ptr(std::forward<Exception>(exception)));
  }

  /// Calls `function`, with this future if it takes one, through the loop's queue once the future
  /// is done, in the order of registration among all that wait. Gives the token for
  /// remove_done_callback().
  template <class Function>
  done_callback_token add_done_callback(
      Function&& function, const callback_options& options = {},
      std::source_location place = std::source_location::current()) const {
    return detail::add_done_callback<future>(usable(), std::forward<Function>(function), options,
                                             place);
  }
  /// Takes a callback back that has not been queued yet; returns how many it found, 0 or 1.
  std::size_t remove_done_callback(done_callback_token token) const {
    return usable().remove_completion(static_cast<std::uint64_t>(token));
  }

  event_loop& get_loop() const { return checked().loop(); }

  auto operator co_await() const& { return detail::future_awaiter<T, false>(state_); }
  auto operator co_await() && { return detail::future_awaiter<T, true>(std::move(state_)); }

  explicit operator bool() const noexcept { return static_cast<bool>(state_); }
  template <class U>
  bool operator==(const future<U>& other) const noexcept {
    return state_.get() == other.state().get();
  }

  const detail::intrusive_ptr<detail::future_base>& state() const& noexcept { return state_; }
  detail::intrusive_ptr<detail::future_base> state() && noexcept { return std::move(state_); }

 private:
  detail::future_base& checked() const { return detail::checked(state_); }
  detail::future_base& usable() const {
    detail::future_base& state = checked();
    state.check_thread();
    return state;
  }

  detail::value_state<T, detail::plain_future>& settable() const {
    detail::future_base& state = usable();
    if (state.is_task() || state.is_proxy()) {
      detail::throw_usage_error("only a future made by create_future() can be given a result");
    }
    state.check_pending();
    return static_cast<detail::value_state<T, detail::plain_future>&>(state);
  }

  detail::intrusive_ptr<detail::future_base> state_;
};

template <class T>
future<T> event_loop::create_future(std::source_location place) {
  return future<T>(detail::intrusive_ptr<detail::future_base>::adopt(
      new detail::value_state<T, detail::plain_future>(*this, place)));
}

}  // namespace ouro::inline v0

template <class T>
struct std::hash<ouro::future<T>> {
  std::size_t operator()(const ouro::future<T>& future) const noexcept {
    return std::hash<const void*>()(future.state().get());
  }
};
