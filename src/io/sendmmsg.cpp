// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/sendmmsg.hpp"

#include "ouro/ring/liburing.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace ouro::inline v0::detail {
namespace {

constexpr std::size_t most_at_once = 64;

}  // namespace

void sendmmsg_operation::prepare(io_uring_sqe& sqe) noexcept {
  ::io_uring_prep_poll_add(&sqe, fd_, POLLOUT);
}

// An error of the socket, of which the poll tells too, is given by the call.
void sendmmsg_operation::on_complete(int result, unsigned flags) noexcept {
  if (result >= 0) {
    result = aborted() ? -ECANCELED : send_what_fits();
    if (result == -EAGAIN && !datagrams_[sent_].to.is_local()) return resubmit();
  }
  io_operation::on_complete(result, flags);
}

/// Returns 0 when all is sent, or -errno.
int sendmmsg_operation::send_what_fits() noexcept {
  std::array<::mmsghdr, most_at_once> messages;
  std::array<::iovec, most_at_once> parts;
  while (sent_ < datagrams_.size()) {
    const std::size_t count = std::min(datagrams_.size() - sent_, most_at_once);
    for (std::size_t i = 0; i < count; ++i) {
      const auto& [data, to] = datagrams_[sent_ + i];
      parts[i] = {const_cast<std::byte*>(data.data()), data.size()};
      messages[i] = {};
      messages[i].msg_hdr.msg_iov = &parts[i];
      messages[i].msg_hdr.msg_iovlen = 1;
      if (to.native_size() == 0) continue;
      messages[i].msg_hdr.msg_name = const_cast<::sockaddr*>(&to.native());
      messages[i].msg_hdr.msg_namelen = static_cast<::socklen_t>(to.native_size());
    }
    const int taken =
        ::sendmmsg(fd_, messages.data(), static_cast<unsigned>(count), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (taken < 0 && errno == EINTR) continue;
    if (taken < 0) return -errno;
    sent_ += static_cast<std::size_t>(taken);
  }
  return 0;
}

}  // namespace ouro::inline v0::detail
