// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <random>

namespace ouro::inline v0::detail {

/// Numbers that a seed decides, the same with every standard library: its distributions may differ,
/// its engines may not.
class seeded_random {
 public:
  explicit seeded_random(std::uint64_t seed) : engine_(seed) {}

  /// From 0 to `limit` - 1.
  std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }

  /// True in a share of the calls, from 0 (never) to 1 (always).
  bool happens(double share) { return static_cast<double>(engine_() >> 11) * 0x1p-53 < share; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace ouro::inline v0::detail
