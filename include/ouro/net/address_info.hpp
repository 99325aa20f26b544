// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/address_family.hpp"
#include "ouro/io/endpoint.hpp"

#include <string>

namespace ouro::inline v0 {

/// What kind of socket an address is for. The values are those of SOCK_STREAM and its kin.
enum class socket_type { any = 0, stream = 1, datagram = 2, raw = 3 };

/// One answer of getaddrinfo(): an address, and the socket to make for it.
struct address_info {
  address_family family = address_family::unspecified;
  socket_type type = socket_type::any;
  /// IPPROTO_TCP and the like.
  int proto = 0;
  /// The canonical name of the host, in the first answer if AI_CANONNAME was asked for; else empty.
  std::string canonname;
  ouro::endpoint endpoint;

  friend bool operator==(const address_info&, const address_info&) = default;
};

}  // namespace ouro::inline v0
