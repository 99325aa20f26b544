// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace net_bench {

/// Counts durations in buckets that grow with them: each is less than 1 % wide, and there is one
/// for every duration.
class histogram {
 public:
  void add(std::int64_t nanoseconds) {
    const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(nanoseconds, 0));
    ++counts_[bucket_of(value)];
    ++total_;
    max_ = std::max(max_, value);
  }

  std::uint64_t total() const { return total_; }
  double max() const { return static_cast<double>(max_); }

  /// The duration that `share` of all do not exceed; zero if there is none.
  double percentile(double share) const {
    if (total_ == 0) return 0;
    const double exact = share * static_cast<double>(total_);
    auto left = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(exact + 0.5), 1, total_);
    for (std::size_t i = 0; i < counts_.size(); ++i) {
      if (counts_[i] >= left) return std::min(top_of(i), max());
      left -= counts_[i];
    }
    return max();
  }

 private:
  static constexpr unsigned bits = 7;  // a power of two is cut into 128 buckets
  static constexpr std::size_t cuts = std::size_t{1} << bits;

  static std::size_t bucket_of(std::uint64_t value) {
    if (value < 2 * cuts) return static_cast<std::size_t>(value);
    const auto shift = static_cast<unsigned>(std::bit_width(value)) - bits - 1;
    return shift * cuts + static_cast<std::size_t>(value >> shift);
  }

  /// The largest duration of a bucket.
  static double top_of(std::size_t bucket) {
    if (bucket < 2 * cuts) return static_cast<double>(bucket);
    const auto shift = static_cast<unsigned>(bucket / cuts) - 1;
    const std::uint64_t first = bucket - shift * cuts;
    return static_cast<double>(((first + 1) << shift) - 1);
  }

  std::array<std::uint64_t, (65 - bits) * cuts> counts_{};
  std::uint64_t total_ = 0;
  std::uint64_t max_ = 0;
};

}  // namespace net_bench
