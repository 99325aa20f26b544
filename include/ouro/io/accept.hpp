// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/unique_fd.hpp"
#include "ouro/io/endpoint.hpp"
#include "ouro/io/io_operation.hpp"

namespace ouro::inline v0 {
namespace detail {

/// Whether `error`, an errno value of accept(2), tells of a failure of the connection that it has
/// just taken off the backlog, and not of one of ours: the next connection may be fine.
bool concerns_only_the_peer(int error) noexcept;

/// Accepts a connection. One that was accepted for a coroutine that was destroyed meanwhile is
/// closed.
class accept_request : public io_operation {
 protected:
  accept_request(int fd, endpoint* peer, guarded_fd* owner) noexcept
      : io_operation(owner, io_direction::in), fd_(fd), peer_(peer) {}
  accept_request(accept_request&& other) noexcept = default;
  ~accept_request() { const unique_fd unwanted{untaken_result()}; }

  unique_fd take_connection();

 private:
  void prepare(io_uring_sqe& sqe) noexcept override;

  int fd_;
  unsigned length_ = 0;  // of the peer's address; written by the kernel
  endpoint* peer_;       // null if nobody wants it
};

class accept_operation final : public accept_request {
 public:
  accept_operation(int fd, endpoint* peer) noexcept : accept_request(fd, peer, nullptr) {}

  unique_fd await_resume() { return take_connection(); }
};

}  // namespace detail

/// Accepts a connection from the listening socket `fd`, which must stay open until the await ends.
/// The descriptor it gives is closed on exec.
///
/// Errors: std::system_error, with the errno of accept(2).
/// Cancellation: if cancelled_error or timeout_error is thrown, no connection was taken: it waits for
/// the next accept().
/// asyncio: loop.sock_accept().
[[nodiscard]] inline detail::accept_operation accept(int fd) noexcept { return {fd, nullptr}; }

/// As accept(fd), and sets `peer`, which must stay valid until the await ends, to where the
/// connection comes from.
[[nodiscard]] inline detail::accept_operation accept(int fd, endpoint& peer) noexcept {
  return {fd, &peer};
}

}  // namespace ouro::inline v0
