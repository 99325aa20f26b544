// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/time.hpp"
#include "ouro/loop/ready_queue.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ouro::inline v0::detail {

/// Something that becomes ready at a deadline. It runs through the ready queue, so a due timer and
/// a callback take their places in one order.
class timer_node : public ready_node {
 public:
  bool scheduled() const noexcept { return index_ != none; }

 protected:
  ~timer_node() { OURO_ASSERT(!scheduled()); }

 private:
  friend class timer_heap;
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  std::size_t index_ = none;  // place in the heap
};

/// Pending deadlines, earliest first; equal ones in the order in which they were scheduled. Each
/// node knows its place, so cancelling takes it out at once and leaves nothing behind.
class timer_heap {
 public:
  bool empty() const noexcept { return entries_.empty(); }
  std::size_t size() const noexcept { return entries_.size(); }
  template <class Function>
  void for_each(Function function) const {
    for (const entry& each : entries_) function(*each.node);
  }
  time_point next_deadline() const noexcept { return entries_.front().when; }

  void insert(timer_node& node, time_point when) {
    OURO_ASSERT(!node.scheduled() && !node.queued());
    const entry fresh{when, sequence_++, &node};
    entries_.push_back(fresh);
    sift_up(entries_.size() - 1, fresh);
  }

  void remove(timer_node& node) noexcept {
    OURO_ASSERT(node.scheduled());
    const std::size_t hole = node.index_;
    node.index_ = timer_node::none;
    const entry last = entries_.back();
    entries_.pop_back();
    if (hole == entries_.size()) return;
    if (hole > 0 && before(last, entries_[parent(hole)])) {
      sift_up(hole, last);
    } else {
      sift_down(hole, last);
    }
  }

  timer_node& pop() noexcept {
    timer_node& node = *entries_.front().node;
    remove(node);
    return node;
  }

 private:
  struct entry {
    time_point when;
    std::uint64_t sequence;
    timer_node* node;
  };

  static constexpr std::size_t arity = 4;

  static std::size_t parent(std::size_t index) noexcept { return (index - 1) / arity; }
  static bool before(const entry& a, const entry& b) noexcept {
    return a.when < b.when || (a.when == b.when && a.sequence < b.sequence);
  }

  void put(std::size_t index, const entry& value) noexcept {
    entries_[index] = value;
    value.node->index_ = index;
  }

  void sift_up(std::size_t index, const entry& value) noexcept {
    while (index > 0 && before(value, entries_[parent(index)])) {
      put(index, entries_[parent(index)]);
      index = parent(index);
    }
    put(index, value);
  }

  void sift_down(std::size_t index, const entry& value) noexcept {
    const std::size_t count = entries_.size();
    for (;;) {
      const std::size_t first = index * arity + 1;
      if (first >= count) break;
      std::size_t least = first;
      const std::size_t end = first + arity < count ? first + arity : count;
      for (std::size_t child = first + 1; child < end; ++child) {
        if (before(entries_[child], entries_[least])) least = child;
      }
      if (!before(entries_[least], value)) break;
      put(index, entries_[least]);
      index = least;
    }
    put(index, value);
  }

  std::vector<entry> entries_;
  std::uint64_t sequence_ = 0;
};

}  // namespace ouro::inline v0::detail
