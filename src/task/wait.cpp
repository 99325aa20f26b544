// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/wait.hpp"

#include <stdexcept>

namespace ouro::inline v0::detail {

void wait_core::check(std::size_t count, const wait_options& options) {
  if (count == 0) throw std::invalid_argument("wait() needs at least one task or future");
  switch (options.return_when) {
    case all_completed:
    case first_completed:
    case first_exception:
      return;
  }
  throw std::invalid_argument("wait(): unknown value of return_when");
}

bool wait_core::start(const await_point& at, std::size_t count) {
  if (!begin_wait(at)) return false;
  entries_ = owned_array<entry>(count);
  left_ = count;
  for (std::size_t i = 0; i < count; ++i) entries_[i].set_owner(this);
  if (options_.timeout) {
    event_loop& loop = task()->loop();
    loop.schedule_timer(*this, saturating_add(loop.time(), *options_.timeout));
  }
  return true;
}

void wait_core::stop() noexcept {
  if (scheduled()) task()->loop().cancel_timer(*this);
  if (queued()) task()->loop().forget_ready(*this);
  entries_ = {};
}

void wait_core::on_child_done(done_entry& child) noexcept {
  --left_;
  if (!parked()) return;
  const bool over = left_ == 0 || options_.return_when == first_completed ||
                    (options_.return_when == first_exception && child.child().failed());
  if (!over) return;
  if (scheduled()) task()->loop().cancel_timer(*this);
  wake();
}

}  // namespace ouro::inline v0::detail
