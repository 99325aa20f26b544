// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/address_family.hpp"
#include "ouro/net/address_info.hpp"
#include "ouro/task/task.hpp"

#include <string_view>
#include <type_traits>
#include <vector>

namespace ouro::inline v0 {

/// What getaddrinfo() is to answer with.
struct getaddrinfo_options {
  /// The one family to look for; `unspecified` is all.
  address_family family = address_family::unspecified;
  /// The one type of socket; `any` gives each address once for each type.
  socket_type type = socket_type::any;
  /// The one protocol, IPPROTO_TCP and the like; zero is any.
  int proto = 0;
  /// AI_PASSIVE and the other flags of <netdb.h>, combined.
  int flags = 0;
};
static_assert(std::is_trivially_destructible_v<getaddrinfo_options>);

/// Looks up the addresses of `host`: a name, or an IPv4 or IPv6 address, which may have a scope
/// ("fe80::1%eth0"). Each answer has `port`, 0 to 65535. An empty host is this machine, or with
/// AI_PASSIVE all its interfaces. The order is that of getaddrinfo(3), best first.
///
/// An address is answered at once, without a thread. A name goes to a thread of the resolver, which
/// are few (see set_resolver_threads()) and not those of an executor. Equal questions that wait at
/// the same time, in whatever loop, are asked once. Answers are not kept: getaddrinfo(3) does not
/// tell for how long they hold.
///
/// Errors: std::system_error of gai_category(), or with an errno, that begins with "getaddrinfo";
/// std::invalid_argument for a port out of range or a host with a zero byte.
/// Cancellation: takes effect at once; the thread's answer is dropped when it comes.
/// asyncio: loop.getaddrinfo().
[[nodiscard]] task<std::vector<address_info>> getaddrinfo(std::string_view host, int port,
                                                          const getaddrinfo_options& options = {});

/// As above, with the port of a service: "http", or a number as text. An empty one gives port zero.
[[nodiscard]] task<std::vector<address_info>> getaddrinfo(std::string_view host,
                                                          std::string_view service,
                                                          const getaddrinfo_options& options = {});

}  // namespace ouro::inline v0
