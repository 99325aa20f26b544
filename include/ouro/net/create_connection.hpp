// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/socket.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/net/connect_tcp.hpp"
#include "ouro/net/connect_unix.hpp"
#include "ouro/net/connection_options.hpp"
#include "ouro/stream/protocol_connection.hpp"
#include "ouro/stream/socket_transport.hpp"

#include <string_view>
#include <utility>

namespace ouro::inline v0 {

namespace detail {

template <class Factory>
connecting_task<Factory> create_connection(event_loop& loop, Factory factory,
                                           task<socket> connecting) {
  socket connected = co_await std::move(connecting);
  auto starting =
      start_protocol(make_socket_transport(loop, std::move(connected)), std::move(factory));
  co_return co_await std::move(starting);
}

}  // namespace detail

/// Connects to `port` of `host`, and gives a transport and the protocol that `factory` makes, any
/// callable that gives a pointer to a new one: `auto [transport, protocol] = co_await …`. Its
/// connection_made() has been called when the await ends. See connect_tcp(); about a `factory` that
/// is a lambda, start_server().
///
/// Errors: those of connect_tcp(); what the factory throws.
/// Cancellation: if cancelled_error or timeout_error is thrown while connecting, all sockets are
/// closed.
/// asyncio: loop.create_connection().
template <class Factory>
[[nodiscard]] detail::connecting_task<Factory> create_connection(event_loop& loop,
                                                                 Factory&& factory,
                                                                 task<socket> connecting) {
  return detail::create_connection(loop, detail::take_factory(std::forward<Factory>(factory)),
                                   std::move(connecting));
}
template <class Factory>
[[nodiscard]] detail::connecting_task<Factory> create_connection(
    event_loop& loop, Factory&& factory, std::string_view host, int port,
    const connection_options& options = {}) {
  return create_connection(loop, std::forward<Factory>(factory), connect_tcp(host, port, options));
}
/// Over a stream socket that is connected already, accepted elsewhere for instance.
/// asyncio: loop.create_connection(sock=…), loop.connect_accepted_socket().
template <class Factory>
[[nodiscard]] detail::connecting_task<Factory> create_connection(event_loop& loop,
                                                                 Factory&& factory,
                                                                 socket connected) {
  return detail::start_protocol_over(loop, detail::take_factory(std::forward<Factory>(factory)),
                                     std::move(connected), &detail::make_socket_transport);
}

/// As create_connection(), to the UNIX socket at `path`; see connect_unix().
/// asyncio: loop.create_unix_connection().
template <class Factory>
[[nodiscard]] detail::connecting_task<Factory> create_unix_connection(event_loop& loop,
                                                                      Factory&& factory,
                                                                      std::string_view path) {
  return create_connection(loop, std::forward<Factory>(factory), connect_unix(path));
}

// The members of event_loop

template <class Factory>
auto network_methods::create_connection(Factory&& factory, std::string_view host, int port) {
  return ouro::create_connection(self(), std::forward<Factory>(factory), host, port);
}
template <class Factory>
auto network_methods::create_connection(Factory&& factory, std::string_view host, int port,
                                        const connection_options& options) {
  return ouro::create_connection(self(), std::forward<Factory>(factory), host, port, options);
}
template <class Factory>
auto network_methods::create_connection(Factory&& factory, socket connected) {
  return ouro::create_connection(self(), std::forward<Factory>(factory), std::move(connected));
}
template <class Factory>
auto network_methods::create_unix_connection(Factory&& factory, std::string_view path) {
  return ouro::create_unix_connection(self(), std::forward<Factory>(factory), path);
}
template <class Factory>
auto network_methods::connect_accepted_socket(Factory&& factory, socket accepted) {
  return ouro::create_connection(self(), std::forward<Factory>(factory), std::move(accepted));
}

}  // namespace ouro::inline v0
