// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/stream/detail/write_queue.hpp"
#include "ouro/stream/transport.hpp"
#include "ouro/task/waiter.hpp"

namespace ouro::inline v0::detail {

/// A place in what a transport is to send. When everything before it is sent its holder has the
/// channel to itself, until it is destroyed: what was written behind it waits.
class write_barrier final : private borrowed_segment {
 public:
  explicit write_barrier(transport_ptr owner) noexcept;
  write_barrier(const write_barrier&) = delete;
  write_barrier& operator=(const write_barrier&) = delete;
  ~write_barrier();

  class turn_operation;
  /// Waits until everything before it is sent.
  /// Errors: what broke the connection, or std::system_error (ECONNRESET) if it was aborted.
  [[nodiscard]] turn_operation turn() noexcept;

  /// Sends a copy of `data` first; await turn() again.
  /// Errors: as turn(); std::bad_alloc.
  void write(const_buffer data);

  /// Throws if the connection is broken.
  void check() const;

 private:
  void on_turn() noexcept override;
  void on_dropped() noexcept override;
  void on_returned() noexcept override {}
  void wake() noexcept;

  transport_ptr transport_;
  turn_operation* waiting_ = nullptr;
  bool reached_ = false;
};

class [[nodiscard]] write_barrier::turn_operation final : public leaving_waiter {
 public:
  explicit turn_operation(write_barrier& barrier) noexcept : barrier_(barrier) {}

  bool await_ready() const noexcept { return barrier_.reached_ || !barrier_.linked(); }
  bool await_suspend(await_point at) noexcept {
    if (!begin_wait(at)) return false;
    barrier_.waiting_ = this;
    return true;
  }
  void await_resume() const {
    finish_wait();
    barrier_.check();
  }

 private:
  friend class write_barrier;
  void leave() noexcept override { barrier_.waiting_ = nullptr; }

  write_barrier& barrier_;
};

inline write_barrier::turn_operation write_barrier::turn() noexcept {
  return turn_operation(*this);
}

}  // namespace ouro::inline v0::detail
