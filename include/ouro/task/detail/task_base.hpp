// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/intrusive_list.hpp"
#include "ouro/base/owned.hpp"
#include "ouro/base/visibility.hpp"
#include "ouro/loop/context.hpp"
#include "ouro/task/detail/future_base.hpp"
#include "ouro/task/detail/promise_base.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ouro::inline v0 {

class deadline_scope;
class waiter;

namespace detail {

/// Is told when a task is cancelled, on the loop's thread.
class cancel_observer {
 public:
  cancel_observer() = default;
  cancel_observer(const cancel_observer&) = delete;
  cancel_observer& operator=(const cancel_observer&) = delete;
  virtual ~cancel_observer() = default;
  virtual void cancel_requested() noexcept = 0;
};

/// What few tasks need, made when one does.
struct task_extras : pooled {
  std::string name;
  std::string cancel_message;
  deadline_scope* innermost_scope = nullptr;
  owned<cancel_observer> observer;  // null until get_stop_token() asks for one
};

/// Stands in the ready queue in the stead of a task that was woken: its run() calls the task's
/// run(), or park_again() if the wait is not over.
class task_slot : public ready_node {};

/// A task without its value: something to resume.
///
/// Invariant one_wait: a task is running, ready (in the queue), or blocked on exactly one waiter.
class task_base : public future_base, public list_hook {
 public:
  enum class state : std::uint8_t { created, ready, running, blocked, finished };

  static task_base* current_or_null() noexcept { return current_; }
  static task_base& current() noexcept { return *current_; }

  // Cancellation
  bool cancel(std::string_view message, cancel_mode mode = cancel_mode::request) noexcept override;
  int cancelling() const noexcept { return cancel_requests_; }
  /// The text of the last cancel().
  std::string_view cancel_message() const noexcept {
    return extras_ == nullptr ? std::string_view() : extras_->cancel_message;
  }
  int uncancel() noexcept;

  /// An interruption is due: a cancel was requested or a deadline scope has expired.
  bool interrupt_pending() const noexcept { return (interrupts_ & (must_cancel | expired)) != 0; }
  /// A cancel has been requested and nobody has been told yet.
  bool being_cancelled() const noexcept {
    return (interrupts_ & (must_cancel | aborted_by_cancel)) != 0;
  }
  /// Throws the interruption that is due at a resume, if any: cancel first, then the outermost
  /// expired scope.
  void throw_if_interrupted() {
    if (interrupts_ != 0) [[unlikely]] {
      // Thrown here, because every function between a throw and its handler costs the unwinder 0.3
      // us.
      if (extras_ == nullptr) {  // so no deadline scope either: it is a cancel
        interrupts_ = 0;
        throw cancelled_error{};
      }
      throw_interruption();
    }
  }
  enum class interruption : std::uint8_t { none, cancel, deadline };
  /// As throw_if_interrupted(), but tells instead of throwing.
  interruption take_interruption() noexcept;
  [[noreturn]] void throw_cancelled();
  [[noreturn]] void throw_expired();
  /// Takes back a request that nobody has been told of.
  void withdraw_cancel() noexcept {
    interrupts_ &= static_cast<std::uint8_t>(~(must_cancel | aborted_by_cancel));
  }
  /// A leaving wait was aborted but got its result all the same: the request waits for the next
  /// suspension.
  void keep_interruption() noexcept {
    if ((interrupts_ & aborted_by_cancel) != 0) interrupts_ |= must_cancel;
    interrupts_ &= static_cast<std::uint8_t>(~(aborted_by_cancel | aborted_by_scope));
  }
  /// How a forwarding wait ends. Returns if its outcome is to be delivered.
  void settle_forwarded(const future_base& awaited) {
    if (interrupts_ != 0) [[unlikely]]
      settle_interrupted(awaited);
  }
  /// Passes a request that is pending at a suspension on to what is awaited.
  void forward_pending() noexcept;

  // Scopes
  void scope_expired() noexcept;
  void refresh_expired() noexcept;  // after a scope has left
  deadline_scope* innermost_scope() const noexcept {
    return extras_ == nullptr ? nullptr : extras_->innermost_scope;
  }
  task_extras& extras();

  // Suspension
  void park(const await_point& at, waiter& blocked_on) noexcept {
    OURO_ASSERT(state_ == state::running);
    resume_point_ = &at.promise();
    blocked_on_ = &blocked_on;
    state_ = state::blocked;
  }
  void wake() noexcept {
    OURO_ASSERT(state_ == state::blocked);
    blocked_on_ = nullptr;
    state_ = state::ready;
    loop_->make_ready(*this);
  }
  /// As wake(), with `slot` in the ready queue.
  void wake_in(task_slot& slot) noexcept {
    OURO_ASSERT(state_ == state::blocked);
    blocked_on_ = nullptr;
    state_ = state::ready;
    loop_->make_ready(slot);
  }
  void park_again(waiter& blocked_on) noexcept {
    OURO_ASSERT(state_ == state::ready && !queued());
    blocked_on_ = &blocked_on;
    state_ = state::blocked;
  }
  /// Gives the others a turn.
  void yield(const await_point& at) noexcept {
    OURO_ASSERT(state_ == state::running);
    resume_point_ = &at.promise();
    state_ = state::ready;
    loop_->make_ready(*this);
  }
  /// Starts `child` inside the running step, which `parent` awaits. False if it has ended already.
  bool start_child(promise_base& child, promise_base& parent) noexcept;
  void continue_with(promise_base& parent) noexcept { resume_point_ = &parent; }
  void root_finished(promise_base& root) noexcept {
    resume_point_ = &root;
    state_ = state::finished;
  }
  void set_result_outcome(outcome how) noexcept { result_ = how; }
  void set_result_outcome(outcome how, std::exception_ptr error) noexcept {
    result_ = how;
    error_ = std::move(error);
  }

  /// Runs one step now, inside another task or callback.
  void run_eagerly() noexcept;

  // Introspection
  state current_state() const noexcept { return state_; }
  waiter* blocked_on() const noexcept { return blocked_on_; }
  promise_base* innermost_frame() const noexcept { return resume_point_; }
  std::string name() const;
  std::string_view own_name() const noexcept {  // empty unless set
    return extras_ == nullptr ? std::string_view() : extras_->name;
  }
  std::uint64_t number() const noexcept { return number_; }
  void set_name(std::string_view name) { extras().name = name; }
  const std::source_location& coroutine() const noexcept { return coroutine_; }
  context copy_context_of() const;

  /// Ends a pending task without running it: the loop closes. No request of it is in the kernel.
  void abandon() noexcept;

  void run() noexcept final;
  std::string describe() const final;

 protected:
  task_base(event_loop& loop, promise_base& root, context_slot slot,
            std::source_location place) noexcept
      : future_base(loop, storage::task, place),
        resume_point_(&root),
        context_(std::move(slot)),
        coroutine_(root.place()),
        number_(loop.next_task_number()) {
    root.set_root(this);
    loop.tasks().push_back(*this);
    loop.set_abandon_tasks(&abandon_all);
  }
  ~task_base() override {
    OURO_ASSERT(!linked());
    if (extras_ != nullptr) [[unlikely]]
      delete extras_;
  }

  void schedule_first_step(bool eagerly) {
    if (eagerly || loop_->get_task_hooks() != nullptr) [[unlikely]] {
      first_step(eagerly);
    } else {
      loop_->make_ready(*this);
    }
  }
  virtual void discard_result() noexcept = 0;
  void report_never_retrieved() noexcept override;

 private:
  enum interrupt : std::uint8_t {
    must_cancel = 1,        // a request that nobody has taken yet
    aborted_by_cancel = 2,  // the current wait was asked to end by cancel()
    aborted_by_scope = 4,   // … by a deadline scope
    expired = 8,            // an expired scope is open
  };

  static void abandon_all(event_loop& closing) noexcept;
  void first_step(bool eagerly);
  void throw_interruption();
  void settle_interrupted(const future_base& awaited);
  void destroy_frames() noexcept;
  void finish() noexcept;
  void finish_unstarted() noexcept;
  void step() noexcept;
  template <class Before>
  bool run_step(Before before) noexcept;
  void run_watched() noexcept;
  void leave_loop() noexcept;

  static constexpr std::uint8_t max_nested_starts = 200;
  OURO_ONE_PER_PROCESS static constinit inline thread_local task_base* current_ = nullptr;

  promise_base* resume_point_;    // where the step goes on; the root before the first step
  waiter* blocked_on_ = nullptr;  // null unless blocked
  context_slot context_;
  task_extras* extras_ = nullptr;
  std::source_location coroutine_;  // the coroutine function; its frame may be gone
  std::uint64_t number_;
  std::int32_t cancel_requests_ = 0;
  std::uint8_t nested_starts_ = 0;
  state state_ = state::created;
  std::uint8_t interrupts_ = 0;
  outcome result_ = outcome::pending;  // becomes the outcome once the frame is gone
};

inline bool task_base::start_child(promise_base& child, promise_base& parent) noexcept {
  if (nested_starts_ == max_nested_starts) [[unlikely]] {
    resume_point_ = &child;  // unwind the stack first; step() starts the child
    return true;
  }
  ++nested_starts_;
  child.frame().resume();
  --nested_starts_;
  if (resume_point_ != &parent) return true;
  resume_point_ = nullptr;  // it has ended, and the parent goes on by itself
  return false;
}

}  // namespace detail
}  // namespace ouro::inline v0
