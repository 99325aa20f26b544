// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/recvmmsg.hpp"

#include "ouro/io/ancillary_data.hpp"
#include "ouro/ring/liburing.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <span>
#include <sys/socket.h>
#include <sys/uio.h>

namespace ouro::inline v0::detail {
namespace {

constexpr std::size_t most_at_once = 64;

/// Room for the message that tells the size of joined datagrams, and a small one before it.
struct alignas(::cmsghdr) control_room {
  std::byte bytes[64];
};

}  // namespace

void recvmmsg_operation::prepare(io_uring_sqe& sqe) noexcept {
  if (slots_.empty()) {
    ::io_uring_prep_nop(&sqe);
  } else {
    ::io_uring_prep_poll_add(&sqe, fd_, POLLIN);
  }
}

// An error of the socket, of which the poll tells too, is given by the call.
void recvmmsg_operation::on_complete(int result, unsigned flags) noexcept {
  if (result >= 0) {
    result = aborted() ? -ECANCELED : receive_what_is_there();
    if (result == -EAGAIN || result == -EINTR) return resubmit();  // somebody else was faster
  }
  io_operation::on_complete(result, flags);
}

bool recvmmsg_operation::joins_datagrams() const noexcept {
  int on = 0;
  ::socklen_t size = sizeof on;
  return ::getsockopt(fd_, IPPROTO_UDP, UDP_GRO, &on, &size) == 0 && on != 0;
}

/// Returns how many came, or -errno.
int recvmmsg_operation::receive_what_is_there() noexcept {
  // Room for control messages makes the kernel install descriptors that come over a UNIX socket,
  // which nobody would close: there is none but for joined datagrams.
  const bool joins = joins_datagrams();
  std::array<control_room, most_at_once> controls;
  std::array<::mmsghdr, most_at_once> messages;
  std::array<::iovec, most_at_once> parts;
  std::array<::sockaddr_storage, most_at_once> senders;
  const std::size_t room = std::min(slots_.size(), most_at_once);
  for (std::size_t i = 0; i < room; ++i) {
    parts[i] = {slots_[i].into.data(), slots_[i].into.size()};
    messages[i] = {};
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
    messages[i].msg_hdr.msg_name = &senders[i];
    messages[i].msg_hdr.msg_namelen = sizeof senders[i];
    if (joins) {
      messages[i].msg_hdr.msg_control = controls[i].bytes;
      messages[i].msg_hdr.msg_controllen = sizeof controls[i].bytes;
    }
  }
  const int count =
      ::recvmmsg(fd_, messages.data(), static_cast<unsigned>(room), MSG_DONTWAIT, nullptr);
  if (count < 0) return -errno;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    const ::msghdr& header = messages[i].msg_hdr;
    slots_[i].received = {
        messages[i].msg_len,
        endpoint::from_native(reinterpret_cast<const ::sockaddr&>(senders[i]), header.msg_namelen),
        (header.msg_flags & MSG_TRUNC) != 0};
    slots_[i].segment_size =
        joins ? ancillary_data::segment_size_of(std::span(controls[i].bytes, header.msg_controllen))
              : 0;
  }
  return count;
}

}  // namespace ouro::inline v0::detail
