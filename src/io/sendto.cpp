// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/sendto.hpp"

#include "ouro/ring/liburing.hpp"

#include "send_flags.hpp"

namespace ouro::inline v0::detail {

// The kernel only reads what the header points to.
void sendto_operation::prepare(io_uring_sqe& sqe) noexcept {
  buffer_ = {const_cast<std::byte*>(data_.data()), data_.size()};
  header_ = {};
  header_.msg_name = const_cast<::sockaddr*>(&to_.native());
  header_.msg_namelen = static_cast<socklen_t>(to_.native_size());
  header_.msg_iov = &buffer_;
  header_.msg_iovlen = 1;
  ::io_uring_prep_sendmsg(&sqe, fd_, &header_, send_flags(to_));
}

}  // namespace ouro::inline v0::detail
