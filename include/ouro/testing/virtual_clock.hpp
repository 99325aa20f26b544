// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/loop/event_loop.hpp"
#include "ouro/loop/time_source.hpp"

#include <vector>

namespace ouro::inline v0::testing {

/// A clock for tests that stands still while anything runs. Give it to a loop as
/// `event_loop_options::clock`; it must outlive the loop. OURO_TEST_CASE() and run_isolated() bring
/// one.
///
/// With autojump, which is on at first, it jumps to the next timer when the loop has nothing else
/// to do, so that a sleep of an hour takes no time. Without it only advance() and pass() move it.
class virtual_clock final : public time_source {
 public:
  explicit virtual_clock(bool autojump = true) noexcept : autojump_(autojump) {}
  virtual_clock(const virtual_clock&) = delete;
  virtual_clock& operator=(const virtual_clock&) = delete;

  time_point now() noexcept override { return now_; }

  bool autojump() const noexcept { return autojump_; }
  void set_autojump(bool enabled) noexcept { autojump_ = enabled; }

  /// Moves the time on by `span` at once, as if something had blocked: timers that this passes run
  /// late, in the next turn.
  /// Errors: usage_error if `span` is negative.
  template <class Rep, class Period>
  void pass(std::chrono::duration<Rep, Period> span) {
    pass(detail::to_duration(span));
  }
  void pass(duration span);

  /// For the loop.
  bool advance_to(time_point deadline) noexcept override;

  /// Lets the clock jump as far as `limit` although autojump is off, while it lives.
  class permit {
   public:
    permit(virtual_clock& clock, time_point limit);
    permit(const permit&) = delete;
    permit& operator=(const permit&) = delete;
    ~permit();

   private:
    virtual_clock& clock_;
    time_point limit_;
  };

 private:
  time_point now_{std::chrono::hours(1)};  // not zero, so that going back is possible
  bool autojump_;
  std::vector<time_point> permits_;
};

/// The virtual clock of the running loop.
/// Errors: usage_error if no loop is running, or if it has another clock.
virtual_clock& current_clock();

}  // namespace ouro::inline v0::testing
