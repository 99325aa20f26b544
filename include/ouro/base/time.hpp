// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/light_std.hpp"

#include <optional>

namespace ouro::inline v0 {

/// The clock of the loop: monotonic, unaffected by changes of the wall clock.
using clock = std::chrono::steady_clock;

/// A span of time, in nanoseconds.
using duration = std::chrono::nanoseconds;

/// A deadline on the loop's clock.
using time_point = std::chrono::time_point<clock, duration>;

/// A timeout that may be absent; `std::nullopt` means "for ever", as Python's None.
using optional_duration = std::optional<duration>;

namespace detail {

/// `now + delay`, held at the end of time instead of overflowing.
constexpr time_point saturating_add(time_point now, duration delay) noexcept {
  if (delay > duration::zero() && now > time_point::max() - delay) return time_point::max();
  if (delay < duration::zero() && now < time_point::min() - delay) return time_point::min();
  return now + delay;
}

/// Converts any duration to nanoseconds, rounding up and saturating instead of overflowing, so that
/// a wait is never shorter than asked.
template <class Rep, class Period>
constexpr duration to_duration(std::chrono::duration<Rep, Period> value) noexcept {
  using seconds = std::chrono::duration<long double>;
  const auto length = std::chrono::duration_cast<seconds>(value);
  if (length >= std::chrono::duration_cast<seconds>(duration::max())) return duration::max();
  if (length <= std::chrono::duration_cast<seconds>(duration::min())) return duration::min();
  return std::chrono::ceil<duration>(value);
}

constexpr duration to_duration(duration value) noexcept { return value; }

}  // namespace detail
}  // namespace ouro::inline v0
