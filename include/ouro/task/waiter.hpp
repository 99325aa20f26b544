// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/intrusive_list.hpp"
#include "ouro/task/detail/task_base.hpp"

#include <cstdint>

namespace ouro::inline v0 {

/// What a suspended task waits for. Every awaiter that can block a task derives from this class,
/// and this is the only way a task blocks: park() to suspend, wake() to make it ready, abort() to
/// ask for an early end.
///
/// Invariants: a task is blocked on at most one waiter (`one_wait`); wake() never runs the task,
/// the loop does in a later turn (`no_inline_resume`).
class waiter {
 public:
  waiter() noexcept = default;
  /// Moves a wait that has not begun.
  waiter(waiter&& other) noexcept { OURO_ASSERT(!other.parked()); }
  waiter& operator=(const waiter&) = delete;

  /// The future or task that this wait passes requests on to; null for waits that just leave.
  virtual detail::future_base* awaited() const noexcept { return nullptr; }

 protected:
  ~waiter() { OURO_ASSERT(!parked()); }

  /// Suspends the running task.
  void park(const detail::await_point& at) noexcept {
    task_ = &detail::task_base::current();
    task_->park(at, *this);
  }

  /// Makes the parked task ready.
  void wake() noexcept {
    OURO_ASSERT(parked());
    task_->wake();
  }

  /// Makes the parked task ready, but lets `slot`, which stands in the ready queue for it, look
  /// once more whether the wait is over; park_again() if it is not.
  void wake_in(detail::task_slot& slot) noexcept {
    OURO_ASSERT(parked());
    task_->wake_in(slot);
  }
  void park_again() noexcept { task_->park_again(*this); }

  bool parked() const noexcept { return task_ != nullptr && task_->blocked_on() == this; }
  /// The task that has waited or tried to; null if the wait was over before it began.
  detail::task_base* task() const noexcept { return task_; }
  void set_task(detail::task_base& task) noexcept { task_ = &task; }

 private:
  friend class detail::task_base;

  /// A request to end the wait early. A leaving wait (list, timer, kernel) takes the first one and
  /// wakes, now or later; a forwarding wait (future, task, gather) passes each on to what it
  /// awaits. Returns false if there is nobody left to take it: then it stays pending in the task.
  virtual bool abort(detail::cancel_mode mode) noexcept = 0;

  /// Leaves without waking: the task is destroyed where it stands.
  virtual void detach() noexcept = 0;

  detail::task_base* task_ = nullptr;
};

/// A wait that ends by itself when asked to: in a list or on a timer. It does not begin while a
/// request is pending, and a request that comes later takes it out at once.
class leaving_waiter : public waiter {
 protected:
  using waiter::waiter;

  /// Parks, unless an interruption is pending: then finish_wait() throws it. Returns whether it
  /// parked.
  bool begin_wait(const detail::await_point& at) noexcept {
    detail::task_base& current = detail::task_base::current();
    if (current.interrupt_pending()) [[unlikely]] {
      set_task(current);
      return false;
    }
    park(at);
    return true;
  }

  /// Throws the interruption that ended the wait or came after it was over, if any. A wait that was
  /// over before it began throws nothing.
  void finish_wait() const {
    if (task() != nullptr) task()->throw_if_interrupted();
  }

 private:
  /// Takes the wait out of where it is, without waking.
  virtual void leave() noexcept = 0;

  bool abort(detail::cancel_mode) noexcept final {
    leave();
    wake();
    return true;
  }
  void detach() noexcept override { leave(); }
};

}  // namespace ouro::inline v0
