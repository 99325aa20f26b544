// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/sync/detail/queue_core.hpp"
#include "ouro/sync/queue_errors.hpp"

#include <cstddef>
#include <deque>
#include <optional>
#include <type_traits>
#include <utility>

namespace ouro::inline v0 {

namespace detail {
template <class T>
class first_in_first_out;
template <class Queue>
class put_operation;
template <class Queue, class Result>
class get_operation;
}  // namespace detail

struct queue_shutdown_options {
  /// Throws away the items that are in the queue, and counts them as done.
  bool immediate = false;
};
static_assert(std::is_trivially_destructible_v<queue_shutdown_options>);

/// Hands items from tasks to tasks, first in, first out; and the tasks that wait are served in the
/// order in which they came. With a `maxsize` it holds producers up that are faster than their
/// consumers. Items need to be movable only.
///
/// A put() or get() does not suspend if there is room or an item, so it may overtake a task that
/// was woken and has not run yet; that one waits again. Must outlive those who wait; who was woken
/// and has not run yet finds it shut down.
///
/// Errors: everything that may wake a task throws usage_error on another thread than that of the
/// loop of the tasks that wait. asyncio: Queue.
template <class T, class Items = detail::first_in_first_out<T>>
class queue {
  static_assert(std::is_object_v<T> && !std::is_const_v<T> && std::is_move_constructible_v<T>,
                "the items of a queue are objects that can be moved");

 public:
  using value_type = T;

  /// Holds up to `maxsize` items; with 0, any number.
  explicit queue(std::size_t maxsize = 0) : core_(maxsize) {}

  /// How many items there are.
  std::size_t qsize() const noexcept { return core_.size(); }
  /// How many there can be; 0 is any number.
  std::size_t maxsize() const noexcept { return core_.maxsize(); }
  bool empty() const noexcept { return core_.size() == 0; }
  /// Whether a put() would wait.
  bool full() const noexcept { return core_.full(); }

  /// Puts `item` in, after waiting for room while the queue is full; otherwise without suspending.
  ///
  /// Errors: queue_shut_down, also if that happens while it waits.
  /// Cancellation: the item is not in the queue, and the room is there for the next put(). The item
  /// ends with the await: keep a copy of what must not be lost, or a std::shared_ptr.
  /// asyncio: Queue.put().
  [[nodiscard]] detail::put_operation<queue> put(T item) {
    return detail::put_operation<queue>(*this, std::move(item));
  }

  /// Puts `item` in. If it throws, the item has not been moved from.
  ///
  /// Errors: queue_full, queue_shut_down. asyncio: Queue.put_nowait().
  void put_nowait(T&& item) { do_put(std::move(item)); }
  void put_nowait(const T& item)
    requires std::is_copy_constructible_v<T>
  {
    do_put(item);
  }

  /// Takes the next item out, after waiting for one while the queue is empty; otherwise without
  /// suspending.
  ///
  /// Errors: queue_shut_down if the queue is empty and was shut down, also while it waits.
  /// Cancellation: no item is taken; the one that it was woken for goes to the next get().
  /// asyncio: Queue.get().
  [[nodiscard]] detail::get_operation<queue, T> get() noexcept {
    return detail::get_operation<queue, T>(*this);
  }

  /// As get(), but gives nothing where that throws queue_shut_down:
  /// `while (auto item = co_await queue.anext())`. asyncio has no counterpart.
  [[nodiscard]] detail::get_operation<queue, std::optional<T>> anext() noexcept {
    return detail::get_operation<queue, std::optional<T>>(*this);
  }

  /// Takes the next item out.
  ///
  /// Errors: queue_empty; queue_shut_down if the queue is empty and was shut down. asyncio:
  /// Queue.get_nowait().
  T get_nowait() {
    core_.check_get();
    return take<T>();
  }

  /// Says that an item that was taken out is done with: what join() waits for, once for each item.
  ///
  /// Errors: std::invalid_argument if it is called more often than items were put in. asyncio:
  /// Queue.task_done().
  void task_done() { core_.task_done(); }

  /// Waits until task_done() was called for each item that was put in; does not suspend if it was.
  ///
  /// Cancellation: nothing has changed. asyncio: Queue.join().
  [[nodiscard]] detail::queue_join_operation join() noexcept {
    return detail::queue_join_operation(core_);
  }

  /// Refuses items from now on: put() and put_nowait() throw queue_shut_down, also those that wait.
  /// What is in the queue can still be taken out; with `immediate` it is thrown away, and join()
  /// does not wait for it. May be called again. asyncio: Queue.shutdown().
  void shutdown(const queue_shutdown_options& options = {});

 protected:
  queue(std::size_t maxsize, Items&& items) : core_(maxsize), items_(std::move(items)) {}

 private:
  friend class detail::put_operation<queue>;
  template <class Queue, class Result>
  friend class detail::get_operation;

  template <class Item>
  void do_put(Item&& item) {
    core_.check_put();
    items_.push(std::forward<Item>(item));
    core_.item_put();
  }
  // An item whose move fails stays.
  template <class Result>
  Result take() {
    Result item(std::move(items_.next()));
    items_.pop();
    core_.item_taken();
    return item;
  }

  detail::queue_core core_;
  Items items_;
};

template <class T, class Items>
void queue<T, Items>::shutdown(const queue_shutdown_options& options) {
  core_.check_thread();
  if (!options.immediate) return core_.shut_down(0);
  const Items dropped(std::move(items_));  // ends last: destructors of items may use the queue
  items_.clear();
  core_.shut_down(core_.size());
}

namespace detail {

/// How a queue keeps its items, in the order of their coming.
template <class T>
class first_in_first_out {
 public:
  template <class Item>
  void push(Item&& item) {
    items_.push_back(std::forward<Item>(item));
  }
  T& next() noexcept { return items_.front(); }
  void pop() noexcept { items_.pop_front(); }
  void clear() noexcept { items_.clear(); }

 private:
  std::deque<T> items_;
};

template <class Queue>
class [[nodiscard]] put_operation final : public queue_wait {
 public:
  put_operation(Queue& queue, typename Queue::value_type&& item)
      : queue_wait(queue.core_, side::put), queue_(&queue), item_(std::move(item)) {}

  void await_resume() {
    finish();
    if (is_over()) throw_shut_down();
    try {
      queue_->put_nowait(std::move(item_));
    } catch (...) {
      pass_on();
      throw;
    }
  }

 private:
  Queue* queue_;
  typename Queue::value_type item_;
};

/// `Result` is an item, or an optional one: nothing once the queue is shut down and empty.
template <class Queue, class Result>
class [[nodiscard]] get_operation final : public queue_wait {
 public:
  explicit get_operation(Queue& queue) noexcept
      : queue_wait(queue.core_, side::get), queue_(&queue) {}

  Result await_resume() {
    finish();
    if (is_over()) {
      if constexpr (!std::is_same_v<Result, typename Queue::value_type>) return Result();
      throw_shut_down();
    }
    try {
      queue_->core_.check_get();
      return queue_->template take<Result>();
    } catch (...) {
      pass_on();
      throw;
    }
  }

 private:
  Queue* queue_;
};

}  // namespace detail
}  // namespace ouro::inline v0
