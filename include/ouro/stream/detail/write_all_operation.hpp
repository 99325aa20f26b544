// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/stream/detail/stream_core.hpp"
#include "ouro/stream/detail/write_queue.hpp"
#include "ouro/task/waiter.hpp"

#include <cstdint>

namespace ouro::inline v0::detail {

/// Awaits that bytes are sent, straight from the caller's memory.
class [[nodiscard]] write_all_operation final : public waiter, private borrowed_segment {
 public:
  write_all_operation(stream_core& core, const_buffer data) noexcept
      : borrowed_segment(kind::borrowed, data), core_(&core) {}
  write_all_operation(write_all_operation&& other) noexcept
      : waiter(static_cast<waiter&&>(other)),
        borrowed_segment(kind::borrowed, other.rest()),
        core_(other.core_) {}

  bool await_ready() const;
  bool await_suspend(await_point at) noexcept {
    task_base& current = task_base::current();
    if (current.interrupt_pending()) [[unlikely]] {
      set_task(current);
      return false;
    }
    park(at);
    outcome_ = outcome::waiting;
    core_->transport()->write_borrowed(*this);
    return true;
  }
  void await_resume() {
    if (outcome_ != outcome::sent || aborted_) [[unlikely]]
      settle();
  }

 private:
  enum class outcome : std::uint8_t { not_begun, waiting, sent, dropped, returned };

  void on_turn() noexcept override {
    outcome_ = outcome::sent;
    wake();
  }
  void on_dropped() noexcept override;
  void on_returned() noexcept override;
  bool abort(cancel_mode mode) noexcept override;
  void detach() noexcept override;
  void settle();

  stream_core* core_;
  outcome outcome_ = outcome::not_begun;
  bool aborted_ = false;
};

}  // namespace ouro::inline v0::detail
