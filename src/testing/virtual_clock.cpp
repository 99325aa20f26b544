// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/virtual_clock.hpp"

#include "ouro/base/errors.hpp"

#include <algorithm>

namespace ouro::inline v0::testing {

void virtual_clock::pass(duration span) {
  if (span < duration::zero()) {
    detail::throw_usage_error("virtual_clock::pass(): time does not run backwards");
  }
  now_ = detail::saturating_add(now_, span);
}

bool virtual_clock::advance_to(time_point deadline) noexcept {
  const bool allowed =
      autojump_ || std::any_of(permits_.begin(), permits_.end(),
                               [&](time_point limit) { return deadline <= limit; });
  if (!allowed) return false;
  now_ = std::max(now_, deadline);
  return true;
}

virtual_clock::permit::permit(virtual_clock& clock, time_point limit)
    : clock_(clock), limit_(limit) {
  clock_.permits_.push_back(limit_);
}

virtual_clock::permit::~permit() {
  clock_.permits_.erase(std::find(clock_.permits_.begin(), clock_.permits_.end(), limit_));
}

virtual_clock& current_clock() {
  auto* clock = dynamic_cast<virtual_clock*>(get_running_loop().get_time_source());
  if (clock == nullptr) {
    detail::throw_usage_error(
        "this loop has no virtual clock: use OURO_TEST_CASE(), run_isolated(), or give it one with "
        "event_loop_options::clock");
  }
  return *clock;
}

}  // namespace ouro::inline v0::testing
