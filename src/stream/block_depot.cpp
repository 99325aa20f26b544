// SPDX-License-Identifier: BSL-1.0
#include "block_depot.hpp"

#include <algorithm>
#include <functional>
#include <new>
#include <sys/mman.h>

namespace ouro::inline v0::detail {
namespace {

constexpr std::size_t slab_size = std::size_t{256} << 10;

}  // namespace

block_depot& block_depot::instance() {
  static auto* const depot = new block_depot;
  return *depot;
}

std::byte* block_depot::take(std::size_t kind) {
  const std::lock_guard lock(mutex_);
  std::vector<std::byte*>& blocks = blocks_[kind];
  if (blocks.empty()) cut_slab(kind);
  std::byte* const taken = blocks.back();
  blocks.pop_back();
  return taken;
}

void block_depot::cut_slab(std::size_t kind) {
  const std::size_t size = block_sizes[kind];
  const std::size_t count = slab_size / size;
  std::vector<std::byte*>& blocks = blocks_[kind];
  blocks.reserve(made_[kind] + count);  // room for all there are, so that give() cannot fail
  void* const slab =
      ::mmap(nullptr, slab_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (slab == MAP_FAILED) throw std::bad_alloc();
  made_[kind] += count;
  for (std::size_t i = count; i-- > 0;) {
    blocks.push_back(static_cast<std::byte*>(slab) + i * size);
  }
}

void block_depot::give(std::size_t kind, std::span<std::byte*> blocks) noexcept {
  const std::size_t size = block_sizes[kind];
  // From the highest address to the lowest, so that the lowest are taken first again.
  std::sort(blocks.begin(), blocks.end(), std::greater<>());
  for (std::size_t i = 0; i < blocks.size();) {
    std::size_t last = i;
    while (last + 1 < blocks.size() && blocks[last] - blocks[last + 1] == std::ptrdiff_t(size)) {
      ++last;
    }
    // Should it fail, the memory stays for whoever takes the blocks.
    static_cast<void>(::madvise(blocks[last], (last - i + 1) * size, MADV_DONTNEED));
    i = last + 1;
  }
  const std::lock_guard lock(mutex_);
  blocks_[kind].insert(blocks_[kind].end(), blocks.begin(), blocks.end());
}

std::size_t block_depot::taken() noexcept {
  const std::lock_guard lock(mutex_);
  std::size_t sum = 0;
  for (std::size_t kind = 0; kind < block_sizes.size(); ++kind) {
    sum += (made_[kind] - blocks_[kind].size()) * block_sizes[kind];
  }
  return sum;
}

}  // namespace ouro::inline v0::detail
