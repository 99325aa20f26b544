// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <optional>
#include <type_traits>

namespace ouro::inline v0 {

/// How much a transport buffers of what is written, in bytes.
struct write_buffer_limits {
  /// Writing is to resume when no more than this is buffered.
  std::size_t low = 16384;
  /// Writing is to pause when more than this is buffered; with 0 a drain() waits until everything
  /// is sent.
  std::size_t high = 65536;
  /// A write that would buffer more than this is refused.
  std::size_t cap = std::size_t{1} << 30;

  bool operator==(const write_buffer_limits&) const = default;
};

/// What transport::set_write_buffer_limits() changes. asyncio: its keyword arguments.
struct write_buffer_limits_options {
  /// Nothing: four times `low` if that is given, else 64 KiB.
  std::optional<std::size_t> high = std::nullopt;
  /// Nothing: a quarter of `high`.
  std::optional<std::size_t> low = std::nullopt;
  /// Nothing: 1 GiB, or `high` if that is more.
  std::optional<std::size_t> cap = std::nullopt;
};
static_assert(std::is_trivially_destructible_v<write_buffer_limits_options>);

namespace detail {

/// Errors: std::invalid_argument unless low <= high <= cap.
write_buffer_limits resolve(const write_buffer_limits_options& options);

}  // namespace detail
}  // namespace ouro::inline v0
