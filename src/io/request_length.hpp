// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstddef>

namespace ouro::inline v0::detail {

/// The length of a request for `bytes`. Requests have 32 bits for it, and the kernel moves no more
/// than this in one call (MAX_RW_COUNT in read(2)); the rest is a short count.
constexpr unsigned request_length(std::size_t bytes) noexcept {
  return static_cast<unsigned>(std::min<std::size_t>(bytes, 0x7ffff000));
}

}  // namespace ouro::inline v0::detail
