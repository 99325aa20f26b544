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

  void insert(timer_node& node, time_point when);
  void remove(timer_node& node) noexcept;
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

  void put(std::size_t index, const entry& value) noexcept;
  void sift_up(std::size_t index, const entry& value) noexcept;
  void sift_down(std::size_t index, const entry& value) noexcept;

  std::vector<entry> entries_;
  std::uint64_t sequence_ = 0;
};

}  // namespace ouro::inline v0::detail
