// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/endpoint.hpp"
#include "ouro/io/io_operation.hpp"

namespace ouro::inline v0 {
namespace detail {

class connect_operation final : public io_operation {
 public:
  connect_operation(int fd, const endpoint& peer, guarded_fd* owner = nullptr) noexcept
      : io_operation(owner, io_direction::out), fd_(fd), peer_(peer) {}

  void await_resume();

 private:
  void prepare(io_uring_sqe& sqe) noexcept override;
  void on_complete(int result, unsigned flags) noexcept override;

  int fd_;
  endpoint peer_;
};

}  // namespace detail

/// Connects the socket `fd` to `peer`. `fd` must stay open until the await ends.
///
/// Errors: std::system_error, with the errno of connect(2). Close the socket then: its state is
/// unspecified, and a second connect() of it fails for reasons of its own.
/// Cancellation: if cancelled_error or timeout_error is thrown, close the socket too: the kernel may
/// still be connecting it.
/// asyncio: loop.sock_connect().
[[nodiscard]] inline detail::connect_operation connect(int fd, const endpoint& peer) noexcept {
  return {fd, peer};
}

}  // namespace ouro::inline v0
