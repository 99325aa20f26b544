// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/intrusive_list.hpp"
#include "ouro/io/buffer.hpp"
#include "ouro/io/endpoint.hpp"
#include "ouro/loop/event_loop.hpp"

#include <cstddef>
#include <cstdint>

namespace ouro::inline v0::detail {

class datagram_socket_transport;
class outgoing_datagram;

/// A place in one of the lists of a datagram_sender.
class outgoing_link : public list_hook {};

/// Sends the datagrams of an endpoint, in order. What one turn sends leaves in one system call:
/// many requests are in the kernel at a time, which it begins in their order, and it finishes each
/// before it begins the next as long as the socket has room. A UNIX socket, which can be full at
/// any time and loses nothing, has one.
///
/// The kernel does not tell when a UNIX socket that ours is not connected to has room again: such a
/// datagram is tried again after a while.
class datagram_sender {
 public:
  datagram_sender(datagram_socket_transport& owner, event_loop& loop, bool local) noexcept
      : owner_(owner), loop_(loop), most_in_flight_(local ? 1 : 64) {}
  datagram_sender(const datagram_sender&) = delete;
  datagram_sender& operator=(const datagram_sender&) = delete;
  ~datagram_sender();

  /// Copies and queues a datagram. `to` is null for the socket's peer.
  void send(const_buffer data, const endpoint* to, std::size_t segment_size);

  /// Forgets what is queued, and cancels what is in flight.
  void drop() noexcept;

  /// Bytes that the kernel has not taken, with an overhead for each datagram.
  std::size_t buffered() const noexcept { return buffered_; }
  /// The same of all that send() was ever given.
  std::uint64_t taken() const noexcept { return taken_; }
  /// Nothing is queued or in the kernel.
  bool idle() const noexcept { return queued_.empty() && in_flight_.empty(); }

  bool has_failures() const noexcept { return !failed_.empty(); }
  /// The errno of the datagram that failed first.
  int take_failure() noexcept;

 private:
  friend class outgoing_datagram;

  static constexpr duration first_delay = std::chrono::microseconds(500);
  static constexpr duration longest_delay = std::chrono::milliseconds(32);

  /// Tries the datagram again that found no room.
  class retry_timer final : public timer_node {
   public:
    explicit retry_timer(datagram_sender& sender) noexcept : sender_(sender) {}
    void run() noexcept override;
    std::string describe() const override { return "datagram that found its receiver full"; }

    duration delay = first_delay;
    outgoing_datagram* datagram = nullptr;  // null while nothing waits for room

   private:
    datagram_sender& sender_;
  };

  void launch(outgoing_datagram& datagram) noexcept;
  void pump() noexcept;
  void completed(outgoing_datagram& datagram, int result) noexcept;
  void retry_later(outgoing_datagram& datagram) noexcept;
  void stop_timer() noexcept;
  void forget(intrusive_list<outgoing_link>& list) noexcept;

  datagram_socket_transport& owner_;
  event_loop& loop_;
  intrusive_list<outgoing_link> queued_;
  intrusive_list<outgoing_link> in_flight_;  // and the one that waits for room
  intrusive_list<outgoing_link> failed_;
  std::size_t buffered_ = 0;
  std::uint64_t taken_ = 0;
  unsigned in_flight_count_ = 0;
  unsigned most_in_flight_;
  bool dropped_ = false;
  retry_timer retry_{*this};
};

}  // namespace ouro::inline v0::detail
