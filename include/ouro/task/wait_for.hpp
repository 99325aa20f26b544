// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/task/create_task.hpp"
#include "ouro/task/detail/future_awaiter.hpp"
#include "ouro/task/timeout.hpp"

#include <optional>
#include <source_location>
#include <type_traits>
#include <utility>

namespace ouro::inline v0 {
namespace detail {

inline bool is_over(const optional_duration& limit) noexcept {
  return limit && *limit <= duration::zero();
}

/// wait_for() of a coroutine: it runs in the current task.
template <class T>
class wait_for_coroutine {
 public:
  wait_for_coroutine(task<T> coroutine, optional_duration limit, std::source_location place)
      : scope_(limit), coroutine_(std::move(coroutine)), over_(is_over(limit)), place_(place) {}

  bool await_ready() const noexcept { return false; }
  bool await_suspend(await_point at) {
    if (over_) {  // never starts, but gives the others their turn
      coroutine_.close();
      task_base::current().yield(at);
      return true;
    }
    child_.emplace(coroutine_.release());
    scope_.enter();
    return child_->start(at);
  }
  T await_resume() {
    if (over_) {
      task_base::current().throw_if_interrupted();
      scope_.throw_timeout("wait_for", place_);
    }
    if (scope_.leave(child_->cancelled())) {
      child_->destroy_frame();
      scope_.throw_timeout("wait_for", place_);
    }
    return child_->take();
  }

 private:
  timeout_scope scope_;
  task<T> coroutine_;
  std::optional<child<T>> child_;
  bool over_;
  std::source_location place_;
};

/// wait_for() of a future or task.
template <class T, bool Move>
class wait_for_future final : public future_wait {
 public:
  wait_for_future(intrusive_ptr<future_base> state, optional_duration limit,
                  std::source_location place)
      : future_wait(std::move(state)), scope_(limit), over_(is_over(limit)), place_(place) {}

  bool await_suspend(await_point at) {
    if (!over_) scope_.enter();
    future_wait::await_suspend(at);
    if (over_) static_cast<void>(state().cancel({}));
    return true;
  }
  decltype(auto) await_resume() {
    if (task() != nullptr) {
      const bool timed_out = over_ ? state().cancelled() && !task()->being_cancelled()
                                   : scope_.leave(state().cancelled());
      if (timed_out) scope_.throw_timeout("wait_for", place_);
    }
    settle();
    state().check_value();
    return deliver_value<T, Move>(state());
  }

 private:
  timeout_scope scope_;
  bool over_;
  std::source_location place_;
};

}  // namespace detail

/// Awaits `awaitable` (a coroutine, task, future, or anything else) for at most `limit`. When the
/// time is over it cancels what it awaits, waits until that has ended, and throws timeout_error. A
/// value or an error of its own that comes meanwhile wins. `std::nullopt` waits for ever; with zero
/// or less a coroutine is never started, but a finished future still gives its value.
///
/// A coroutine runs inside the current task. Gives `const T&` for a named future, else T.
/// Errors: timeout_error. Cancellation: cancels what it awaits, and waits for its end; a coinciding
/// time-out does not hide it. asyncio: wait_for().
template <class T>
[[nodiscard]] auto wait_for(task<T> coroutine, optional_duration limit,
                            std::source_location place = std::source_location::current()) {
  return detail::wait_for_coroutine<T>(std::move(coroutine), limit, place);
}
template <awaitable Awaitable>
  requires(!detail::is_coroutine<std::remove_cvref_t<Awaitable>>)
[[nodiscard]] auto wait_for(Awaitable&& awaitable, optional_duration limit,
                            std::source_location place = std::source_location::current()) {
  if constexpr (detail::is_future<std::remove_cvref_t<Awaitable>>) {
    using T = typename std::remove_cvref_t<Awaitable>::value_type;
    return detail::wait_for_future<T, !std::is_lvalue_reference_v<Awaitable>>(awaitable.state(),
                                                                              limit, place);
  } else {
    auto coroutine = detail::to_coroutine(std::forward<Awaitable>(awaitable));
    return detail::wait_for_coroutine<typename decltype(coroutine)::value_type>(
        std::move(coroutine), limit, place);
  }
}

template <awaitable Awaitable, class Rep, class Period>
[[nodiscard]] auto wait_for(Awaitable&& awaitable, std::chrono::duration<Rep, Period> limit,
                            std::source_location place = std::source_location::current()) {
  return wait_for(std::forward<Awaitable>(awaitable), optional_duration(detail::to_duration(limit)),
                  place);
}

template <not_awaitable T, class Limit>
void wait_for(T&&, Limit&&) = delete;  // pass what can be awaited first: work(), not work
template <awaitable Awaitable, class Number>
  requires std::is_arithmetic_v<Number>
void wait_for(Awaitable&&, Number) = delete;  // give the time a unit: wait_for(work(), 1s)

}  // namespace ouro::inline v0
