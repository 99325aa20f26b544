// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/owned.hpp"
#include "ouro/base/unique_function.hpp"
#include "ouro/loop/fwd.hpp"

namespace ouro::inline v0 {

/// While it lives, Ctrl-C belongs to a loop: the first SIGINT calls `on_interrupt` in the loop, the
/// second one, should the loop not get that far, prints the unfinished tasks and ends the process
/// with status 130, even if a step never returns.
///
/// Takes SIGINT only in the main thread, and only if nobody else has: a handler of the program's
/// own stays, and then active() is false.
class interrupt_guard {
 public:
  interrupt_guard(event_loop& loop, unique_function<void()> on_interrupt);
  interrupt_guard(const interrupt_guard&) = delete;
  interrupt_guard& operator=(const interrupt_guard&) = delete;
  ~interrupt_guard();

  bool active() const noexcept { return static_cast<bool>(saved_); }
  /// How many SIGINTs have come.
  int count() const noexcept;

  /// Called in signal context by the second SIGINT, before the process ends. May only write(2).
  static void set_last_words(void (*function)(event_loop&) noexcept) noexcept;

 private:
  struct saved;
  event_loop* loop_;
  detail::owned<saved> saved_;
};

}  // namespace ouro::inline v0
