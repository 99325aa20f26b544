// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/deadline_scope.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/task/detail/report.hpp"

namespace ouro::inline v0 {
namespace {

detail::task_base& owning_task() {
  detail::task_base* task = detail::task_base::current_or_null();
  if (task == nullptr) {
    detail::throw_usage_error("a deadline scope belongs to a task: make it inside a coroutine");
  }
  return *task;
}

std::optional<time_point> deadline_after(const optional_duration& limit) {
  if (!limit) return std::nullopt;
  return detail::saturating_add(owning_task().loop().time(), *limit);
}

}  // namespace

deadline_scope::deadline_scope(std::optional<time_point> when, const char* operation,
                               std::optional<duration> limit, std::source_location place)
    : task_(owning_task()),
      outer_(task_.innermost_scope()),
      when_(when),
      limit_(limit),
      operation_(operation),
      place_(place) {
  arm();
  task_.extras().innermost_scope = this;
  if (expired_) task_.scope_expired();
}

deadline_scope::~deadline_scope() {
  disarm();
  OURO_ASSERT(task_.innermost_scope() == this);  // scopes end in the reverse order of their making
  task_.extras().innermost_scope = outer_;
  if (expired_) task_.refresh_expired();
}

void deadline_scope::arm() {
  if (!when_) return;
  if (*when_ <= task_.loop().time()) {
    expired_ = true;
  } else {
    task_.loop().schedule_timer(*this, *when_);
  }
}

void deadline_scope::disarm() noexcept {
  if (scheduled()) task_.loop().cancel_timer(*this);
  if (queued()) task_.loop().forget_ready(*this);
}

void deadline_scope::reschedule(std::optional<time_point> when) {
  if (expired_) detail::throw_usage_error("this deadline has expired: it cannot be rescheduled");
  disarm();
  when_ = when;
  arm();
  if (expired_) task_.scope_expired();
}

void deadline_scope::run() noexcept {
  expired_ = true;
  task_.scope_expired();
}

void deadline_scope::throw_timeout() const {
  detail::throw_timeout(operation_, limit_, place_, this);
}

fail_after::fail_after(optional_duration limit, std::source_location place)
    : deadline_scope(deadline_after(limit), "fail_after", limit, place) {}

}  // namespace ouro::inline v0
