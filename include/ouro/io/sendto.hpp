// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/buffer.hpp"
#include "ouro/io/endpoint.hpp"
#include "ouro/io/io_operation.hpp"

#include <cstddef>
#include <string_view>
#include <sys/socket.h>
#include <sys/uio.h>

namespace ouro::inline v0 {
namespace detail {

class sendto_operation final : public io_operation {
 public:
  sendto_operation(int fd, const_buffer data, const endpoint& to,
                   guarded_fd* owner = nullptr) noexcept
      : io_operation(owner, io_direction::out), fd_(fd), data_(data), to_(to) {}

  std::size_t await_resume() { return static_cast<std::size_t>(take_result("sendto")); }

 private:
  void prepare(io_uring_sqe& sqe) noexcept override;

  int fd_;
  const_buffer data_;
  endpoint to_;
  ::iovec buffer_;
  ::msghdr header_;
};

}  // namespace detail

/// Sends `data`, which may be empty, as one datagram to `to`. A datagram is sent as a whole or not
/// at all. Without an address it goes to the peer that the socket is connected to. Suspends until
/// the socket has room; returns the number of bytes sent. `data` must stay valid, and `fd` open,
/// until the await ends. Never raises SIGPIPE.
///
/// Errors: std::system_error, with the errno of sendto(2): EMSGSIZE if it is too long for a datagram;
/// EAGAIN if `to` is a UNIX socket that has no room: Linux tells only those that are connected to
/// it when it has, so connect() and send() to wait for that. On a connected socket ECONNREFUSED
/// tells that nobody listened to one sent before, and this one was not sent; the socket stays as
/// good as it was.
/// Cancellation: if cancelled_error or timeout_error is thrown, nothing was sent.
/// asyncio: loop.sock_sendto().
[[nodiscard]] inline detail::sendto_operation sendto(int fd, const_buffer data,
                                                     const endpoint& to) noexcept {
  return {fd, data, to};
}
[[nodiscard]] inline detail::sendto_operation sendto(int fd, std::string_view data,
                                                     const endpoint& to) noexcept {
  return {fd, as_buffer(data), to};
}

}  // namespace ouro::inline v0
