// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/io_operation.hpp"

#include "ouro/base/errors.hpp"

#include <sys/stat.h>

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

void io_operation::hold_virtual_clock() noexcept {
  if (holds_clock_ || task()->loop().get_time_source() == nullptr) return;
  holds_clock_ = true;
  task()->loop().begin_outside_work();
}

void io_operation::hold_virtual_clock_for_file(int fd) noexcept {
  if (task()->loop().get_time_source() == nullptr) return;
  struct ::stat status{};
  if (::fstat(fd, &status) != 0) return;
  if (S_ISREG(status.st_mode) || S_ISBLK(status.st_mode)) hold_virtual_clock();
}

void io_operation::on_complete(int result, unsigned) noexcept {
  if (holds_clock_) [[unlikely]] {
    holds_clock_ = false;
    task()->loop().end_outside_work();
  }
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
