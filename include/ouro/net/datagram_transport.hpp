// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/buffer.hpp"
#include "ouro/io/endpoint.hpp"
#include "ouro/stream/base_transport.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

namespace ouro::inline v0 {

/// Options of datagram_transport::sendto().
struct datagram_send_options {
  /// Sends the data as several datagrams of this many bytes, the last one of what is left: the
  /// kernel takes up to 64 of them, and up to 65,507 bytes, at once (UDP GSO). Zero is one
  /// datagram.
  std::size_t segment_size = 0;
};
static_assert(std::is_trivially_destructible_v<datagram_send_options>);

/// Marks of datagram_transport::set_write_buffer_limits(). What is not given follows from the
/// other: `high` is four times `low`, `low` a quarter of `high`; 64 KiB and 16 KiB without either.
struct datagram_buffer_limits {
  std::optional<std::size_t> high = {};
  std::optional<std::size_t> low = {};
};
static_assert(std::is_trivially_destructible_v<datagram_buffer_limits>);

/// The way out of a datagram endpoint, and the handle of it: see create_datagram_endpoint().
///
/// close() still sends what sendto() has taken. abort() drops it, and so does a loop that closes:
/// then await connection_lost() before the loop ends, as asyncio's programs have to. Both end the
/// calls of datagram_received() at once; connection_lost() comes from the loop. Both, and every
/// other member, may be called from every callback of the protocol.
///
/// asyncio: DatagramTransport.
class datagram_transport : public base_transport {
 public:
  /// What a datagram that waits counts beside its bytes, for get_write_buffer_size().
  static constexpr std::size_t overhead = 256;

  /// Sends `data`, which may be empty, as one datagram to `to`; without an address to the remote
  /// address of the endpoint. Never waits: `data` is copied, and leaves at the end of this turn, in
  /// one system call with what else this turn sends; of one endpoint at most 64 datagrams a turn,
  /// of a UNIX socket one. The order is kept. What fails is told to error_received(). After close()
  /// or abort() it does nothing.
  ///
  /// Errors: usage_error if the endpoint has a remote address and `to` is another one, if it has
  /// none and neither has `to`, if `segment_size` is more than 65535, or on another thread.
  /// asyncio: sendto().
  void sendto(const_buffer data, const endpoint& to = {},
              const datagram_send_options& options = {}) {
    do_send(data, to, options);
  }
  void sendto(std::string_view data, const endpoint& to = {},
              const datagram_send_options& options = {}) {
    do_send(as_buffer(data), to, options);
  }

  /// Bytes that sendto() has taken and the kernel has not, with `overhead` for each datagram.
  [[nodiscard]] virtual std::size_t get_write_buffer_size() const noexcept = 0;

  /// The marks at which the protocol's pause_writing() and resume_writing() are called: when a turn
  /// has ended with more than `high`, and then with `low` or less.
  struct write_buffer_limits {
    std::size_t low;
    std::size_t high;
  };
  [[nodiscard]] virtual write_buffer_limits get_write_buffer_limits() const noexcept = 0;

  /// Errors: usage_error if `low` is more than `high`.
  virtual void set_write_buffer_limits(const datagram_buffer_limits& limits) = 0;

 protected:
  datagram_transport() noexcept = default;

 private:
  virtual void do_send(const_buffer data, const endpoint& to,
                       const datagram_send_options& options) = 0;
};

}  // namespace ouro::inline v0
