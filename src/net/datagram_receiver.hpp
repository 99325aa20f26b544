// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/endpoint.hpp"
#include "ouro/ring/operation.hpp"

#include "datagram_hub.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <sys/socket.h>

namespace ouro::inline v0::detail {

/// A datagram as it came; several of `segment_size` bytes each if that is not zero.
struct incoming_datagram {
  std::span<const std::byte> data;
  endpoint from;
  std::size_t segment_size = 0;
  bool truncated = false;
};

/// Receives the datagrams of an endpoint: by one multishot request into the buffers of the hub, or,
/// where the kernel has no such thing and for UNIX sockets, whose datagrams may be longer, by a
/// request for each into a buffer of its own. Told by start() to go on when all that it has
/// received has been taken.
class datagram_receiver final : private operation {
 public:
  /// `local`: of a UNIX socket. `gro`: the kernel may join datagrams to one.
  datagram_receiver(datagram_socket_transport& owner, datagram_hub& hub, bool local,
                    bool gro) noexcept;
  ~datagram_receiver();

  using operation::in_flight;

  /// Asks the kernel for datagrams, if it is not asked already and nothing is here to be taken.
  void start() noexcept;
  /// Asks for no more, and forgets what has come.
  void stop() noexcept;

  /// Whether a datagram or an error is here to be taken.
  bool has_news() const noexcept {
    return first_ != datagram_hub::no_buffer || own_size_ >= 0 || error_ != 0;
  }
  /// Gives the datagrams that are here to the owner's hand_out(), at most `budget` and the rest of
  /// the last; then the error that ended the request.
  void deliver(unsigned budget);

 private:
  struct own_buffer;

  void prepare(io_uring_sqe& sqe) noexcept override;
  void on_complete(int result, unsigned flags) noexcept override;

  bool choose_buffer() noexcept;
  void keep(std::uint16_t buffer, int size) noexcept;
  std::uint16_t take_first() noexcept;
  void ended(int result) noexcept;
  void forget() noexcept;
  unsigned deliver_shared();
  unsigned deliver_own();

  datagram_socket_transport& owner_;
  datagram_hub& hub_;
  starving_receiver starving_{*this};
  ::msghdr header_{};
  std::unique_ptr<own_buffer> own_;                // null while it uses the hub's buffers
  int own_size_ = -1;                              // of the datagram in own_; negative if none
  int error_ = 0;                                  // an errno, which comes behind the datagrams
  std::uint16_t first_ = datagram_hub::no_buffer;  // the queue of what has come
  std::uint16_t last_ = datagram_hub::no_buffer;
  bool local_;
  bool gro_;
  bool no_multishot_ = false;  // the kernel has refused it
  bool stopped_ = false;
};

}  // namespace ouro::inline v0::detail
