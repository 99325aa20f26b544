// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/buffer.hpp"
#include "ouro/io/io_operation.hpp"

#include <cstddef>
#include <string_view>

namespace ouro::inline v0 {
namespace detail {

class send_operation final : public io_operation {
 public:
  send_operation(int fd, const_buffer data, guarded_fd* owner = nullptr) noexcept
      : io_operation(owner, io_direction::out), fd_(fd), data_(data) {}

  std::size_t await_resume() { return static_cast<std::size_t>(take_result("send")); }

 private:
  void prepare(io_uring_sqe& sqe) noexcept override;

  int fd_;
  const_buffer data_;
};

class sendall_operation final : public io_operation {
 public:
  sendall_operation(int fd, const_buffer data, guarded_fd* owner = nullptr) noexcept
      : io_operation(owner, io_direction::out), fd_(fd), data_(data) {}

  /// How many bytes the kernel has taken so far.
  std::size_t sent() const noexcept { return sent_; }

  void await_resume() { take_result("send"); }

 private:
  void prepare(io_uring_sqe& sqe) noexcept override;
  void on_complete(int result, unsigned flags) noexcept override;

  int fd_;
  const_buffer data_;
  std::size_t sent_ = 0;
};

}  // namespace detail

/// Sends from the beginning of `data` what the socket takes at once, which may be less than all of
/// it.
///
/// Suspends until the socket has room. Returns the number of bytes sent. `data` must stay valid,
/// and `fd` open, until the await ends. Never raises SIGPIPE.
///
/// Errors: std::system_error, with the errno of send(2).
/// Cancellation: if cancelled_error or timeout_error is thrown, no byte was sent.
/// asyncio: none; Python's socket.send().
[[nodiscard]] inline detail::send_operation send(int fd, const_buffer data) noexcept {
  return {fd, data};
}
[[nodiscard]] inline detail::send_operation send(int fd, std::string_view data) noexcept {
  return {fd, as_buffer(data)};
}

/// Sends all of `data`, with as many requests as it takes; no other task may send on the socket
/// meanwhile. Suspends until the kernel has taken the last byte. `data` must stay valid, and `fd`
/// open, until the await ends.
///
/// Errors: std::system_error, with the errno of send(2). Some bytes may have been sent by then.
/// Cancellation: if cancelled_error or timeout_error is thrown, the first `sent()` bytes were sent, zero
/// to all but one of them: ask the operation, which then needs a name.
///
///     auto sending = ouro::sendall(fd, data);
///     try {
///       co_await sending;
///     } catch (const ouro::timeout_error&) {
///       rest = data.subspan(sending.sent());
///     }
///
/// asyncio: loop.sock_sendall(), which cannot tell how much it sent.
[[nodiscard]] inline detail::sendall_operation sendall(int fd, const_buffer data) noexcept {
  return {fd, data};
}
[[nodiscard]] inline detail::sendall_operation sendall(int fd, std::string_view data) noexcept {
  return {fd, as_buffer(data)};
}

}  // namespace ouro::inline v0
