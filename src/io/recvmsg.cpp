// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/recvmsg.hpp"

#include "ouro/ring/liburing.hpp"

namespace ouro::inline v0::detail {

void recvmsg_operation::prepare(io_uring_sqe& sqe) noexcept {
  header_ = {};
  header_.msg_name = &sender_;
  header_.msg_namelen = sizeof sender_;
  header_.msg_iov = into_.data();
  header_.msg_iovlen = into_.size();
  header_.msg_control = ancillary_.bytes_.data();
  header_.msg_controllen = ancillary_.bytes_.size();
  ::io_uring_prep_recvmsg(&sqe, fd_, &header_, static_cast<unsigned>(flags_) | MSG_CMSG_CLOEXEC);
}

received_message recvmsg_operation::await_resume() {
  received_message message;
  message.size = static_cast<std::size_t>(take_result("recvmsg"));
  message.sender =
      endpoint::from_native(reinterpret_cast<const ::sockaddr&>(sender_), header_.msg_namelen);
  message.flags = header_.msg_flags;
  ancillary_.set_received(header_.msg_controllen);
  message.ancillary = std::move(ancillary_);
  return message;
}

}  // namespace ouro::inline v0::detail
