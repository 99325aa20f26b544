// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/endpoint.hpp"
#include "ouro/stream/base_protocol.hpp"

#include <cstddef>
#include <exception>
#include <span>

namespace ouro::inline v0 {

class datagram_transport;

/// Callbacks of a datagram endpoint: connection_made() first, then the others in any order, then
/// connection_lost(). Override what is of use. See create_datagram_endpoint().
///
/// What a callback throws is reported to the loop's exception handler, and the endpoint goes on.
///
/// asyncio: DatagramProtocol.
class datagram_protocol : public base_protocol {
 public:
  /// The endpoint is there. `transport` lives at least until connection_lost() has returned.
  virtual void connection_made(datagram_transport& transport) { static_cast<void>(transport); }

  /// A datagram has come, which may be empty. `data` and `from` are valid during the call. A sender
  /// without a name, as UNIX sockets may be, has no address.
  virtual void datagram_received(std::span<const std::byte> data, const endpoint& from) {
    static_cast<void>(data);
    static_cast<void>(from);
  }

  /// A datagram could not be sent or received: std::system_error, with the errno of sendmsg(2) or
  /// recvmsg(2). ECONNREFUSED, which only an endpoint with a remote address gets, tells that nobody
  /// listened to one sent before. The endpoint goes on.
  // NOLINTNEXTLINE(performance-unnecessary-value-param): who overrides this moves it away
  virtual void error_received(std::exception_ptr error) { static_cast<void>(error); }
};

}  // namespace ouro::inline v0
