// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>

namespace ouro::inline v0::detail {

/// Which file a descriptor means, to notice that its number means another one by now. Files without
/// an inode of their own (eventfd, timerfd and the like) look the same.
struct file_identity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;

  /// All zero if `fd` is not open.
  static file_identity of(int fd) noexcept;

  bool operator==(const file_identity&) const noexcept = default;
};

}  // namespace ouro::inline v0::detail
