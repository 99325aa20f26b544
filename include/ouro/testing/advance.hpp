// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/time.hpp"
#include "ouro/task/task.hpp"

#include <chrono>

namespace ouro::inline v0::testing {

/// Moves the virtual clock of the running loop forward by exactly `span`. Runs every timer until
/// then, in the order of the deadlines and each at its own time, and everything that this makes
/// ready, also at the last moment; then returns. Zero runs what is ready. Works with autojump on
/// and off. No real time passes, unless the kernel is waited for.
///
/// Errors: usage_error if `span` is negative or the loop has no virtual clock; as settle().
/// Cancellation: throws cancelled_error at once; the time stays where it has come to.
[[nodiscard]] task<> advance(duration span);

template <class Rep, class Period>
[[nodiscard]] task<> advance(std::chrono::duration<Rep, Period> span) {
  return advance(detail::to_duration(span));
}

}  // namespace ouro::inline v0::testing
