// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/stream/detail/stream_core.hpp"
#include "ouro/task/waiter.hpp"

#include <cstddef>

namespace ouro::inline v0::detail {

/// Awaits that a stream has what a read wants. A derived class says what that is, and takes it:
/// nothing is taken before the reading task runs, so that a read that is cancelled has taken
/// nothing.
class read_wait : public waiter {
 public:
  bool await_ready() const {
    core_->check_free();
    return satisfied();
  }
  bool await_suspend(await_point at) noexcept {
    task_base& current = task_base::current();
    if (current.interrupt_pending()) [[unlikely]] {
      set_task(current);
      return false;
    }
    park(at);
    core_->begin_read(*this);
    return true;
  }

  /// Whether the read has what it wants or never will. Called whenever something has come.
  bool satisfied() const noexcept { return core_->error() != nullptr || is_met(); }
  /// Memory of the read to receive into; empty if there is none.
  mutable_buffer target() const noexcept { return target_; }

  /// Something has come for which the wait is over.
  void meet() noexcept { wake(); }
  /// As meet(): `count` bytes are in the target.
  void meet_directly(std::size_t count) noexcept {
    received_ = count;
    wake();
  }
  bool is_waiting() const noexcept { return parked(); }

 protected:
  explicit read_wait(stream_core& core, mutable_buffer target = {}) noexcept
      : core_(&core), target_(target) {}
  /// Moves a read that has not begun.
  read_wait(read_wait&& other) noexcept
      : waiter(static_cast<waiter&&>(other)), core_(other.core_), target_(other.target_) {}
  ~read_wait() {
    if (core_->is_reading(*this)) core_->end_read();
  }

  stream_core& core() const noexcept { return *core_; }

  /// The first thing in await_resume(): throws what interrupts the read, or the error of the
  /// stream. Returns the number of bytes in the target: zero if they, if any, are in the core.
  std::size_t finish() {
    if (task() != nullptr) {
      if (core_->is_reading(*this)) core_->end_read();
      if (received_ != 0) {
        task()->keep_interruption();
        return received_;
      }
      task()->throw_if_interrupted();
    }
    if (core_->error() != nullptr) [[unlikely]]
      std::rethrow_exception(core_->error());
    return 0;
  }

 private:
  virtual bool is_met() const noexcept = 0;

  bool abort(cancel_mode) noexcept final {
    if (core_->stop_read()) wake();
    return true;
  }
  void detach() noexcept final { core_->end_read(); }

  stream_core* core_;
  mutable_buffer target_;
  std::size_t received_ = 0;
};

}  // namespace ouro::inline v0::detail
