// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/time.hpp"

#include <cstdint>

namespace ouro::inline v0 {

/// Where a loop gets its time. The default is the steady clock; tests put a clock of their own
/// here.
class time_source {
 public:
  virtual time_point now() noexcept = 0;

  /// Called instead of waiting, when nothing is ready, nothing came from the kernel, and `deadline`
  /// is the next timer. Returns true if now() has moved there; false makes the loop wait for real.
  virtual bool advance_to(time_point deadline) noexcept = 0;

 protected:
  ~time_source() = default;
};

namespace detail {

/// A counter of the processor that costs a few nanoseconds to read; its unit is of no matter.
inline std::uint64_t cycle_counter() noexcept {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
  std::uint64_t ticks;
  asm volatile("mrs %0, cntvct_el0" : "=r"(ticks));
  return ticks << 5;
#else
  static std::uint64_t always_stale = 0;
  return always_stale += std::uint64_t{1} << 32;
#endif
}

/// The loop's time: read from the clock once a turn, and again only if the turn has gone on for
/// some 50 microseconds since, so that timers made in one turn share their reading but a wait made
/// after a long computation is not too short.
class turn_clock {
 public:
  explicit turn_clock(time_source* source) noexcept : source_(source) {}

  time_point now() noexcept {
    if (fresh_ && (source_ != nullptr || cycle_counter() - read_at_ < staleness)) return now_;
    return read();
  }

  time_point read() noexcept {
    fresh_ = true;
    if (source_ != nullptr) return now_ = source_->now();
    read_at_ = cycle_counter();
    return now_ = std::chrono::time_point_cast<duration>(clock::now());
  }

  /// The next now() reads the clock.
  void new_turn() noexcept { fresh_ = false; }

  time_source* source() const noexcept { return source_; }

 private:
  static constexpr std::uint64_t staleness = std::uint64_t{1} << 17;  // 26 to 130 us at 1 to 5 GHz

  time_source* source_;
  time_point now_{};
  std::uint64_t read_at_ = 0;
  bool fresh_ = false;
};

}  // namespace detail
}  // namespace ouro::inline v0
