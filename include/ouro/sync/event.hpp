// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/task/wait_list.hpp"

namespace ouro::inline v0 {

namespace detail {
class event_wait_operation;
}  // namespace detail

/// A flag that tasks can wait for. Must outlive its waiters. asyncio: Event.
class event {
 public:
  bool is_set() const noexcept { return set_; }

  /// Sets the flag and makes every waiting task ready, in the order in which they began to wait.
  /// Does not run them.
  void set() noexcept {
    set_ = true;
    waiting_.wake_all();
  }

  /// Clears the flag. Tasks that set() made ready still return from their wait().
  void clear() noexcept { set_ = false; }

  /// Waits until the flag is set and gives `true`; does not suspend if it is.
  ///
  /// Cancellation: throws cancelled_error; the other waiters are not affected. asyncio:
  /// Event.wait().
  [[nodiscard]] detail::event_wait_operation wait() noexcept;

 private:
  friend class detail::event_wait_operation;

  bool set_ = false;
  wait_list waiting_;
};

namespace detail {

/// Looks at the event when it is awaited, not when it is made.
class [[nodiscard]] event_wait_operation {
 public:
  explicit event_wait_operation(event& awaited) noexcept
      : event_(&awaited), wait_(awaited.waiting_.wait()) {}

  bool await_ready() const noexcept { return event_->is_set(); }
  bool await_suspend(await_point at) { return wait_.await_suspend(at); }
  bool await_resume() const { return wait_.await_resume(); }

 private:
  const event* event_;
  wait_list::awaiter wait_;
};

}  // namespace detail

inline detail::event_wait_operation event::wait() noexcept {
  return detail::event_wait_operation(*this);
}

}  // namespace ouro::inline v0
