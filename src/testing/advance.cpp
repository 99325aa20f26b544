// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/advance.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/testing/settle.hpp"
#include "ouro/testing/virtual_clock.hpp"

namespace ouro::inline v0::testing {

task<> advance(duration span) {
  if (span < duration::zero()) {
    detail::throw_usage_error("advance(): time does not run backwards");
  }
  virtual_clock& clock = current_clock();
  const time_point target = detail::saturating_add(clock.now(), span);
  const virtual_clock::permit permit(clock, target);
  if (span > duration::zero()) co_await sleep_until(target);
  co_await settle();
}

}  // namespace ouro::inline v0::testing
