// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/try_recv.hpp"

#include "would_block.hpp"

#include <sys/socket.h>

namespace ouro::inline v0 {

std::optional<std::size_t> try_recv(int fd, mutable_buffer into) {
  return detail::unless_would_block(::recv(fd, into.data(), into.size(), MSG_DONTWAIT), "recv");
}

std::optional<received_datagram> try_recvfrom(int fd, mutable_buffer into) {
  ::sockaddr_storage sender;
  ::iovec buffer{into.data(), into.size()};
  ::msghdr header{};
  header.msg_name = &sender;
  header.msg_namelen = sizeof sender;
  header.msg_iov = &buffer;
  header.msg_iovlen = 1;
  const auto size = detail::unless_would_block(::recvmsg(fd, &header, MSG_DONTWAIT), "recvfrom");
  if (!size) return std::nullopt;
  return received_datagram{
      *size, endpoint::from_native(reinterpret_cast<const ::sockaddr&>(sender), header.msg_namelen),
      (header.msg_flags & MSG_TRUNC) != 0};
}

}  // namespace ouro::inline v0
