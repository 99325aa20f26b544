// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/ancillary_data.hpp"
#include "ouro/io/buffer.hpp"
#include "ouro/io/detail/buffer_list.hpp"
#include "ouro/io/endpoint.hpp"
#include "ouro/io/io_operation.hpp"

#include <cstddef>
#include <span>
#include <string_view>
#include <sys/socket.h>
#include <type_traits>
#include <utility>

namespace ouro::inline v0 {

/// Options of sendmsg().
struct sendmsg_options {
  /// Where to send it; without an address to the peer that the socket is connected to.
  endpoint to = {};
  /// What to send beside the bytes; null is nothing. It must stay valid until the await ends.
  const ancillary_data* ancillary = nullptr;
  /// MSG_EOR and the like, of sendmsg(2).
  int flags = 0;
};
static_assert(std::is_trivially_destructible_v<sendmsg_options>);

namespace detail {

class sendmsg_operation final : public io_operation {
 public:
  sendmsg_operation(int fd, buffer_list data, const sendmsg_options& options,
                    guarded_fd* owner = nullptr) noexcept
      : io_operation(owner, io_direction::out),
        fd_(fd),
        options_(options),
        data_(std::move(data)) {}

  std::size_t await_resume() { return static_cast<std::size_t>(take_result("sendmsg")); }

 private:
  void prepare(io_uring_sqe& sqe) noexcept override;

  int fd_;
  sendmsg_options options_;
  buffer_list data_;
  ::msghdr header_;
};

}  // namespace detail

/// Sends several buffers, one after the other, as one message, with what is to go beside its bytes.
///
/// Suspends until the socket has room. Returns the number of bytes sent: for a stream perhaps less
/// than all, and then whatever goes beside them is sent already. The buffers, but not the span of
/// them, must stay valid, and `fd` open, until the await ends. Never raises SIGPIPE.
///
/// Errors: std::system_error, with the errno of sendmsg(2): EMSGSIZE if there are more than 1024
/// buffers; EAGAIN as sendto().
/// Cancellation: if cancelled_error or timeout_error is thrown, nothing was sent.
/// asyncio: none; Python's socket.sendmsg() and send_fds().
[[nodiscard]] inline detail::sendmsg_operation sendmsg(int fd, std::span<const const_buffer> data,
                                                       const sendmsg_options& options = {}) {
  return {fd, detail::buffer_list(data), options};
}
[[nodiscard]] inline detail::sendmsg_operation sendmsg(int fd, const_buffer data,
                                                       const sendmsg_options& options = {}) {
  return {fd, detail::buffer_list(data), options};
}
[[nodiscard]] inline detail::sendmsg_operation sendmsg(int fd, std::string_view data,
                                                       const sendmsg_options& options = {}) {
  return {fd, detail::buffer_list(as_buffer(data)), options};
}

}  // namespace ouro::inline v0
