// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/time.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/waiter.hpp"

#include <type_traits>
#include <utility>

namespace ouro::inline v0 {
namespace detail {

/// Waits for a time. Without one, gives the others one turn.
class sleep_operation : public leaving_waiter, private timer_node {
 public:
  explicit sleep_operation(duration delay) noexcept : delay_(delay) {}
  explicit sleep_operation(time_point when) noexcept : when_(when), absolute_(true) {}
  sleep_operation(sleep_operation&& other) noexcept
      : leaving_waiter(static_cast<leaving_waiter&&>(other)),
        timer_node(),
        delay_(other.delay_),
        when_(other.when_),
        absolute_(other.absolute_) {}

  bool await_ready() const noexcept { return false; }
  bool await_suspend(const await_point& at) {
    if (!absolute_ && delay_ <= duration::zero()) {
      task_base& current = task_base::current();
      set_task(current);
      current.yield(at);
      return true;
    }
    return start(at);
  }
  void await_resume() const { finish_wait(); }

 private:
  // An aborted wait may still be in the queue, ahead of its task.
  void run() noexcept override {
    if (parked()) wake();
  }
  bool start(const await_point& at);
  void leave() noexcept override;
  void detach() noexcept override;
  std::string describe() const override { return "sleep"; }

  duration delay_{};
  time_point when_{};
  bool absolute_ = false;
};

template <class T>
class sleep_for_value final : public sleep_operation {
 public:
  sleep_for_value(duration delay, T value) : sleep_operation(delay), value_(std::move(value)) {}
  T await_resume() {
    sleep_operation::await_resume();
    return std::move(value_);
  }

 private:
  T value_;
};

}  // namespace detail

/// Suspends the current task for `delay`. Zero or less gives the other tasks exactly one turn,
/// without a timer.
///
/// Cancellation: throws cancelled_error at once; the timer is gone. asyncio: sleep().
template <class Rep, class Period>
[[nodiscard]] detail::sleep_operation sleep(std::chrono::duration<Rep, Period> delay) noexcept {
  return detail::sleep_operation(detail::to_duration(delay));
}

/// As sleep(delay), then gives `value`.
template <class Rep, class Period, class T>
[[nodiscard]] auto sleep(std::chrono::duration<Rep, Period> delay, T&& value) {
  return detail::sleep_for_value<std::decay_t<T>>(detail::to_duration(delay),
                                                  std::forward<T>(value));
}

template <class Number>
  requires std::is_arithmetic_v<Number>
void sleep(Number) = delete;  // give the time a unit: sleep(1s), sleep(20ms)

/// Suspends the current task until `when`, on the clock of event_loop::time(). A time that has
/// passed costs one turn.
[[nodiscard]] inline detail::sleep_operation sleep_until(time_point when) noexcept {
  return detail::sleep_operation(when);
}

}  // namespace ouro::inline v0
