// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/detail/block_pool.hpp"

#include "block_depot.hpp"

#include <algorithm>
#include <new>

namespace ouro::inline v0::detail {
namespace {

struct free_block {
  free_block* next;
};

constexpr std::size_t kinds = block_sizes.size();
static_assert(block_sizes.back() == block::largest_kept);

#ifdef OURO_NO_FRAME_POOL
constexpr bool pooled = false;  // a sanitizer is to see each use after the end
#else
constexpr bool pooled = true;
#endif
constexpr std::size_t most_kept = std::size_t{16} << 20;
/// What a thread keeps although it does not need it.
constexpr std::size_t idle_kept = std::size_t{1} << 20;

struct free_list {
  free_block* first;
  std::size_t count;
  std::size_t least;  // that it had since the last trim()
};

// Without constructor and destructor, so that reaching it costs nothing and it can be used until
// the thread is gone.
struct pool {
  std::array<free_list, kinds> free;
  std::size_t kept;  // bytes
  bool watched;      // until the thread ends
  bool closed;       // the thread ends
};
constinit thread_local pool pool_of_thread{};

/// Gives `count` blocks of the list to the depot.
void put_away(pool& mine, std::size_t kind, std::size_t count) noexcept {
  std::array<std::byte*, 256> batch;
  free_list& list = mine.free[kind];
  mine.kept -= count * block_sizes[kind];
  list.count -= count;
  list.least = std::min(list.least, list.count);
  while (count > 0) {
    const std::size_t now = std::min(count, batch.size());
    for (std::size_t i = 0; i < now; ++i) {
      batch[i] = reinterpret_cast<std::byte*>(list.first);
      list.first = list.first->next;
    }
    block_depot::instance().give(kind, std::span(batch).first(now));
    count -= now;
  }
}

/// Empties the pool when its thread ends.
struct cleaner {
  cleaner() noexcept = default;
  cleaner(const cleaner&) = delete;
  cleaner& operator=(const cleaner&) = delete;
  ~cleaner() {
    pool& mine = pool_of_thread;
    mine.closed = true;
    for (std::size_t kind = 0; kind < kinds; ++kind) put_away(mine, kind, mine.free[kind].count);
  }
  void touch() const noexcept {}
};

std::size_t kind_of(std::size_t size) noexcept {
  return size <= block_sizes[0] ? 0 : size <= block_sizes[1] ? 1 : size <= block_sizes[2] ? 2 : kinds;
}

/// What is unusual about a block that was given to the pool.
void look_after(pool& mine, std::size_t kind) noexcept {
  if (!mine.watched) {
    mine.watched = true;
    static thread_local cleaner at_end;
    at_end.touch();
  }
  if (mine.closed) {
    put_away(mine, kind, mine.free[kind].count);
  } else if (mine.kept > most_kept) {
    put_away(mine, kind, (mine.free[kind].count + 1) / 2);
  }
}

}  // namespace

block block::of(std::size_t size) {
  const std::size_t kind = kind_of(size);
  if (kind == kinds) return {static_cast<std::byte*>(::operator new(size)), size};
  const std::size_t whole = block_sizes[kind];
  if constexpr (!pooled) return {static_cast<std::byte*>(::operator new(whole)), whole};
  pool& mine = pool_of_thread;
  free_list& list = mine.free[kind];
  free_block* const taken = list.first;
  if (taken == nullptr) [[unlikely]]
    return {block_depot::instance().take(kind), whole};
  list.first = taken->next;
  if (--list.count < list.least) list.least = list.count;
  mine.kept -= whole;
  return {reinterpret_cast<std::byte*>(taken), whole};
}

void block::give(std::byte* data, std::size_t size) noexcept {
  const std::size_t kind = kind_of(size);
  if (!pooled || kind == kinds) [[unlikely]] {
    ::operator delete(data, size);
    return;
  }
  pool& mine = pool_of_thread;
  free_list& list = mine.free[kind];
  list.first = ::new (data) free_block{list.first};
  ++list.count;
  mine.kept += size;
  if (mine.kept > most_kept || !mine.watched || mine.closed) [[unlikely]]
    look_after(mine, kind);
}

std::size_t block::kept() noexcept { return pool_of_thread.kept; }

std::size_t block::used() noexcept {
  return block_depot::instance().taken() - pool_of_thread.kept;
}

bool block::trim() noexcept {
  pool& mine = pool_of_thread;
  for (std::size_t kind = 0; kind < kinds; ++kind) {
    free_list& list = mine.free[kind];
    if (mine.kept > idle_kept) {
      const std::size_t surplus = (mine.kept - idle_kept) / block_sizes[kind];
      put_away(mine, kind, std::min(list.least, surplus));
    }
    list.least = list.count;
  }
  return mine.kept > idle_kept;
}

}  // namespace ouro::inline v0::detail
