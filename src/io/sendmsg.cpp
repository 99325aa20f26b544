// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/sendmsg.hpp"

#include "ouro/ring/liburing.hpp"

#include "send_flags.hpp"

namespace ouro::inline v0::detail {

// The kernel only reads what the header points to.
void sendmsg_operation::prepare(io_uring_sqe& sqe) noexcept {
  header_ = {};
  if (options_.to.native_size() != 0) {
    header_.msg_name = const_cast<::sockaddr*>(&options_.to.native());
    header_.msg_namelen = static_cast<socklen_t>(options_.to.native_size());
  }
  header_.msg_iov = data_.data();
  header_.msg_iovlen = data_.size();
  if (options_.ancillary != nullptr) {
    const const_buffer beside = options_.ancillary->native();
    header_.msg_control = const_cast<std::byte*>(beside.data());
    header_.msg_controllen = beside.size();
  }
  ::io_uring_prep_sendmsg(&sqe, fd_, &header_,
                          static_cast<unsigned>(options_.flags) | send_flags(options_.to));
}

}  // namespace ouro::inline v0::detail
