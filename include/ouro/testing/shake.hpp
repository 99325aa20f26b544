// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/loop/event_loop.hpp"
#include "ouro/loop/loop_hooks.hpp"
#include "ouro/testing/detail/seeded_random.hpp"

#include <cstdint>

namespace ouro::inline v0::testing {

/// While it lives, the tasks that are ready in one turn run in an order that `seed` decides,
/// instead of the order in which they became ready: finds code that works only by luck. The same
/// seed gives the same orders again. Callbacks keep their places.
class shake final : private loop_hooks {
 public:
  /// Shakes the running loop. Errors: usage_error if no loop is running.
  explicit shake(std::uint64_t seed) : shake(seed, get_running_loop()) {}
  shake(std::uint64_t seed, event_loop& loop);
  shake(const shake&) = delete;
  shake& operator=(const shake&) = delete;
  ~shake();

  std::uint64_t seed() const noexcept { return seed_; }

 private:
  void on_turn(detail::ready_queue& batch) noexcept override;

  event_loop& loop_;
  std::uint64_t seed_;
  detail::seeded_random random_;
};

}  // namespace ouro::inline v0::testing
