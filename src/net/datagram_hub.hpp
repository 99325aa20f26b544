// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/intrusive_list.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/ring/buffer_ring.hpp"

#include <array>
#include <cstdint>
#include <memory>

namespace ouro::inline v0::detail {

class datagram_receiver;
class datagram_socket_transport;

/// A receiver that found the buffers all taken.
class starving_receiver : public list_hook {
 public:
  explicit starving_receiver(datagram_receiver& who) noexcept : receiver(who) {}
  datagram_receiver& receiver;
};

/// What the datagram endpoints of a loop share: the buffers to receive into, so that an idle
/// endpoint holds none. Keeps each endpoint alive until it is closed.
class datagram_hub final : public loop_extension {
 public:
  /// As many datagrams are received, for all endpoints together, before callbacks run. With 50
  /// endpoints that answer each other, 16 buffers are a quarter slower, and 256 not faster.
  static constexpr unsigned buffer_count = 64;
  /// The longest datagram of UDP, with room for what the kernel puts before it. Not a power of two:
  /// the beginnings of buffers would all lie in the same lines of the cache.
  static constexpr std::size_t buffer_size = 65'536 + 704;
  static constexpr std::uint16_t no_buffer = 0xffff;

  /// A buffer that the kernel has filled.
  struct filled_buffer {
    std::uint16_t next = no_buffer;  // behind it in its receiver's queue
    int size = 0;                    // what the completion told
  };

  explicit datagram_hub(event_loop& loop) noexcept : loop_(loop) {}
  ~datagram_hub() override;

  event_loop& loop() const noexcept { return loop_; }

  void add(datagram_socket_transport& transport) noexcept;
  /// May destroy the transport.
  void remove(datagram_socket_transport& transport) noexcept;

  /// The shared buffers; null if the kernel has none to offer.
  buffer_ring* buffers() noexcept {
    if (buffers_ == nullptr && !no_buffers_) [[unlikely]]
      make_buffers();
    return buffers_.get();
  }
  filled_buffer& filled(std::uint16_t index) noexcept { return filled_[index]; }
  /// Gives a buffer back, to the receiver that has waited longest for one.
  void release(std::uint16_t index) noexcept;
  /// Has receiver.start() called when there is a buffer.
  void wait_for_buffer(starving_receiver& waiting) noexcept;

 private:
  void make_buffers() noexcept;

  event_loop& loop_;
  intrusive_list<datagram_socket_transport> transports_;
  intrusive_list<starving_receiver> starving_;
  std::unique_ptr<buffer_ring> buffers_;
  bool no_buffers_ = false;  // the kernel has refused
  std::array<filled_buffer, buffer_count> filled_;
};

}  // namespace ouro::inline v0::detail
