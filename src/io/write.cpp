// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/write.hpp"

#include "ouro/ring/liburing.hpp"

#include "request_length.hpp"

#include <csignal>

namespace ouro::inline v0::detail {
namespace {

/// Ignores SIGPIPE unless somebody has decided otherwise. Not blocked in the thread, which would
/// leave the signal pending, to kill the process whenever it is unblocked.
bool ignore_sigpipe() noexcept {
  struct ::sigaction action{};
  if (::sigaction(SIGPIPE, nullptr, &action) != 0) return false;
  if ((action.sa_flags & SA_SIGINFO) != 0 || action.sa_handler != SIG_DFL) return false;
  return ::signal(SIGPIPE, SIG_IGN) != SIG_ERR;
}

}  // namespace

void write_operation::prepare(io_uring_sqe& sqe) noexcept {
  [[maybe_unused]] static const bool once = ignore_sigpipe();
  ::io_uring_prep_write(&sqe, fd_, data_.data(), request_length(data_.size()),
                        static_cast<__u64>(offset_));
}

}  // namespace ouro::inline v0::detail
