// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/endpoint.hpp"

#include <sys/socket.h>

namespace ouro::inline v0::detail {

/// The flags of a message to `to`. The room of a UNIX socket is not waited for: a poll of a socket
/// that is not connected to it does not know of it, and a request would stay in the kernel for
/// ever.
inline unsigned send_flags(const endpoint& to) noexcept {
  return to.is_local() ? MSG_NOSIGNAL | MSG_DONTWAIT : MSG_NOSIGNAL;
}

}  // namespace ouro::inline v0::detail
