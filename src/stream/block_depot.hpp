// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <cstddef>
#include <mutex>
#include <span>
#include <vector>

namespace ouro::inline v0::detail {

/// The sizes of blocks that are kept, smallest first.
inline constexpr std::array<std::size_t, 3> block_sizes{4096, 16384, 65536};

/// Blocks that no thread keeps. They have addresses but no memory: the system gives them some when
/// they are touched. Cut from slabs that are never given back, so that a block may end its life on
/// any thread; neighbours in a slab lie side by side, unlike blocks of malloc(), which cannot return
/// them while small objects live between.
class block_depot {
 public:
  /// Never destroyed: threads may outlive statics.
  static block_depot& instance();

  /// Errors: std::bad_alloc.
  std::byte* take(std::size_t kind);

  /// Takes `blocks` of one kind, which it may reorder, and gives their memory to the system.
  void give(std::size_t kind, std::span<std::byte*> blocks) noexcept;

  /// How many bytes were taken and not given.
  std::size_t taken() noexcept;

 private:
  void cut_slab(std::size_t kind);

  std::mutex mutex_;
  std::array<std::vector<std::byte*>, block_sizes.size()> blocks_;
  std::array<std::size_t, block_sizes.size()> made_{};  // ever, of each kind
};

}  // namespace ouro::inline v0::detail
