// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/socket.hpp"
#include "ouro/net/connection_options.hpp"
#include "ouro/stream/connection.hpp"
#include "ouro/task/task.hpp"

#include <cstddef>
#include <string_view>

namespace ouro::inline v0 {

/// Connects to `port`, 0 to 65535, of `host`, a name or an address, and gives a reader and a
/// writer: `auto [reader, writer] = co_await ouro::open_connection("127.0.0.1", 8888);` See
/// connect_tcp().
///
/// Errors: those of connect_tcp().
/// Cancellation: if cancelled_error or timeout_error is thrown, all sockets are closed.
/// asyncio: open_connection().
[[nodiscard]] task<connection> open_connection(std::string_view host, int port,
                                               const connection_options& options = {});

/// The same over a stream socket that is connected already.
/// Errors: usage_error if no loop is running.
[[nodiscard]] connection open_connection(socket connected,
                                         std::size_t limit = stream_reader::default_limit);

/// Connects to the UNIX socket at `path`; one that begins with a zero byte is an abstract name.
///
/// Errors: those of connect_unix().
/// Cancellation: if cancelled_error or timeout_error is thrown, the socket is closed.
/// asyncio: open_unix_connection().
[[nodiscard]] task<connection> open_unix_connection(
    std::string_view path, std::size_t limit = stream_reader::default_limit);

}  // namespace ouro::inline v0
