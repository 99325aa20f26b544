// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/unique_function.hpp"
#include "ouro/io/socket.hpp"
#include "ouro/net/server.hpp"
#include "ouro/net/server_options.hpp"
#include "ouro/stream/stream_reader.hpp"
#include "ouro/stream/stream_writer.hpp"
#include "ouro/task/closure_guard.hpp"
#include "ouro/task/task.hpp"

#include <concepts>
#include <span>
#include <string_view>
#include <utility>

namespace ouro::inline v0 {

/// Serves one connection. What it throws is reported to the loop's exception handler; the server
/// goes on. When it ends, its reader and writer go, and with them the connection.
using connection_handler = unique_function<task<>(stream_reader, stream_writer)>;

namespace detail {

task<server> start_server(connection_handler handler, std::string_view host, int port,
                          const server_options& options);
task<server> start_server(connection_handler handler, std::span<const std::string_view> hosts,
                          int port, const server_options& options);
task<server> start_server(connection_handler handler, socket bound, const server_options& options);
task<server> start_unix_server(connection_handler handler, std::string_view path,
                               const server_options& options);

template <class Handler>
connection_handler take_handler(Handler&& handler) {
  refuse_if_destroyed_twice<Handler>();
  return connection_handler(std::forward<Handler>(handler));
}

}  // namespace detail

/// Starts a server that runs `handler` as a task for each connection:
///
///     auto server = co_await ouro::start_server(handle, "127.0.0.1", 8888);
///     co_await server.serve_forever();
///
/// Listens on all addresses of `host`, a name or an address; an empty one is all interfaces, IPv4
/// and IPv6. Port zero lets the kernel choose: one for each address, as server::sockets() tells. If
/// `handler` is a lambda that is a coroutine, it lives as long as a connection does.
///
/// g++ 12 destroys what a lambda in an awaited expression captures by value twice, so such a lambda
/// is refused there: give it a name and pass that, or make a connection_handler of it first, which
/// can be moved.
///
/// Errors: std::system_error, as getaddrinfo() and with the errno of socket(2), bind(2) or listen(2);
/// the text tells the address. std::invalid_argument for a port out of range.
/// asyncio: start_server().
template <class Handler>
  requires std::convertible_to<Handler, connection_handler>
[[nodiscard]] task<server> start_server(Handler&& handler, std::string_view host, int port,
                                        const server_options& options = {}) {
  return detail::start_server(detail::take_handler(std::forward<Handler>(handler)), host, port,
                              options);
}
/// On the addresses of several hosts: all of them, or an error and none.
template <class Handler>
  requires std::convertible_to<Handler, connection_handler>
[[nodiscard]] task<server> start_server(Handler&& handler, std::span<const std::string_view> hosts,
                                        int port, const server_options& options = {}) {
  return detail::start_server(detail::take_handler(std::forward<Handler>(handler)), hosts, port,
                              options);
}
/// On a socket that is bound already.
template <class Handler>
  requires std::convertible_to<Handler, connection_handler>
[[nodiscard]] task<server> start_server(Handler&& handler, socket bound,
                                        const server_options& options = {}) {
  return detail::start_server(detail::take_handler(std::forward<Handler>(handler)),
                              std::move(bound), options);
}

/// On the UNIX socket `path`; one that begins with a zero byte is an abstract name. The file of a
/// socket that is in the way is removed; the server's own is when it closes, unless the options say
/// otherwise.
/// asyncio: start_unix_server().
template <class Handler>
  requires std::convertible_to<Handler, connection_handler>
[[nodiscard]] task<server> start_unix_server(Handler&& handler, std::string_view path,
                                             const server_options& options = {}) {
  return detail::start_unix_server(detail::take_handler(std::forward<Handler>(handler)), path,
                                   options);
}

}  // namespace ouro::inline v0
