// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/try_send.hpp"

#include "would_block.hpp"

#include <sys/socket.h>

namespace ouro::inline v0 {
namespace {

constexpr int flags = MSG_DONTWAIT | MSG_NOSIGNAL;

}  // namespace

std::optional<std::size_t> try_send(int fd, const_buffer data) {
  return detail::unless_would_block(::send(fd, data.data(), data.size(), flags), "send");
}

std::optional<std::size_t> try_sendto(int fd, const_buffer data, const endpoint& to) {
  return detail::unless_would_block(::sendto(fd, data.data(), data.size(), flags, &to.native(),
                                             static_cast<socklen_t>(to.native_size())),
                                    "sendto");
}

}  // namespace ouro::inline v0
