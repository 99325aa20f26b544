// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/buffer.hpp"
#include "ouro/io/io_operation.hpp"

#include <cstddef>

namespace ouro::inline v0 {
namespace detail {

class recv_operation final : public io_operation {
 public:
  recv_operation(int fd, mutable_buffer into, guarded_fd* owner = nullptr) noexcept
      : io_operation(owner, io_direction::in), fd_(fd), into_(into) {}

  std::size_t await_resume() { return static_cast<std::size_t>(take_result("recv")); }

 private:
  void prepare(io_uring_sqe& sqe) noexcept override;

  int fd_;
  mutable_buffer into_;
};

}  // namespace detail

/// Receives up to `into.size()` bytes from a socket.
///
/// Suspends until at least one byte has arrived. Returns the number of bytes received; zero means
/// that the peer has shut its side down, or that `into` is empty. `into` must stay valid, and `fd`
/// open, until the await ends.
///
/// Errors: std::system_error, with the errno of recv(2).
/// Cancellation: if cancelled_error or timeout_error is thrown, no byte was taken from the socket.
/// asyncio: loop.sock_recv_into().
[[nodiscard]] inline detail::recv_operation recv(int fd, mutable_buffer into) noexcept {
  return {fd, into};
}

}  // namespace ouro::inline v0
