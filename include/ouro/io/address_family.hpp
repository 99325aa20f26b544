// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>

namespace ouro::inline v0 {

/// Which kind of addresses a socket has. The values are those of AF_UNSPEC, AF_UNIX, AF_INET and
/// AF_INET6; the kernel knows more, and an endpoint may hold them.
enum class address_family : std::uint16_t { unspecified = 0, local = 1, ipv4 = 2, ipv6 = 10 };

}  // namespace ouro::inline v0
