// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/time.hpp"
#include "ouro/loop/timer_heap.hpp"
#include "ouro/task/detail/task_base.hpp"

#include <optional>
#include <source_location>

namespace ouro::inline v0 {

/// A deadline for everything that the current task awaits while this object lives. When it passes,
/// the await that the task is blocked on throws timeout_error, and so does every later suspension
/// until the scope is left; an await that is ready does not. Scopes nest: of several expired ones
/// the outermost is thrown. A wait for tasks is not abandoned: they are cancelled, and joined
/// first.
///
/// Belongs to the task that makes it, last in, first out. The base of `fail_after` and `fail_at`.
class deadline_scope : private detail::timer_node {
 public:
  deadline_scope(const deadline_scope&) = delete;
  deadline_scope& operator=(const deadline_scope&) = delete;

  /// The deadline; nothing if there is none.
  std::optional<time_point> when() const noexcept { return when_; }
  /// Whether the deadline has passed; stays so.
  bool expired() const noexcept { return expired_; }
  /// Moves the deadline; `std::nullopt` takes it away.
  /// Errors: usage_error once it has expired.
  void reschedule(std::optional<time_point> when);

  /// The scope around this one in the same task, or null.
  deadline_scope* outer() const noexcept { return outer_; }

 protected:
  /// Errors: usage_error outside a task.
  deadline_scope(std::optional<time_point> when, const char* operation,
                 std::optional<duration> limit, std::source_location place);
  ~deadline_scope();

 private:
  friend class detail::task_base;

  void run() noexcept override;
  std::string describe() const override { return "deadline scope"; }
  void arm();
  void disarm() noexcept;
  [[noreturn]] void throw_timeout() const;

  detail::task_base& task_;
  deadline_scope* outer_;
  std::optional<time_point> when_;
  std::optional<duration> limit_;
  const char* operation_;
  std::source_location place_;
  bool expired_ = false;
};

/// Everything awaited in its scope together may take no longer than the time given.
///
///     ouro::fail_after guard(2s);
///     co_await connect();
///
/// Zero or less bites at the first suspension; `std::nullopt` never does. trio: fail_after.
class [[nodiscard]] fail_after final : public deadline_scope {
 public:
  explicit fail_after(optional_duration limit,
                      std::source_location place = std::source_location::current());
  template <class Rep, class Period>
  explicit fail_after(std::chrono::duration<Rep, Period> limit,
                      std::source_location place = std::source_location::current())
      : fail_after(optional_duration(detail::to_duration(limit)), place) {}
};

/// As fail_after, with a deadline on the loop's clock. trio: fail_at.
class [[nodiscard]] fail_at final : public deadline_scope {
 public:
  explicit fail_at(std::optional<time_point> when,
                   std::source_location place = std::source_location::current())
      : deadline_scope(when, "fail_at", std::nullopt, place) {}
};

}  // namespace ouro::inline v0
