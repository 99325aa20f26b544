// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/task/task.hpp"

#include <type_traits>

namespace ouro::inline v0::testing {

struct settle_options {
  /// After so many turns something is taken to be busy for ever.
  int max_turns = 100'000;
};
static_assert(std::is_trivially_destructible_v<settle_options>);

/// Runs everything that is ready, what this makes ready, and so on, until every other task waits
/// for something: completions that the kernel has already are handed out, timers that are due run,
/// and the time stands still. Does not suspend if nothing is ready. Tasks that settle at the same
/// time count as waiting.
///
/// Errors: usage_error, which names the tasks that are still ready, after `max_turns` turns.
[[nodiscard]] task<> settle(settle_options options = {});

/// Gives the others exactly `turns` turns: for tests of the order in which things run.
[[nodiscard]] task<> run_turns(int turns);

}  // namespace ouro::inline v0::testing
