// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/time.hpp"
#include "ouro/io/address_family.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>

namespace ouro::inline v0 {

/// A host, by name or address, and a port, 0 to 65535.
struct host_and_port {
  std::string_view host;
  int port = 0;
};

/// How to connect. asyncio: the keywords of loop.create_connection().
struct connection_options {
  /// The one family of addresses to try; `unspecified` is all.
  address_family family = address_family::unspecified;
  /// IPPROTO_TCP or another protocol of stream sockets; zero is any.
  int proto = 0;
  /// AI_ADDRCONFIG and the other flags of <netdb.h> for the look-up, combined.
  int flags = 0;
  /// Where to connect from. An empty host is any address of this machine, port zero any port.
  std::optional<host_and_port> local_addr = std::nullopt;
  /// Starts with the next address when this time has passed, without waiting for the one before to
  /// fail, and takes the first that connects (RFC 8305, which recommends 250 ms). `std::nullopt`
  /// tries one after the other.
  optional_duration happy_eyeballs_delay = std::nullopt;
  /// Takes the families in turn, after so many addresses of the first one; zero keeps the order of
  /// the look-up. `std::nullopt` is one with a `happy_eyeballs_delay`, else zero.
  std::optional<int> interleave = std::nullopt;
  /// Throws an exception_group with all failures if no address could be connected to.
  bool all_errors = false;
  /// What the reader of a stream buffers, in bytes. asyncio: `limit` of open_connection().
  std::size_t limit = 64 * std::size_t{1024};
};
static_assert(std::is_trivially_destructible_v<host_and_port>);
static_assert(std::is_trivially_destructible_v<connection_options>);

}  // namespace ouro::inline v0
