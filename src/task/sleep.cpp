// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/sleep.hpp"

namespace ouro::inline v0::detail {

bool sleep_operation::start(const await_point& at) {
  task_base& current = task_base::current();
  event_loop& loop = current.loop();
  if (absolute_ && when_ <= loop.time()) {
    set_task(current);
    current.yield(at);
    return true;
  }
  if (!begin_wait(at)) return false;
  loop.schedule_timer(*this, absolute_ ? when_ : saturating_add(loop.time(), delay_));
  return true;
}

void sleep_operation::leave() noexcept {
  if (scheduled()) task()->loop().cancel_timer(*this);
}

void sleep_operation::detach() noexcept {
  leave();
  if (queued()) task()->loop().forget_ready(*this);
}

}  // namespace ouro::inline v0::detail
