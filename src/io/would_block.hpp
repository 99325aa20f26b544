// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/errors.hpp"

#include <cerrno>
#include <cstddef>
#include <optional>
#include <sys/types.h>

namespace ouro::inline v0::detail {

/// What a non-blocking system call has returned: a number of bytes, or nothing if it would have had
/// to wait; throws if it failed.
inline std::optional<std::size_t> unless_would_block(::ssize_t result, const char* call) {
  if (result >= 0) return static_cast<std::size_t>(result);
  if (errno != EAGAIN) throw_os_error(errno, call);  // EWOULDBLOCK is the same number
  return std::nullopt;
}

}  // namespace ouro::inline v0::detail
