// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/light_std.hpp"
#include "ouro/io/socket.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/net/detail/server_core.hpp"
#include "ouro/net/server.hpp"
#include "ouro/stream/transport.hpp"
#include "ouro/task/task.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ouro::inline v0::detail {

/// A transport over a connection that `server` has accepted, which can close it from now on.
transport_ptr make_served_transport(server_core& server, socket accepted);

/// The names of hosts in memory of their own.
std::vector<std::string> copy_hosts(std::span<const std::string_view> hosts);

/// A server on all addresses of `hosts`.
task<server> serve_hosts(event_loop& loop, owned<connection_acceptor> connections,
                         std::vector<std::string> hosts, int port, server_options options);
/// A server on a socket that is bound already.
task<server> serve_socket(event_loop& loop, owned<connection_acceptor> connections, socket bound,
                          server_options options);
/// A server on a UNIX socket.
task<server> serve_path(event_loop& loop, owned<connection_acceptor> connections, std::string path,
                        server_options options);

}  // namespace ouro::inline v0::detail
