// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/endpoint.hpp"
#include "ouro/task/task.hpp"

#include <string>

namespace ouro::inline v0 {

/// What getnameinfo() gives.
struct name_info {
  std::string host;
  std::string service;

  friend bool operator==(const name_info&, const name_info&) = default;
};

/// Looks up the names of the host and the service at `of`, which has an IP address. `flags` are
/// NI_NUMERICHOST and the others of <netdb.h>, combined. What has no name is written as numbers,
/// unless NI_NAMEREQD forbids that.
///
/// With NI_NUMERICHOST and NI_NUMERICSERV it answers at once, without a thread; else as
/// getaddrinfo().
///
/// Errors: std::system_error of gai_category(), or with an errno, that begins with "getnameinfo".
/// Cancellation: takes effect at once; the thread's answer is dropped when it comes.
/// asyncio: loop.getnameinfo().
[[nodiscard]] task<name_info> getnameinfo(endpoint of, int flags = 0);

}  // namespace ouro::inline v0
