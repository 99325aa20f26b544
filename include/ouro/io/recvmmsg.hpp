// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/buffer.hpp"
#include "ouro/io/io_operation.hpp"
#include "ouro/io/recvfrom.hpp"

#include <cstddef>
#include <span>

namespace ouro::inline v0 {

/// Room for one datagram of recvmmsg(), and what came.
struct datagram_slot {
  /// Where to put its bytes.
  mutable_buffer into = {};
  /// How many came, and from whom.
  received_datagram received = {};
  /// How long each of the datagrams is that the kernel has joined in this slot, the last one
  /// perhaps less; zero if it has joined none, as it does only for a UDP socket with the option
  /// UDP_GRO.
  std::size_t segment_size = 0;

  /// The bytes that came.
  [[nodiscard]] const_buffer data() const noexcept { return into.first(received.size); }
};

namespace detail {

class recvmmsg_operation final : public io_operation {
 public:
  recvmmsg_operation(int fd, std::span<datagram_slot> slots, guarded_fd* owner = nullptr) noexcept
      : io_operation(owner, io_direction::in), fd_(fd), slots_(slots) {}

  std::size_t await_resume() { return static_cast<std::size_t>(take_result("recvmmsg")); }

 private:
  void prepare(io_uring_sqe& sqe) noexcept override;
  void on_complete(int result, unsigned flags) noexcept override;
  bool joins_datagrams() const noexcept;
  int receive_what_is_there() noexcept;

  int fd_;
  std::span<datagram_slot> slots_;
};

}  // namespace detail

/// Receives as many datagrams as are there, one into each slot from the first on, with one call of
/// the kernel: as many as there are slots, and at most 64. What does not fit into a slot is lost,
/// as `truncated` tells.
///
/// With the socket option UDP_GRO a slot may get several datagrams of equal size that one sender
/// has sent in a row: it should have room for 64 KiB, and its `segment_size` tells where they end.
///
/// Suspends until there is one. Returns how many came, at least one; zero without slots. The slots
/// and their buffers must stay valid, and `fd` open, until the await ends.
///
/// Errors: std::system_error, with the errno of recvmmsg(2), as recvfrom().
/// Cancellation: if cancelled_error or timeout_error is thrown, no datagram was taken.
/// asyncio: none.
[[nodiscard]] inline detail::recvmmsg_operation recvmmsg(int fd,
                                                         std::span<datagram_slot> slots) noexcept {
  return {fd, slots};
}

}  // namespace ouro::inline v0
