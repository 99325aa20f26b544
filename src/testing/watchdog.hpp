// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/time.hpp"
#include "ouro/loop/event_loop.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

namespace ouro::inline v0::testing {

/// Ends a run of a loop that takes too long in real time: first it stops the loop; if that is of no
/// use because the thread is blocked, it ends the process.
class watchdog {
 public:
  explicit watchdog(event_loop& loop) noexcept : loop_(loop) {}
  watchdog(const watchdog&) = delete;
  watchdog& operator=(const watchdog&) = delete;
  ~watchdog();

  /// Watches from now on. Zero watches nothing.
  void begin(duration limit);
  void end();
  /// Whether the limit has passed since begin().
  bool struck() const;

 private:
  void watch();
  void strike(std::unique_lock<std::mutex>& lock);

  event_loop& loop_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool armed_ = false;
  bool struck_ = false;
  bool quit_ = false;
  duration limit_{};
  clock::time_point deadline_{};
  std::atomic<std::uint64_t> round_{
      0};               // counts begin() and end(): a late stop is for an earlier one
  std::thread thread_;  // started by the first begin()
};

}  // namespace ouro::inline v0::testing
