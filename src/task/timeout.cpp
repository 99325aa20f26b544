// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/timeout.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/task/detail/report.hpp"

namespace ouro::inline v0 {

void timeout_scope::enter() {
  if (state_ != state::created) {
    detail::throw_usage_error("this timeout_scope has been used already: make a new one");
  }
  task_ = &detail::task_base::current();
  cancelling_before_ = task_->cancelling();
  state_ = state::entered;
  if (limit_) when_ = detail::saturating_add(task_->loop().time(), *limit_);
  arm();
}

void timeout_scope::arm() {
  if (!when_) return;
  event_loop& loop = task_->loop();
  if (*when_ <= loop.time()) {
    loop.make_ready(*this);
  } else {
    loop.schedule_timer(*this, *when_);
  }
}

void timeout_scope::disarm() noexcept {
  if (scheduled()) task_->loop().cancel_timer(*this);
  if (queued()) task_->loop().forget_ready(*this);
}

void timeout_scope::reschedule(std::optional<time_point> when) {
  if (state_ == state::created && task_ == nullptr) {
    detail::throw_usage_error("a timeout_scope is rescheduled inside its timeout() block");
  }
  if (state_ != state::entered) {
    detail::throw_usage_error("this timeout has ended or expired: it cannot be rescheduled");
  }
  disarm();
  when_ = when;
  arm();
}

void timeout_scope::run() noexcept {
  state_ = state::expiring;
  task_->cancel({});
}

bool timeout_scope::leave(bool cancelled) noexcept {
  disarm();
  if (state_ != state::expiring) {
    state_ = state::exited;
    return false;
  }
  state_ = state::expired;
  if (task_->uncancel() > cancelling_before_)
    return false;  // somebody else wants it cancelled, too
  task_->withdraw_cancel();
  return cancelled;
}

void timeout_scope::throw_timeout(const char* operation, const std::source_location& place) const {
  detail::throw_timeout(operation, limit_, place);
}

}  // namespace ouro::inline v0
