// SPDX-License-Identifier: BSL-1.0
#include "ouro/loop/timer_heap.hpp"

namespace ouro::inline v0::detail {

namespace {

constexpr std::size_t arity = 4;

std::size_t parent(std::size_t index) noexcept { return (index - 1) / arity; }

bool before(const auto& a, const auto& b) noexcept {
  return a.when < b.when || (a.when == b.when && a.sequence < b.sequence);
}

}  // namespace

void timer_heap::insert(timer_node& node, time_point when) {
  OURO_ASSERT(!node.scheduled() && !node.queued());
  const entry fresh{when, sequence_++, &node};
  entries_.push_back(fresh);
  sift_up(entries_.size() - 1, fresh);
}

void timer_heap::remove(timer_node& node) noexcept {
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

void timer_heap::put(std::size_t index, const entry& value) noexcept {
  entries_[index] = value;
  value.node->index_ = index;
}

void timer_heap::sift_up(std::size_t index, const entry& value) noexcept {
  while (index > 0 && before(value, entries_[parent(index)])) {
    put(index, entries_[parent(index)]);
    index = parent(index);
  }
  put(index, value);
}

void timer_heap::sift_down(std::size_t index, const entry& value) noexcept {
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

}  // namespace ouro::inline v0::detail
