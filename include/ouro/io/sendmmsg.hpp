// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/buffer.hpp"
#include "ouro/io/endpoint.hpp"
#include "ouro/io/io_operation.hpp"

#include <cstddef>
#include <span>

namespace ouro::inline v0 {

/// One datagram of sendmmsg().
struct addressed_datagram {
  /// What to send, which may be empty.
  const_buffer data = {};
  /// Where to send it; without an address to the peer that the socket is connected to.
  endpoint to = {};
};

namespace detail {

class sendmmsg_operation final : public io_operation {
 public:
  sendmmsg_operation(int fd, std::span<const addressed_datagram> datagrams,
                     guarded_fd* owner = nullptr) noexcept
      : io_operation(owner, io_direction::out), fd_(fd), datagrams_(datagrams) {}

  /// How many datagrams the kernel has taken so far.
  std::size_t sent() const noexcept { return sent_; }

  std::size_t await_resume() {
    take_result("sendmmsg");
    return sent_;
  }

 private:
  void prepare(io_uring_sqe& sqe) noexcept override;
  void on_complete(int result, unsigned flags) noexcept override;
  int send_what_fits() noexcept;

  int fd_;
  std::span<const addressed_datagram> datagrams_;
  std::size_t sent_ = 0;
};

}  // namespace detail

/// Sends many datagrams in their order, 64 with each call of the kernel. Suspends until the socket
/// has room, again and again until it has taken the last one; returns how many were sent, which is
/// all. No other task may send on the socket meanwhile. The datagrams and their bytes must stay
/// valid, and `fd` open, until the await ends. Never raises SIGPIPE.
///
/// Errors: std::system_error, with the errno of sendmmsg(2), as sendto(): that of the first datagram
/// that cannot be sent. Those before it, as many as `sent()`, were.
/// Cancellation: if cancelled_error or timeout_error is thrown, the first `sent()` datagrams were
/// sent, zero to all but one of them: ask the operation, which then needs a name.
///
///     auto sending = socket.sendmmsg(datagrams);
///     try {
///       co_await sending;
///     } catch (const ouro::timeout_error&) {
///       rest = datagrams.subspan(sending.sent());
///     }
///
/// asyncio: none.
[[nodiscard]] inline detail::sendmmsg_operation sendmmsg(
    int fd, std::span<const addressed_datagram> datagrams) noexcept {
  return {fd, datagrams};
}

}  // namespace ouro::inline v0
