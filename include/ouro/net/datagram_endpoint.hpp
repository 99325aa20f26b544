// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/intrusive_ptr.hpp"
#include "ouro/base/light_std.hpp"
#include "ouro/io/address_family.hpp"
#include "ouro/io/endpoint.hpp"
#include "ouro/io/socket.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/net/datagram_address.hpp"
#include "ouro/net/datagram_protocol.hpp"
#include "ouro/net/datagram_transport.hpp"
#include "ouro/stream/protocol_factory.hpp"
#include "ouro/task/task.hpp"

#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>

namespace ouro::inline v0 {

/// Options of create_datagram_endpoint().
struct datagram_endpoint_options {
  /// Where to receive: an endpoint, or a host and a port. An empty host is every address of this
  /// machine, port zero lets the kernel choose. Without an address the endpoint is not bound: it
  /// gets an address of its own when it first sends. A socket file that lies at the path of a UNIX
  /// address is removed.
  datagram_address local_addr = {};
  /// The only peer to send to and to receive from; without an address there is none. With
  /// `allow_broadcast` datagrams of others are received too, as those that answer a broadcast.
  datagram_address remote_addr = {};
  /// UDP over IPv4 or IPv6, or UNIX; needed if no address tells. Of a host only addresses of this
  /// family are used.
  address_family family = address_family::unspecified;
  /// IPPROTO_UDP or another protocol of datagram sockets; zero is any.
  int proto = 0;
  /// AI_ADDRCONFIG and the other flags of <netdb.h> for looking hosts up, combined.
  int flags = 0;
  /// Share the port with other sockets that have this option.
  bool reuse_port = false;
  /// Let datagrams go to broadcast addresses.
  bool allow_broadcast = false;
  /// A datagram socket to use instead of a new one; it is moved from, and must be there until the
  /// function has returned, not until it is awaited. Null makes one as the other options say, none
  /// of which goes with it but `gro` and `gso_size`.
  ouro::socket* sock = nullptr;
  /// Let the kernel join datagrams of equal size that come in a row from one sender, which costs
  /// less for each; they are taken apart before datagram_received() is called (UDP GRO).
  bool gro = false;
  /// Sends what is longer as several datagrams of this many bytes (UDP GSO). Zero does not. See
  /// datagram_send_options::segment_size.
  std::size_t gso_size = 0;
};
static_assert(std::is_trivially_destructible_v<datagram_endpoint_options>);

/// What create_datagram_endpoint() gives: `auto [transport, protocol] = co_await …`. Dropping
/// either closes nothing: the loop owns the endpoint until transport->close().
template <class Protocol>
struct datagram_endpoint {
  detail::intrusive_ptr<datagram_transport> transport;
  std::shared_ptr<Protocol> protocol;
};

namespace detail {

/// What the options say, with what they refer to.
struct datagram_request {
  explicit datagram_request(const datagram_endpoint_options& given);

  datagram_endpoint_options options;
  std::string local_host;
  std::string remote_host;
  ouro::socket socket;  // the one that is given, made ready, or none
};

/// A socket to send and receive with. `peer` is where it sends to if that is one place but the
/// socket is not connected to it.
struct opened_datagram_socket {
  ouro::socket socket;
  endpoint peer;
};

/// A socket as the options say, bound and connected.
task<opened_datagram_socket> open_datagram_socket(datagram_request request);

/// Starts an endpoint; suspends until connection_made() has been called.
task<intrusive_ptr<datagram_transport>> start_datagram_endpoint(
    event_loop& loop, opened_datagram_socket opened, std::shared_ptr<datagram_protocol> protocol,
    bool gro);

template <class Factory>
task<datagram_endpoint<protocol_of<Factory>>> create_datagram_endpoint(event_loop& loop,
                                                                       Factory factory,
                                                                       datagram_request request) {
  const bool gro = request.options.gro;
  auto opening = open_datagram_socket(std::move(request));
  opened_datagram_socket opened = co_await std::move(opening);
  std::shared_ptr<protocol_of<Factory>> protocol = make_protocol(factory);
  auto starting = start_datagram_endpoint(loop, std::move(opened), protocol, gro);
  intrusive_ptr<datagram_transport> transport = co_await std::move(starting);
  co_return datagram_endpoint<protocol_of<Factory>>{std::move(transport), std::move(protocol)};
}

}  // namespace detail

/// Makes an endpoint for datagrams: UDP, or UNIX. `factory` is called for its protocol, once there
/// is a socket: any callable that gives a pointer to a new datagram_protocol. About one that is a
/// lambda, see start_server().
///
/// Suspends until the protocol's connection_made() has been called. The endpoint belongs to `loop`,
/// which must be the one that runs, and works until transport->close() or abort(). Hosts are looked
/// up by getaddrinfo(); the first family that has all the addresses, and a socket for them, is
/// used.
///
/// Errors: std::system_error, with the errno of socket(2), bind(2), connect(2) or setsockopt(2), of
/// the first address if none can be used, or as getaddrinfo(); usage_error if the options
/// contradict each other; std::invalid_argument if no family has both addresses, or for a port out
/// of range; what the factory throws.
/// Cancellation: if cancelled_error or timeout_error is thrown, the endpoint is closed: the protocol,
/// if there is one, has its connection_made() and connection_lost() called.
/// asyncio: loop.create_datagram_endpoint().
template <class Factory>
  requires detail::protocol_factory<std::decay_t<Factory>, datagram_protocol>
[[nodiscard]] auto create_datagram_endpoint(event_loop& loop, Factory&& factory,
                                            const datagram_endpoint_options& options)
    -> task<datagram_endpoint<detail::protocol_of<std::decay_t<Factory>>>> {
  return detail::create_datagram_endpoint(loop,
                                          detail::take_factory(std::forward<Factory>(factory)),
                                          detail::datagram_request(options));
}

/// In the running loop.
template <class Factory>
  requires detail::protocol_factory<std::decay_t<Factory>, datagram_protocol>
[[nodiscard]] auto create_datagram_endpoint(Factory&& factory,
                                            const datagram_endpoint_options& options)
    -> task<datagram_endpoint<detail::protocol_of<std::decay_t<Factory>>>> {
  return create_datagram_endpoint(get_running_loop(), std::forward<Factory>(factory), options);
}

// The member of event_loop

template <class Factory>
auto network_methods::create_datagram_endpoint(Factory&& factory,
                                               const datagram_endpoint_options& options) {
  return ouro::create_datagram_endpoint(self(), std::forward<Factory>(factory), options);
}

}  // namespace ouro::inline v0
