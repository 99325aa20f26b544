// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace ouro::inline v0 {

/// Memory that a request fills. It must stay valid until the await ends.
using mutable_buffer = std::span<std::byte>;

/// Memory that a request reads. It must stay valid until the await ends.
using const_buffer = std::span<const std::byte>;

/// The bytes of `text`, which must outlive them.
[[nodiscard]] inline const_buffer as_buffer(std::string_view text) noexcept {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

/// `bytes` as text; they must outlive it.
[[nodiscard]] inline std::string_view as_text(const_buffer bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace ouro::inline v0
