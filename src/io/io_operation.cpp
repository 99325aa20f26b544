// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/io_operation.hpp"

#include "ouro/base/errors.hpp"

#include <cerrno>

namespace ouro::inline v0 {
namespace {

/// Whether an answer to a request whose cancellation was asked for says that it was cancelled.
/// Linux 6.1 ends some with EINTR, and lets the numbers 512 to 516 out that it keeps for itself
/// (ERESTARTSYS and its kin).
bool is_cancelled(int result) noexcept {
  return result == -ECANCELED || result == -EINTR || (result <= -512 && result >= -516);
}

}  // namespace

bool io_operation::abort(detail::cancel_mode) noexcept {
  if (aborted_) return true;
  aborted_ = true;
  if (action_ == when_aborted::cancel) task()->loop().io().cancel(*this);
  return true;
}

// A parked request that the ring knows no more of: this is a forked child, and it was the parent's.
void io_operation::detach() noexcept {
  OURO_ASSERT(!in_flight());
  leave_owner();
}

void io_operation::leave_owner() noexcept {
  if (in_owner_) owner_->end(*this);
  owner_ = nullptr;
}

void io_operation::on_complete(int result, unsigned) noexcept {
  leave_owner();
  result_ = result;
  completed_ = true;
  wake();
}

void io_operation::settle(const char* call) {
  if (!completed_) {
    task()->throw_if_interrupted();
    detail::throw_usage_error("an operation is awaited once: call the function again");
  }
  if (aborted_) {
    if (action_ == when_aborted::cancel && is_cancelled(result_)) task()->throw_if_interrupted();
    task()->keep_interruption();
  }
  if (result_ < 0) throw_os_error(result_, call);
}

}  // namespace ouro::inline v0
