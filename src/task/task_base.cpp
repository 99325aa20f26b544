// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/detail/task_base.hpp"

#include "ouro/task/deadline_scope.hpp"
#include "ouro/task/detail/child.hpp"
#include "ouro/task/detail/report.hpp"
#include "ouro/task/task_handle.hpp"
#include "ouro/task/task_hooks.hpp"
#include "ouro/task/waiter.hpp"

namespace ouro::inline v0::detail {

task_extras& task_base::extras() {
  if (extras_ == nullptr) extras_ = new task_extras;
  return *extras_;
}

std::string task_base::name() const {
  if (extras_ != nullptr && !extras_->name.empty()) return extras_->name;
  return "Task-" + std::to_string(number_);
}

std::string task_base::describe() const {
  return "task '" + name() + "' " + detail::describe(coroutine_);
}

context task_base::copy_context_of() const {
  context_slot* outer = context_slot::exchange_current(const_cast<context_slot*>(&context_));
  context copy = copy_context();
  context_slot::exchange_current(outer);
  return copy;
}

// Steps -------------------------------------------------------------------------------------------

void task_base::first_step(bool eagerly) {
  if (task_hooks* hooks = loop_->get_task_hooks()) {
    const task_handle<> self{intrusive_ptr<task_base>(this)};
    eagerly |= hooks->on_create(self) == task_hooks::start::eager;
  }
  if (eagerly && loop_->is_running()) {
    run_eagerly();
  } else {
    loop_->make_ready(*this);
  }
}

void task_base::run_eagerly() noexcept {
  const intrusive_ptr<task_base> alive(this);
  run();
}

// Resumes one coroutine after the other until the task is blocked or ends. A child that ends leaves
// its parent in resume_point_, so neither depth nor number of awaits uses the stack.
inline void task_base::step() noexcept {
  if (state_ == state::created && (interrupts_ & must_cancel) != 0) {
    finish_unstarted();
    return;
  }
  state_ = state::running;
  do {
    nested_starts_ = 0;
    std::exchange(resume_point_, nullptr)->frame().resume();
  } while (state_ == state::running && resume_point_ != nullptr);
  OURO_ASSERT(state_ != state::running);  // suspended by something that is not a waiter
}

/// Returns whether the task has ended; then it may be gone.
template <class Before>
inline bool task_base::run_step(Before before) noexcept {
  task_base* const outer_task = std::exchange(current_, this);
  context_slot* const outer_context = context_slot::exchange_current(&context_);
  before();
  step();
  const bool finished = state_ == state::finished;
  if (finished) resume_point_->frame().destroy();
  context_slot::exchange_current(outer_context);
  current_ = outer_task;
  if (finished) finish();
  return finished;
}

void task_base::run() noexcept {
  if (loop_->get_task_hooks() != nullptr) [[unlikely]]
    return run_watched();
  run_step([] {});
}

[[gnu::cold]] void task_base::run_watched() noexcept {
  const task_handle<> self{intrusive_ptr<task_base>(this)};
  const bool finished = run_step([&] {
    if (task_hooks* hooks = loop_->get_task_hooks()) hooks->on_step(self);
  });
  task_hooks* hooks = loop_->get_task_hooks();
  if (!finished && hooks != nullptr) hooks->on_suspend(self);
}

void task_base::finish_unstarted() noexcept {
  interrupts_ = 0;
  if (extras_ != nullptr && !extras_->cancel_message.empty()) {
    error_ = std::make_exception_ptr(cancelled_error(extras_->cancel_message));
  }
  result_ = outcome::cancelled;
  state_ = state::finished;
}

void task_base::finish() noexcept {
  if ((interrupts_ & must_cancel) != 0 && result_ == outcome::value) {
    discard_result();
    finish_unstarted();
  }
  leave_loop();
}

void task_base::leave_loop() noexcept {
  resume_point_ = nullptr;
  unlink();
  complete(result_);
  if (task_hooks* hooks = loop_->get_task_hooks()) [[unlikely]] {
    hooks->on_done(task_handle<>{intrusive_ptr<task_base>(this)});
  }
  drop_reference();
}

// From the innermost outwards, one by one: a deep chain must not need a deep stack.
void task_base::destroy_frames() noexcept {
  task_base* const outer = std::exchange(current_, this);
  for (promise_base* frame = resume_point_; frame != nullptr;) {
    promise_base* const parent = frame->parent();
    if (!frame->is_root()) frame->child()->forget_frame();
    frame->frame().destroy();
    frame = parent;
  }
  current_ = outer;
}

void task_base::abandon_all(event_loop& closing) noexcept {
  while (!closing.tasks().empty()) closing.tasks().front().abandon();
}

void task_base::abandon() noexcept {
  exception_context report;
  const std::string own_name = name();
  const task_handle<> self{intrusive_ptr<task_base>(this)};
  report.message = "Task was destroyed but it is pending!";
  report.task = &self;
  report.name = own_name;
  report.place = place_;
  report_loss(loop_, report);
  if (waiter* blocked_on = std::exchange(blocked_on_, nullptr)) blocked_on->detach();
  if (queued()) loop_->forget_ready(*this);
  destroy_frames();
  state_ = state::finished;
  result_ = outcome::cancelled;
  leave_loop();
}

void task_base::report_never_retrieved() noexcept {
  const future<> self{intrusive_ptr<future_base>(this)};
  const std::string own_name = name();
  exception_context report;
  report.message = "Task exception was never retrieved";
  report.exception = error_;
  report.future = &self;
  report.name = own_name;
  report.place = place_;
  report_loss(loop_, report);
}

}  // namespace ouro::inline v0::detail
