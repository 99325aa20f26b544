// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/task/wait_list.hpp"

namespace ouro::inline v0 {

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
  [[nodiscard]] wait_list::awaiter wait() noexcept { return waiting_.wait_unless(set_); }

 private:
  bool set_ = false;
  wait_list waiting_;
};

}  // namespace ouro::inline v0
