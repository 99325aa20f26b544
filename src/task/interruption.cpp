// SPDX-License-Identifier: BSL-1.0
// How a request to cancel and an expired deadline scope reach a task.
#include "ouro/task/deadline_scope.hpp"
#include "ouro/task/detail/task_base.hpp"
#include "ouro/task/waiter.hpp"

namespace ouro::inline v0::detail {

bool task_base::cancel(std::string_view message, cancel_mode mode) noexcept {
  if (done() || state_ == state::finished) return false;
  ++cancel_requests_;
  if (!message.empty() || extras_ != nullptr) extras().cancel_message = message;
  if (extras_ != nullptr && extras_->observer) extras_->observer->cancel_requested();
  if (state_ != state::blocked) {
    interrupts_ |= must_cancel;
    return true;
  }
  interrupts_ |= aborted_by_cancel;
  interrupts_ &= static_cast<std::uint8_t>(~aborted_by_scope);
  if (!blocked_on_->abort(mode)) {
    interrupts_ &= static_cast<std::uint8_t>(~aborted_by_cancel);
    interrupts_ |= must_cancel;
  }
  return true;
}

int task_base::uncancel() noexcept {
  if (cancel_requests_ > 0 && --cancel_requests_ == 0) {
    interrupts_ &= static_cast<std::uint8_t>(~must_cancel);
  }
  return cancel_requests_;
}

void task_base::scope_expired() noexcept {
  interrupts_ |= expired;
  if (state_ != state::blocked) return;
  const bool cancelled_already = (interrupts_ & aborted_by_cancel) != 0;
  if (!cancelled_already) interrupts_ |= aborted_by_scope;
  if (!blocked_on_->abort(cancel_mode::join) && !cancelled_already) {
    interrupts_ &= static_cast<std::uint8_t>(~aborted_by_scope);
  }
}

void task_base::refresh_expired() noexcept {
  interrupts_ &= static_cast<std::uint8_t>(~expired);
  for (deadline_scope* scope = innermost_scope(); scope != nullptr; scope = scope->outer()) {
    if (scope->expired()) interrupts_ |= expired;
  }
}

void task_base::forward_pending() noexcept {
  if ((interrupts_ & must_cancel) != 0) {
    interrupts_ |= aborted_by_cancel;
    if (future_base* awaited = blocked_on_->awaited(); awaited->cancel(cancel_message())) {
      interrupts_ &= static_cast<std::uint8_t>(~must_cancel);
    } else {
      interrupts_ &= static_cast<std::uint8_t>(~aborted_by_cancel);
    }
  } else if ((interrupts_ & expired) != 0) {
    scope_expired();
  }
}

task_base::interruption task_base::take_interruption() noexcept {
  const std::uint8_t were = interrupts_;
  interrupts_ &= expired;  // stays while the scope is open
  if ((were & (must_cancel | aborted_by_cancel)) != 0) return interruption::cancel;
  return were != 0 ? interruption::deadline : interruption::none;
}

// Throws by itself: each function between the throw and the coroutine costs the unwinder two
// visits.
void task_base::throw_interruption() {
  if (take_interruption() != interruption::cancel) throw_expired();
  if (extras_ == nullptr) throw cancelled_error{};
  throw cancelled_error(extras_->cancel_message);
}

// Cancel beats a result that was not delivered yet; after a request was passed on, its outcome
// decides.
void task_base::settle_interrupted(const future_base& awaited) {
  const std::uint8_t were = interrupts_;
  interrupts_ &= expired;
  if ((were & must_cancel) != 0) throw_cancelled();
  if (awaited.cancelled() && (were & aborted_by_scope) != 0) throw_expired();
}

void task_base::throw_cancelled() {
  if (extras_ == nullptr) throw cancelled_error{};
  throw cancelled_error(extras_->cancel_message);
}

void task_base::throw_expired() {
  deadline_scope* outermost = nullptr;
  for (deadline_scope* scope = innermost_scope(); scope != nullptr; scope = scope->outer()) {
    if (scope->expired()) outermost = scope;
  }
  OURO_ASSERT(outermost != nullptr);
  outermost->throw_timeout();
}

}  // namespace ouro::inline v0::detail
