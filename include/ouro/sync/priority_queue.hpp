// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/light_std.hpp"
#include "ouro/sync/queue.hpp"

#include <set>
#include <utility>

namespace ouro::inline v0 {

namespace detail {
template <class T, class Compare>
class smallest_first;
}  // namespace detail

/// A queue that gives the smallest item first, in the order of `Compare`; of equal ones the oldest.
/// The tasks that wait are served in the order in which they came, as with any queue. A put and a
/// get take time with the logarithm of the size.
///
/// asyncio: PriorityQueue. There the order of equal items is not defined.
template <class T, class Compare = std::less<T>>
class priority_queue final : public queue<T, detail::smallest_first<T, Compare>> {
 public:
  /// Holds up to `maxsize` items; with 0, any number.
  explicit priority_queue(std::size_t maxsize = 0, Compare compare = Compare())
      : queue<T, detail::smallest_first<T, Compare>>(
            maxsize, detail::smallest_first<T, Compare>(std::move(compare))) {}
};

namespace detail {

/// How a priority_queue keeps its items. In a tree, which has the order of equal items for nothing,
/// and from which a comparison that throws takes nothing away; neither is true of a heap.
template <class T, class Compare>
class smallest_first {
 public:
  explicit smallest_first(Compare compare) : items_(std::move(compare)) {}

  template <class Item>
  void push(Item&& item) {
    items_.insert(std::forward<Item>(item));
  }
  /// To be moved from and popped: what is left of it has no order.
  T& next() noexcept { return const_cast<T&>(*items_.begin()); }
  void pop() noexcept { items_.erase(items_.begin()); }
  void clear() noexcept { items_.clear(); }

 private:
  std::multiset<T, Compare> items_;
};

}  // namespace detail
}  // namespace ouro::inline v0
