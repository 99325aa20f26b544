// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/address_family.hpp"
#include "ouro/io/endpoint.hpp"
#include "ouro/io/socket.hpp"
#include "ouro/net/server_options.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ouro::inline v0::detail {

/// The endpoints of all interfaces, of one family or, if it is `unspecified`, of both.
std::vector<endpoint> wildcard_endpoints(int port, address_family family);

/// Sockets that are bound to `endpoints`, one each, and do not listen yet. Repeated endpoints count
/// once. An address that this machine does not have, or a family that it does not know, is left out
/// while others remain. The file of a UNIX socket that is in the way is removed, whoever it belongs
/// to; other files are not.
///
/// Errors: std::system_error, with the errno of socket(2), setsockopt(2) or bind(2); the text of the
/// last tells the endpoint; usage_error if there is none.
std::vector<socket> bind_endpoints(std::span<const endpoint> endpoints,
                                   const server_options& options);

/// Errors: std::system_error, with the errno of listen(2), whose text tells the endpoint;
/// usage_error if it is not a stream socket.
void begin_listening(socket& bound, const server_options& options);

/// The file that a UNIX socket is bound to.
struct socket_file {
  std::string path;  // empty if there is none
  std::uint64_t device = 0;
  std::uint64_t inode = 0;

  static socket_file of(const socket& bound);

  /// Removes it, unless another file has taken its place. The socket must still be open: while it
  /// is, no other file has its inode.
  void remove() const noexcept;
};

}  // namespace ouro::inline v0::detail
