// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/send.hpp"

#include "ouro/ring/liburing.hpp"

#include "request_length.hpp"

#include <cerrno>
#include <sys/socket.h>

namespace ouro::inline v0::detail {

void send_operation::prepare(io_uring_sqe& sqe) noexcept {
  ::io_uring_prep_send(&sqe, fd_, data_.data(), request_length(data_.size()), MSG_NOSIGNAL);
}

void sendall_operation::prepare(io_uring_sqe& sqe) noexcept {
  const const_buffer rest = data_.subspan(sent_);
  ::io_uring_prep_send(&sqe, fd_, rest.data(), request_length(rest.size()),
                       MSG_NOSIGNAL | MSG_WAITALL);
}

// With MSG_WAITALL the kernel goes on by itself, but an error, a cancel and the limit of one
// request end it with a short count.
void sendall_operation::on_complete(int result, unsigned flags) noexcept {
  if (result >= 0) {
    sent_ += static_cast<std::size_t>(result);
    if (sent_ < data_.size()) {
      if (!aborted()) return resubmit();
      result = -ECANCELED;
    }
  }
  io_operation::on_complete(result, flags);
}

}  // namespace ouro::inline v0::detail
