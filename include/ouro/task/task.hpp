// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/task/detail/promise.hpp"

#include <coroutine>
#include <utility>

namespace ouro::inline v0 {

/// A coroutine that gives a T: what a function that contains `co_await` or `co_return` returns. It
/// does not run until it is awaited, inside the task that awaits it, or handed to create_task(). It
/// can be awaited once. One that is dropped without that is reported. asyncio: a coroutine object.
///
/// Cancellation: `co_await child()` throws cancelled_error if the child lets it out.
template <class T>
class [[nodiscard]] task {
 public:
  using value_type = T;
  using promise_type = detail::promise<T>;

  /// An empty task; awaiting it is a usage_error.
  task() noexcept = default;
  task(const task&) = delete;  // a coroutine runs once: move the task, std::move(t)
  task& operator=(const task&) = delete;
  task(task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  task& operator=(task&& other) noexcept {
    task(std::move(other)).swap(*this);
    return *this;
  }
  ~task() {
    if (frame_ != nullptr) detail::child_base dropped{frame_};
  }

  void swap(task& other) noexcept { std::swap(frame_, other.frame_); }

  /// Destroys a coroutine that was not started, without a report. asyncio: coroutine.close().
  void close() noexcept {
    if (detail::promise_base* frame = std::exchange(frame_, nullptr)) frame->frame().destroy();
  }

  /// Whether there is a coroutine that has not been awaited yet.
  explicit operator bool() const noexcept { return frame_ != nullptr; }

  /// Errors: usage_error if the task is empty, moved from or awaited already.
  detail::child_awaiter<T> operator co_await() { return detail::child_awaiter<T>(release()); }

  /// Gives the frame away, for those who run it.
  detail::promise_base* release() {
    if (frame_ == nullptr) [[unlikely]] {
      detail::throw_usage_error(
          "this task is empty: it was moved from or awaited already; call the coroutine again");
    }
    return std::exchange(frame_, nullptr);
  }

 private:
  friend promise_type;
  explicit task(detail::promise_base* frame) noexcept : frame_(frame) {}

  detail::promise_base* frame_ = nullptr;
};

namespace detail {

template <class T>
task<T> promise<T>::get_return_object() noexcept {
  return task<T>(this);
}

inline task<void> promise<void>::get_return_object() noexcept { return task<void>(this); }

}  // namespace detail
}  // namespace ouro::inline v0
