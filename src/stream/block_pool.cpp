// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/detail/block_pool.hpp"

#include <array>
#include <new>

namespace ouro::inline v0::detail {
namespace {

struct free_block {
  free_block* next;
};

constexpr std::array<std::size_t, 3> sizes{4096, 16384, block::largest_kept};
#ifdef OURO_NO_FRAME_POOL
constexpr std::size_t most_kept = 0;  // a sanitizer is to see each use after the end
#else
constexpr std::size_t most_kept = std::size_t{16} << 20;
#endif

// Without constructor and destructor, so that reaching it costs nothing and it can be used until
// the thread is gone.
struct pool {
  std::array<free_block*, sizes.size()> free;
  std::size_t kept;  // bytes
  bool closed;       // the thread ends
};
constinit thread_local pool pool_of_thread{};

/// Empties the pool when its thread ends.
struct cleaner {
  cleaner() noexcept = default;
  cleaner(const cleaner&) = delete;
  cleaner& operator=(const cleaner&) = delete;
  ~cleaner() {
    pool& mine = pool_of_thread;
    mine.closed = true;
    for (std::size_t kind = 0; kind < sizes.size(); ++kind) {
      while (free_block* const each = mine.free[kind]) {
        mine.free[kind] = each->next;
        ::operator delete(each, sizes[kind]);
      }
    }
    mine.kept = 0;
  }
  void touch() const noexcept {}
};

std::size_t kind_of(std::size_t size) noexcept {
  return size <= sizes[0] ? 0 : size <= sizes[1] ? 1 : size <= sizes[2] ? 2 : sizes.size();
}

}  // namespace

block block::of(std::size_t size) {
  const std::size_t kind = kind_of(size);
  if (kind == sizes.size()) return {static_cast<std::byte*>(::operator new(size)), size};
  pool& mine = pool_of_thread;
  if (free_block* const taken = mine.free[kind]; taken != nullptr) [[likely]] {
    mine.free[kind] = taken->next;
    mine.kept -= sizes[kind];
    return {reinterpret_cast<std::byte*>(taken), sizes[kind]};
  }
  return {static_cast<std::byte*>(::operator new(sizes[kind])), sizes[kind]};
}

void block::give(std::byte* data, std::size_t size) noexcept {
  const std::size_t kind = kind_of(size);
  pool& mine = pool_of_thread;
  if (kind == sizes.size() || mine.closed || mine.kept + size > most_kept) [[unlikely]] {
    ::operator delete(data, size);
    return;
  }
  if (mine.kept == 0) {
    static thread_local cleaner at_end;
    at_end.touch();
  }
  free_block* const given = ::new (data) free_block{mine.free[kind]};
  mine.free[kind] = given;
  mine.kept += size;
}

std::size_t block::kept() noexcept { return pool_of_thread.kept; }

}  // namespace ouro::inline v0::detail
