// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/buffer.hpp"
#include "ouro/io/endpoint.hpp"
#include "ouro/io/io_operation.hpp"

#include <cstddef>
#include <sys/socket.h>
#include <sys/uio.h>

namespace ouro::inline v0 {

/// What recvfrom() gives.
struct received_datagram {
  /// How many bytes of the buffer were filled; zero is a datagram without any.
  std::size_t size = 0;
  /// Who has sent it; without an address if the socket does not tell, as a stream.
  endpoint sender;
  /// The datagram was longer than the buffer, and its rest is lost.
  bool truncated = false;
};

namespace detail {

class recvfrom_operation final : public io_operation {
 public:
  recvfrom_operation(int fd, mutable_buffer into, guarded_fd* owner = nullptr) noexcept
      : io_operation(owner, io_direction::in), fd_(fd), into_(into) {}

  received_datagram await_resume();

 private:
  void prepare(io_uring_sqe& sqe) noexcept override;

  int fd_;
  mutable_buffer into_;
  // Written by the kernel, or pointing to what is.
  ::iovec buffer_;
  ::sockaddr_storage sender_;
  ::msghdr header_;
};

}  // namespace detail

/// Receives a datagram of up to `into.size()` bytes, and tells who has sent it. What does not fit
/// is lost, as `truncated` tells. On a stream it is recv().
///
/// Suspends until a datagram has arrived, which may be empty. `into` must stay valid, and `fd`
/// open, until the await ends.
///
/// Errors: std::system_error, with the errno of recvfrom(2). On a connected socket ECONNREFUSED tells
/// that nobody listened to a datagram sent before; the socket stays as good as it was.
/// Cancellation: if cancelled_error or timeout_error is thrown, no datagram was taken.
/// asyncio: loop.sock_recvfrom_into().
[[nodiscard]] inline detail::recvfrom_operation recvfrom(int fd, mutable_buffer into) noexcept {
  return {fd, into};
}

}  // namespace ouro::inline v0
