// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/sync/queue.hpp"

#include <deque>
#include <utility>

namespace ouro::inline v0 {

namespace detail {
template <class T>
class last_in_first_out;
}  // namespace detail

/// A queue that gives the newest item first. The tasks that wait are served in the order in which
/// they came, as with any queue. asyncio: LifoQueue.
template <class T>
class lifo_queue final : public queue<T, detail::last_in_first_out<T>> {
 public:
  /// Holds up to `maxsize` items; with 0, any number.
  explicit lifo_queue(std::size_t maxsize = 0) : queue<T, detail::last_in_first_out<T>>(maxsize) {}
};

namespace detail {

/// How a lifo_queue keeps its items: the newest at the end.
template <class T>
class last_in_first_out {
 public:
  template <class Item>
  void push(Item&& item) {
    items_.push_back(std::forward<Item>(item));
  }
  T& next() noexcept { return items_.back(); }
  void pop() noexcept { items_.pop_back(); }
  void clear() noexcept { items_.clear(); }

 private:
  std::deque<T> items_;  // no vector: that moves items when it grows, and a move may throw
};

}  // namespace detail
}  // namespace ouro::inline v0
