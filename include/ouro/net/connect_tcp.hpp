// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/socket.hpp"
#include "ouro/net/connection_options.hpp"
#include "ouro/task/task.hpp"

#include <string_view>

namespace ouro::inline v0 {

/// Connects to `port`, 0 to 65535, of `host`, a name or an address: looks the name up, then tries
/// its addresses, the next one when one has failed, until one is connected. TCP_NODELAY is set.
///
/// With `happy_eyeballs_delay` the attempts overlap: the first that connects wins, and the others
/// are cancelled and closed before this returns. Each attempt has a socket of its own.
///
/// Errors: std::system_error, as getaddrinfo() and with the errno of socket(2), bind(2) or
/// connect(2) and the address in its text. If all of several addresses fail, one that lists the
/// texts, and has the code of the first; or the first alone, if all texts are the same; or, with
/// `all_errors`, an exception_group. std::invalid_argument for a port out of range or an empty
/// host.
/// Cancellation: if cancelled_error or timeout_error is thrown, all sockets are closed.
/// asyncio: what loop.create_connection() does before it makes a transport.
[[nodiscard]] task<socket> connect_tcp(std::string_view host, int port,
                                       const connection_options& options = {});

}  // namespace ouro::inline v0
