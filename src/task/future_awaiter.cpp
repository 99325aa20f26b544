// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/detail/future_awaiter.hpp"

namespace ouro::inline v0::detail {
namespace {

/// Whether `task` waits, directly or through other tasks, for `end`.
bool waits_for(const future_base* awaited, const task_base& end) noexcept {
  while (awaited != nullptr && awaited->is_task()) {
    if (awaited == &end) return true;
    const waiter* next = static_cast<const task_base*>(awaited)->blocked_on();
    awaited = next == nullptr ? nullptr : next->awaited();
  }
  return false;
}

}  // namespace

void future_wait::check_awaitable() const {
  const task_base& task = task_base::current();
  if (&task.loop() != &state_->loop()) {
    throw_usage_error("Task got Future attached to a different loop: await it on its own loop");
  }
  if (!state_->is_task()) return;
  if (state_.get() == &task) throw_usage_error("Task cannot await on itself");
  if (waits_for(state_.get(), task)) {
    throw_usage_error("Task cannot await a task that waits for it: neither could ever end");
  }
}

bool future_wait::abort(cancel_mode mode) noexcept {
  return state_->cancel(task()->cancel_message(), mode);
}

}  // namespace ouro::inline v0::detail
