// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/time.hpp"
#include "ouro/loop/timer_heap.hpp"
#include "ouro/task/closure_guard.hpp"
#include "ouro/task/awaitable.hpp"
#include "ouro/task/detail/child.hpp"
#include "ouro/task/task.hpp"

#include <concepts>
#include <optional>
#include <source_location>
#include <string>
#include <type_traits>
#include <utility>

namespace ouro::inline v0 {

/// The deadline of one timeout() block: to move it from inside, or to ask afterwards whether it
/// expired. Used once. asyncio: asyncio.timeouts.Timeout.
class timeout_scope : private detail::timer_node {
 public:
  /// `std::nullopt` never expires.
  explicit timeout_scope(optional_duration limit) noexcept : limit_(limit) {}
  template <class Rep, class Period>
  explicit timeout_scope(std::chrono::duration<Rep, Period> limit) noexcept
      : limit_(detail::to_duration(limit)) {}
  explicit timeout_scope(time_point when) noexcept : when_(when) {}
  timeout_scope(timeout_scope&& other) noexcept
      : detail::timer_node(), limit_(other.limit_), when_(other.when_) {}
  ~timeout_scope() { disarm(); }

  /// The deadline; nothing if there is none, or if it counts from a beginning yet to come.
  std::optional<time_point> when() const noexcept { return when_; }
  /// Moves the deadline; `std::nullopt` takes it away.
  /// Errors: usage_error unless the block is running and has not expired.
  void reschedule(std::optional<time_point> when);
  /// Whether the deadline has passed while the block ran; stays so.
  bool expired() const noexcept { return state_ == state::expiring || state_ == state::expired; }

  // For the operations built on it.
  /// Begins in the current task. Errors: usage_error if it was used before.
  void enter();
  /// Ends; takes its own cancel back. True if the deadline is why the block was cancelled.
  bool leave(bool cancelled) noexcept;
  [[noreturn]] void throw_timeout(const char* operation, const std::source_location& place) const;

 private:
  enum class state { created, entered, expiring, expired, exited };

  void run() noexcept override;
  std::string describe() const override { return "time-out"; }
  void arm();
  void disarm() noexcept;

  optional_duration limit_;
  std::optional<time_point> when_;
  detail::task_base* task_ = nullptr;  // null until entered
  int cancelling_before_ = 0;
  state state_ = state::created;
};

namespace detail {

template <class Body>
concept scope_body = std::invocable<Body&, timeout_scope&> || std::invocable<Body&>;

/// Runs a coroutine in the current task under a deadline.
template <class T, class Scope, class Start>
class timeout_operation {
 public:
  template <class ScopeSource>
  timeout_operation(ScopeSource&& scope, Start start, const char* name, std::source_location place)
      : scope_(std::forward<ScopeSource>(scope)),
        start_(std::move(start)),
        name_(name),
        place_(place) {}

  bool await_ready() const noexcept { return false; }
  bool await_suspend(await_point at) {
    scope_.enter();
    try {
      child_.emplace(start_(scope_).release());
    } catch (...) {  // from a body that is no coroutine
      scope_.leave(false);
      throw;
    }
    return child_->start(at);
  }
  T await_resume() {
    if (scope_.leave(child_->cancelled())) {
      child_->destroy_frame();
      scope_.throw_timeout(name_, place_);
    }
    return child_->take();
  }

 private:
  Scope scope_;
  Start start_;
  const char* name_;
  std::source_location place_;
  std::optional<child<T>> child_;
};

template <class Scope, class ScopeSource, class Body>
auto make_timeout(ScopeSource&& scope, Body&& body, const char* name, std::source_location place) {
  refuse_if_destroyed_twice<Body>();
  auto start = [body = std::decay_t<Body>(std::forward<Body>(body))](timeout_scope& s) mutable {
    if constexpr (std::invocable<std::decay_t<Body>&, timeout_scope&>) {
      return body(s);
    } else {
      return body();
    }
  };
  using T = typename std::invoke_result_t<decltype(start)&, timeout_scope&>::value_type;
  return timeout_operation<T, Scope, decltype(start)>(std::forward<ScopeSource>(scope),
                                                      std::move(start), name, place);
}

}  // namespace detail

/// Awaits `body`, a function that gives a task and may take a `timeout_scope&`, and returns what it
/// returns. It runs inside the current task. When the time is over it is cancelled: it sees
/// cancelled_error, may clean up, and then timeout_error is thrown here. `std::nullopt` is for
/// ever; zero or less bites when the body first suspends.
///
/// A body that swallows the cancellation returns normally; one that throws something else throws
/// that. A cancel from outside stays cancelled_error. The body may capture by reference only: g++
/// 12 destroys captures by value twice.
///
/// Errors: timeout_error. Cancellation: passes through the body. asyncio: async with
/// timeout(delay).
template <class Rep, class Period, detail::scope_body Body>
[[nodiscard]] auto timeout(std::chrono::duration<Rep, Period> limit, Body&& body,
                           std::source_location place = std::source_location::current()) {
  return detail::make_timeout<timeout_scope>(timeout_scope(limit), std::forward<Body>(body),
                                             "timeout", place);
}
template <detail::scope_body Body>
[[nodiscard]] auto timeout(optional_duration limit, Body&& body,
                           std::source_location place = std::source_location::current()) {
  return detail::make_timeout<timeout_scope>(timeout_scope(limit), std::forward<Body>(body),
                                             "timeout", place);
}
template <detail::scope_body Body>
[[nodiscard]] auto timeout(timeout_scope& scope, Body&& body,
                           std::source_location place = std::source_location::current()) {
  return detail::make_timeout<timeout_scope&>(scope, std::forward<Body>(body), "timeout", place);
}

template <class Limit, class T>
void timeout(Limit&&, task<T>) = delete;  // wait_for() takes a coroutine, timeout() a function
template <class Number, detail::scope_body Body>
  requires std::is_arithmetic_v<Number>
void timeout(Number, Body&&) = delete;  // give the time a unit: timeout(1s, body)

/// As timeout(), with a deadline on the loop's clock. asyncio: async with timeout_at(when).
template <detail::scope_body Body>
[[nodiscard]] auto timeout_at(std::optional<time_point> when, Body&& body,
                              std::source_location place = std::source_location::current()) {
  return detail::make_timeout<timeout_scope>(
      when ? timeout_scope(*when) : timeout_scope(optional_duration()), std::forward<Body>(body),
      "timeout_at", place);
}

}  // namespace ouro::inline v0
