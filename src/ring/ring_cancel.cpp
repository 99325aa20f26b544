// SPDX-License-Identifier: BSL-1.0
// Cancelling and amending requests that are on their way.
#include "ouro/ring/ring.hpp"

#include "kernel_ring.hpp"
#include "user_data.hpp"

namespace ouro::inline v0 {

using detail::cancel_mark;
using detail::nobody;

void ring::cancel(operation& request) noexcept {
  if (!request.in_flight() || request.cancel_requested_ || !alive()) return;
  request.cancel_requested_ = true;
  if (request.state_ == operation::state::waiting) {
    request.unlink();
    refuse(request);
  } else if (!withdraw(request) && !queue_cancel(request)) {
    late_cancels_.push_back(request);
  }
}

void ring::cancel_all() noexcept {
  for (const slot& each : slots_) {
    if (each.owner != nullptr) cancel(*each.owner);
  }
  while (!waiting_.empty()) cancel(waiting_.front());
}

void ring::refuse(operation& request) noexcept {
  request.state_ = operation::state::refused;
  refused_.push_back(request);
}

/// The entry at `position` if the kernel has not taken it yet, else null. Positions wrap around, so
/// that an old one may seem to be queued: the caller makes sure that the entry is its own.
io_uring_sqe* ring::unsubmitted_sqe(std::uint32_t position) const noexcept {
  io_uring& queues = kernel_->queues();
  const unsigned from_tail = queues.sq.sqe_tail - position;
  if (from_tail == 0 || from_tail > ::io_uring_sq_ready(&queues)) return nullptr;
  return &queues.sq.sqes[position & queues.sq.ring_mask];
}

/// The entry of a request that owns a slot, if the kernel has not taken it yet, else null.
io_uring_sqe* ring::unsubmitted_sqe_of(const operation& request) const noexcept {
  io_uring_sqe* sqe = unsubmitted_sqe(request.position_);
  return sqe != nullptr && sqe->user_data == id_of(request) ? sqe : nullptr;
}

bool ring::amend(operation& request) noexcept {
  OURO_ASSERT(request.in_flight());
  if (request.state_ != operation::state::submitted || !alive()) return true;
  if (!hooks_.empty()) [[unlikely]]
    return false;  // they have bent it as it was
  io_uring_sqe* sqe = unsubmitted_sqe_of(request);
  if (sqe == nullptr) return false;
  const std::uint64_t id = sqe->user_data;
  request.prepare(*sqe);
  sqe->user_data = id;
  return true;
}

/// Turns a request that the kernel has not seen into a NOP. The kernel would read its descriptor
/// number and its pointers at submission, when they may mean something else.
bool ring::withdraw(operation& request) noexcept {
  io_uring_sqe* sqe = unsubmitted_sqe_of(request);
  if (sqe == nullptr) return false;
  const std::uint64_t id = sqe->user_data;
  ::io_uring_prep_nop(sqe);
  sqe->user_data = id;
  request.state_ = operation::state::withdrawn;
  return true;
}

bool ring::queue_cancel(operation& request) noexcept {
  io_uring_sqe* sqe = next_sqe();
  if (sqe == nullptr) return false;
  ::io_uring_prep_cancel64(sqe, id_of(request), 0);
  if (features_.cqe_skip) sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
  sqe->user_data = id_of(request) | cancel_mark;
  request.cancel_position_ = kernel_->queues().sq.sqe_tail - 1;
  request.cancel_queued_ = true;
  return true;
}

/// Takes back the cancel of a request that has ended, if it is not in the kernel yet. It would find
/// nothing, as no user_data comes twice, but only after searching.
void ring::drop_cancel(operation& request) noexcept {
  if (request.linked()) request.unlink();
  if (!request.cancel_queued_) return;
  io_uring_sqe* sqe = unsubmitted_sqe(request.cancel_position_);
  if (sqe == nullptr || sqe->opcode != IORING_OP_ASYNC_CANCEL || sqe->addr != id_of(request))
    return;
  ::io_uring_prep_nop(sqe);
  if (features_.cqe_skip) sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
  sqe->user_data = nobody;
}

/// The kernel overlooks a request that it is about to try again (ENOENT), as it does with connect()
/// to a UNIX socket whose backlog is full: 128 turns long it is neither polled for nor with a
/// thread. So a cancel is repeated until it is found or has ended.
void ring::cancel_answered(std::uint64_t id, int result) noexcept {
  if (result != -ENOENT) return;
  const slot& asked = slots_[static_cast<std::uint32_t>(id)];
  if (asked.owner == nullptr || asked.generation != id >> 32) return;
  operation& request = *asked.owner;
  request.cancel_queued_ = false;
  if (request.state_ == operation::state::submitted && !request.linked()) {
    late_cancels_.push_back(request);
  }
}

}  // namespace ouro::inline v0
