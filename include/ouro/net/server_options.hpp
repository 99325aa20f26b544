// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/time.hpp"
#include "ouro/io/address_family.hpp"

#include <cstddef>
#include <optional>
#include <type_traits>

namespace ouro::inline v0 {

/// Options of start_server(), create_server() and their kin. The defaults are asyncio's.
struct server_options {
  /// Listens on addresses of this family only; `unspecified` is IPv4 and IPv6.
  address_family family = address_family::unspecified;
  /// How host names are resolved: AI_ flags of getaddrinfo(3). The default is AI_PASSIVE.
  int flags = 1;
  /// How many connections may wait to be accepted, and how many are accepted in one turn of the
  /// loop. The kernel has a limit of its own (net.core.somaxconn).
  int backlog = 100;
  /// Lets a server be restarted at once, while connections of its predecessor are not forgotten
  /// yet.
  bool reuse_address = true;
  /// Lets several sockets, each with this option, listen on the same port: the kernel shares the
  /// connections out.
  bool reuse_port = false;
  /// Asks a silent peer whether it is still there.
  bool keep_alive = false;
  /// Accepts connections from the beginning; else start_serving() or serve_forever() begin.
  bool start_serving = true;
  /// How long a cancelled serve_forever() lets the handlers finish before it cancels them.
  duration shutdown_grace = duration::zero();
  /// While there are so many connections no more are accepted; they wait in the backlog. Nothing is
  /// no limit.
  std::optional<std::size_t> max_connections = std::nullopt;
  /// The limit of the readers, in bytes: see stream_reader.
  std::size_t limit = 65536;
  /// Removes the file of a UNIX socket when the server closes, if it is still the server's own.
  bool cleanup_socket = true;
};
static_assert(std::is_trivially_destructible_v<server_options>);

}  // namespace ouro::inline v0
