// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/intrusive_list.hpp"
#include "ouro/task/wait_list.hpp"
#include "ouro/task/waiter.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace ouro::inline v0::detail {

class queue_core;

/// What a put and a get share: the wait for room or for an item.
///
/// An item wakes one getter, and room one putter, but neither is promised to it: who runs first has
/// it. So a woken wait stands in the ready queue itself, and looks once more when its turn comes.
/// One that ends otherwise than with what it was woken for wakes the next.
class queue_wait : public leaving_waiter, private list_hook, private task_slot {
 public:
  enum class side : std::uint8_t { get, put };

  bool await_ready() const noexcept { return is_met(); }
  bool await_suspend(await_point at) noexcept;

 protected:
  queue_wait(queue_core& core, side which) noexcept : core_(&core), side_(which) {}
  /// Moves a wait that has not begun.
  queue_wait(queue_wait&& other) noexcept
      : leaving_waiter(static_cast<leaving_waiter&&>(other)),
        list_hook(),
        task_slot(),
        core_(other.core_),
        side_(other.side_) {}
  ~queue_wait() {
    if (queued()) [[unlikely]]
      forget();
  }

  /// Throws the interruption that ended the wait, if any.
  void finish() {
    if (task() != nullptr) finish_suspended();
  }
  /// The queue is no more, or will give and take nothing any more.
  bool is_over() const noexcept;
  [[noreturn]] static void throw_shut_down();
  /// Wakes the next, if this was woken: it fails to do what it was woken for.
  void pass_on() noexcept;

 private:
  friend class queue_core;
  friend class intrusive_list<queue_wait>;

  bool is_met() const noexcept;
  void finish_suspended();
  void forget() noexcept;
  void leave() noexcept override { unlink(); }
  void run() noexcept override;
  std::string describe() const override;

  queue_core* core_;  // null once the queue has gone
  side side_;
  bool woken_ = false;  // by an item, by room, or by shutdown()
};

/// The part of a queue that does not depend on what is in it: how much that is, who waits, and
/// whether it was shut down.
class queue_core {
 public:
  explicit queue_core(std::size_t maxsize) noexcept : maxsize_(maxsize) {}
  queue_core(const queue_core&) = delete;
  queue_core& operator=(const queue_core&) = delete;
  ~queue_core() {
    if (!woken_.empty()) [[unlikely]]
      desert_woken();
  }

  std::size_t size() const noexcept { return size_; }
  std::size_t maxsize() const noexcept { return maxsize_; }
  bool full() const noexcept { return maxsize_ != 0 && size_ >= maxsize_; }
  std::size_t unfinished() const noexcept { return unfinished_; }
  bool is_shut_down() const noexcept { return shut_down_; }
  wait_list& joining() noexcept { return joining_; }

  /// Errors: queue_shut_down, queue_full; usage_error on the wrong thread.
  void check_put() {
    if (full() || shut_down_) [[unlikely]]
      throw_put_refused();
    check_thread();
  }
  /// Errors: queue_empty, or queue_shut_down if there will be no item any more; usage_error on the
  /// wrong thread.
  void check_get() {
    if (size_ == 0) [[unlikely]]
      throw_get_refused();
    check_thread();
  }
  void item_put() noexcept {
    ++size_;
    ++unfinished_;
    wake_next(getters_);
  }
  void item_taken() noexcept {
    --size_;
    wake_next(putters_);
  }

  /// Errors: std::invalid_argument if everything is done.
  void task_done();
  /// `dropped` is how many items were thrown away.
  void shut_down(std::size_t dropped) noexcept;

  /// Throws usage_error if a task that waits belongs to a loop that runs on another thread.
  void check_thread() {
    if (!getters_.empty() || !putters_.empty()) [[unlikely]]
      check_waiting_thread();
  }

 private:
  friend class queue_wait;
  using waits = intrusive_list<queue_wait>;

  [[noreturn]] void throw_put_refused() const;
  [[noreturn]] void throw_get_refused() const;
  void check_waiting_thread();
  waits& waiting(queue_wait::side which) noexcept {
    return which == queue_wait::side::get ? getters_ : putters_;
  }
  void desert_woken() noexcept;
  void wake_all(waits& waiting) noexcept;
  void wake_next(waits& waiting) noexcept {
    if (!waiting.empty()) wake_first(waiting);
  }
  void wake_first(waits& waiting) noexcept;

  std::size_t maxsize_;  // 0: no limit
  std::size_t size_ = 0;
  std::size_t unfinished_ = 0;  // items that were put and not yet done with
  bool shut_down_ = false;
  waits getters_;
  waits putters_;
  waits woken_;  // they stand in the ready queue
  wait_list joining_;
};

inline bool queue_wait::is_met() const noexcept {
  if (core_->shut_down_) return true;
  return side_ == side::get ? core_->size_ != 0 : !core_->full();
}

inline bool queue_wait::is_over() const noexcept {
  if (core_ == nullptr) return true;
  return core_->shut_down_ && (side_ == side::put || core_->size_ == 0);
}

/// One join() of a queue.
class [[nodiscard]] queue_join_operation {
 public:
  explicit queue_join_operation(queue_core& core) noexcept
      : core_(&core), wait_(core.joining().wait()) {}

  bool await_ready() const noexcept { return core_->unfinished() == 0; }
  bool await_suspend(await_point at) { return wait_.await_suspend(at); }
  void await_resume() const { wait_.await_resume(); }

 private:
  queue_core* core_;
  wait_list::awaiter wait_;
};

}  // namespace ouro::inline v0::detail
