// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <system_error>

namespace ouro::inline v0 {

/// The errors of getaddrinfo() and getnameinfo(): values are EAI_NONAME and the other constants of
/// <netdb.h>, texts those of gai_strerror(3). Threads: any. asyncio: socket.gaierror.
[[nodiscard]] const std::error_category& gai_category() noexcept;

namespace detail {

/// `code` as getaddrinfo(3) returns it, which is not zero. EAI_SYSTEM stands for `os_error`, an
/// errno value.
[[nodiscard]] std::error_code make_gai_error(int code, int os_error) noexcept;

}  // namespace detail
}  // namespace ouro::inline v0
