// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/frame_pool.hpp"

#include <algorithm>
#include <mutex>
#include <new>
#include <utility>

namespace ouro::inline v0::detail {

/// Blocks that belong to no thread at the moment. Never destroyed: threads may outlive statics.
class frame_depot {
 public:
  static frame_depot& instance() {
    static frame_depot* depot = new frame_depot;
    return *depot;
  }

  /// Takes a chain of blocks of one class, empty if there is none.
  frame_pool::free_list take(std::size_t index) noexcept {
    const std::lock_guard lock(mutex_);
    return std::exchange(lists_[index], {});
  }

  void give(std::size_t index, frame_pool::block* first, frame_pool::block* last,
            std::uint32_t count) noexcept {
    const std::lock_guard lock(mutex_);
    frame_pool::free_list& list = lists_[index];
    last->next = list.first;
    list.first = first;
    list.count += count;
  }

  static void give_all(std::size_t index, frame_pool::free_list& list) noexcept {
    if (list.first == nullptr) return;
    frame_pool::block* last = list.first;
    while (last->next != nullptr) last = last->next;
    instance().give(index, list.first, last, list.count);
    list = {};
  }

  /// Hands the lists of an ending thread to the depot.
  struct thread_end {
    ~thread_end() {
      frame_pool::thread_cache& cache = frame_pool::cache_;
      cache.life = frame_pool::phase::closed;
      for (std::size_t index = 0; index < frame_pool::class_count; ++index) {
        give_all(index, cache.classes[index]);
      }
    }
  };

 private:
  std::mutex mutex_;
  frame_pool::free_list lists_[frame_pool::class_count]{};
};

void frame_pool::watch_thread_end() {
  if (cache_.life != phase::fresh) return;
  static thread_local frame_depot::thread_end at_thread_end;
  static_cast<void>(at_thread_end);
  cache_.life = phase::open;
}

void* frame_pool::refill(std::size_t index) {
  watch_thread_end();
  free_list& list = cache_.classes[index];
  list = frame_depot::instance().take(index);
  if (list.first == nullptr) {
    const std::size_t size = (index + 1) * granularity;
    const std::size_t count = std::max<std::size_t>(16384 / size, 8);
    auto* slab = static_cast<std::byte*>(::operator new(count * size));
    for (std::size_t i = count; i-- > 0;) {
      auto* fresh = ::new (slab + i * size) block{list.first};
      list.first = fresh;
    }
    list.count = static_cast<std::uint32_t>(count);
  }
  block* taken = list.first;
  list.first = taken->next;
  --list.count;
  return taken;
}

void frame_pool::spill(std::size_t index) noexcept {
  free_list& list = cache_.classes[index];
  watch_thread_end();
  if (cache_.life == phase::closed) {
    frame_depot::give_all(index, list);
    return;
  }
  if (list.count < spill_count) return;
  const std::uint32_t half = list.count / 2;
  block* first = list.first;
  block* last = first;
  for (std::uint32_t i = 1; i < half; ++i) last = last->next;
  list.first = last->next;
  list.count -= half;
  frame_depot::instance().give(index, first, last, half);
}

}  // namespace ouro::inline v0::detail
