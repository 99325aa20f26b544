// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/recvfrom.hpp"

#include "ouro/ring/liburing.hpp"

namespace ouro::inline v0::detail {

void recvfrom_operation::prepare(io_uring_sqe& sqe) noexcept {
  buffer_ = {into_.data(), into_.size()};
  header_ = {};
  header_.msg_name = &sender_;
  header_.msg_namelen = sizeof sender_;
  header_.msg_iov = &buffer_;
  header_.msg_iovlen = 1;
  ::io_uring_prep_recvmsg(&sqe, fd_, &header_, 0);
}

received_datagram recvfrom_operation::await_resume() {
  const auto size = static_cast<std::size_t>(take_result("recvfrom"));
  return {size,
          endpoint::from_native(reinterpret_cast<const ::sockaddr&>(sender_), header_.msg_namelen),
          (header_.msg_flags & MSG_TRUNC) != 0};
}

}  // namespace ouro::inline v0::detail
