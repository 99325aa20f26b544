// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/connect.hpp"

#include "ouro/ring/liburing.hpp"

namespace ouro::inline v0::detail {

void connect_operation::prepare(io_uring_sqe& sqe) noexcept {
  ::io_uring_prep_connect(&sqe, fd_, &peer_.native(), static_cast<socklen_t>(peer_.native_size()));
}

// A socket that was not connected may be so later, or never: it is closed at once.
void connect_operation::on_complete(int result, unsigned flags) noexcept {
  guarded_fd* const socket = owner();
  io_operation::on_complete(result, flags);
  if (result < 0 && socket != nullptr) socket->close_broken();
}

void connect_operation::await_resume() {
  if (owner() != nullptr) owner()->close_broken();  // interrupted before it began
  take_result("connect");
}

}  // namespace ouro::inline v0::detail
