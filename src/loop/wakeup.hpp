// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/unique_fd.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/ring/operation.hpp"

#include <cstdint>

namespace ouro::inline v0 {

/// The eventfd that other threads write to, and the read that the loop keeps in the ring for it.
class event_loop::wakeup final : public operation {
 public:
  wakeup();

  /// Keeps a read in the ring; called each turn, submits only if the last one has ended.
  void arm(ring& io) noexcept {
    if (!in_flight()) io.submit(*this);
  }

  /// Takes the read out of the ring: between runs nothing of the loop's own is in flight, so that
  /// any thread may destroy a loop whose tasks have ended.
  void disarm(ring& io) {
    io.cancel(*this);
    while (in_flight()) {
      io.enter(std::nullopt);
      io.dispatch();
    }
  }

  /// Async-signal-safe.
  void signal() noexcept;

 private:
  void prepare(io_uring_sqe& sqe) noexcept override;
  void on_complete(int result, unsigned flags) noexcept override;

  unique_fd fd_;
  std::uint64_t count_ = 0;  // written by the kernel
};

}  // namespace ouro::inline v0
