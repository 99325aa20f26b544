// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/socket.hpp"
#include "ouro/stream/transport.hpp"

namespace ouro::inline v0::detail {

/// A transport over a connected stream socket: TCP or UNIX.
///
/// Errors: usage_error as call_soon().
transport_ptr make_socket_transport(event_loop& loop, ouro::socket connected);

}  // namespace ouro::inline v0::detail
