// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/socket.hpp"
#include "ouro/task/task.hpp"

#include <string_view>

namespace ouro::inline v0 {

/// Connects to the UNIX stream socket at `path`; one that begins with a zero byte is an abstract
/// name.
///
/// Errors: std::system_error, with the errno of connect(2) and the path in its text;
/// std::invalid_argument if the path is empty or too long.
/// Cancellation: if cancelled_error or timeout_error is thrown, the socket is closed.
/// asyncio: what loop.create_unix_connection() does before it makes a transport.
[[nodiscard]] task<socket> connect_unix(std::string_view path);

}  // namespace ouro::inline v0
