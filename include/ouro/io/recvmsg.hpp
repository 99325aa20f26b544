// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/ancillary_data.hpp"
#include "ouro/io/buffer.hpp"
#include "ouro/io/detail/buffer_list.hpp"
#include "ouro/io/endpoint.hpp"
#include "ouro/io/io_operation.hpp"

#include <cstddef>
#include <span>
#include <sys/socket.h>
#include <type_traits>
#include <utility>

namespace ouro::inline v0 {

/// Options of recvmsg().
struct recvmsg_options {
  /// Bytes of room for ancillary data, see ancillary_data::capacity_for_fds(); what does not fit is
  /// lost, descriptors are closed.
  std::size_t ancillary_capacity = 0;
  /// MSG_PEEK and the like, of recvmsg(2).
  int flags = 0;
};
static_assert(std::is_trivially_destructible_v<recvmsg_options>);

/// What recvmsg() gives.
struct received_message {
  /// How many bytes of the buffers were filled.
  std::size_t size = 0;
  /// Who has sent it; without an address if the socket does not tell, as a stream.
  endpoint sender;
  /// MSG_TRUNC, MSG_CTRUNC, MSG_EOR and others, of recvmsg(2).
  int flags = 0;
  /// What came beside the bytes. It closes the descriptors that nobody takes.
  ouro::ancillary_data ancillary;

  /// The datagram was longer than the buffers, and its rest is lost.
  bool truncated() const noexcept { return (flags & MSG_TRUNC) != 0; }
  /// There was more ancillary data than room.
  bool ancillary_truncated() const noexcept { return (flags & MSG_CTRUNC) != 0; }
};

namespace detail {

class recvmsg_operation final : public io_operation {
 public:
  recvmsg_operation(int fd, buffer_list into, const recvmsg_options& options,
                    guarded_fd* owner = nullptr)
      : io_operation(owner, io_direction::in),
        fd_(fd),
        flags_(options.flags),
        into_(std::move(into)) {
    ancillary_.reserve(options.ancillary_capacity);
  }
  recvmsg_operation(recvmsg_operation&&) noexcept = default;
  ~recvmsg_operation() {
    if (untaken_result() >= 0) ancillary_.set_received(header_.msg_controllen);
  }

  received_message await_resume();

 private:
  void prepare(io_uring_sqe& sqe) noexcept override;

  int fd_;
  int flags_;
  buffer_list into_;
  ancillary_data ancillary_;
  ::sockaddr_storage sender_;  // written by the kernel, as the header
  ::msghdr header_;
};

}  // namespace detail

/// Receives a message into several buffers, which are filled one after the other, with what comes
/// beside its bytes.
///
/// Suspends until there is one. The buffers, but not the span of them, must stay valid, and `fd`
/// open, until the await ends. Descriptors that come are closed on exec. Zero bytes are the end of
/// a stream, or an empty datagram.
///
/// Errors: std::system_error, with the errno of recvmsg(2).
/// Cancellation: if cancelled_error or timeout_error is thrown, nothing was taken from the socket.
/// asyncio: none; Python's socket.recvmsg_into() and recv_fds().
[[nodiscard]] inline detail::recvmsg_operation recvmsg(int fd, std::span<const mutable_buffer> into,
                                                       const recvmsg_options& options = {}) {
  return {fd, detail::buffer_list(into), options};
}
[[nodiscard]] inline detail::recvmsg_operation recvmsg(int fd, mutable_buffer into,
                                                       const recvmsg_options& options = {}) {
  return {fd, detail::buffer_list(into), options};
}

}  // namespace ouro::inline v0
