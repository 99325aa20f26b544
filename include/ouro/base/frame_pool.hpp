// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/visibility.hpp"

#include <cstddef>
#include <cstdint>

namespace ouro::inline v0::detail {

/// Memory for coroutine frames and the small objects beside them: per thread, a free list for each
/// size class of 16 bytes. A block may be freed on another thread than it came from; lists that
/// grow long, and those of a thread that ends, go to a depot that all threads draw from.
///
/// With OURO_NO_FRAME_POOL every block comes from the heap, so that sanitizers see its end.
class frame_pool {
 public:
  static constexpr std::size_t granularity = 16;
  static constexpr std::size_t class_count = 64;
  static constexpr std::size_t largest = granularity * class_count;

  static void* allocate(std::size_t bytes);
  static void free(void* memory, std::size_t bytes) noexcept;

  /// Blocks that this thread has taken and not given back; negative if it frees for others.
  static std::int64_t live() noexcept;

 private:
  friend class frame_depot;

  struct block {
    block* next;
  };
  struct free_list {
    block* first;
    std::uint32_t count;
  };
  // fresh: its end is not watched yet. closed: the thread ends, and blocks go straight to the
  // depot.
  enum class phase : std::uint8_t { fresh, open, closed };
  struct thread_cache {
    free_list classes[class_count];
    std::int64_t live;
    phase life;
  };

  /// A list longer than this gives half of itself to the depot.
  static constexpr std::uint32_t spill_count = 16384;

  static constexpr std::size_t index_of(std::size_t bytes) noexcept {
    return (bytes + granularity - 1) / granularity - 1;
  }

  static void* refill(std::size_t index);
  static void spill(std::size_t index) noexcept;
  static void watch_thread_end();

  OURO_ONE_PER_PROCESS static constinit inline thread_local thread_cache cache_{};
};

#ifndef OURO_NO_FRAME_POOL
inline void* frame_pool::allocate(std::size_t bytes) {
  thread_cache& cache = cache_;
  ++cache.live;
  if (bytes > largest) [[unlikely]] {
    return ::operator new(bytes);
  }
  free_list& list = cache.classes[index_of(bytes)];
  block* taken = list.first;
  if (taken == nullptr) [[unlikely]] {
    return refill(index_of(bytes));
  }
  list.first = taken->next;
  --list.count;
  return taken;
}

inline void frame_pool::free(void* memory, std::size_t bytes) noexcept {
  thread_cache& cache = cache_;
  --cache.live;
  if (bytes > largest) [[unlikely]] {
    ::operator delete(memory, bytes);
    return;
  }
  free_list& list = cache.classes[index_of(bytes)];
  block* given = static_cast<block*>(memory);
  given->next = list.first;
  list.first = given;
  if (++list.count >= spill_count || cache.life != phase::open) [[unlikely]] {
    spill(index_of(bytes));
  }
}
#else
inline void* frame_pool::allocate(std::size_t bytes) {
  ++cache_.live;
  return ::operator new(bytes);
}

inline void frame_pool::free(void* memory, std::size_t bytes) noexcept {
  --cache_.live;
  ::operator delete(memory, bytes);
}
#endif

inline std::int64_t frame_pool::live() noexcept { return cache_.live; }

/// Base of objects that live in the frame pool.
struct pooled {
  static void* operator new(std::size_t bytes) { return frame_pool::allocate(bytes); }
  static void operator delete(void* memory, std::size_t bytes) noexcept {
    frame_pool::free(memory, bytes);
  }
};

}  // namespace ouro::inline v0::detail
