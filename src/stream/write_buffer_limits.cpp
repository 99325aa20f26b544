// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/write_buffer_limits.hpp"

#include <algorithm>
#include <stdexcept>

namespace ouro::inline v0::detail {

write_buffer_limits resolve(const write_buffer_limits_options& options) {
  write_buffer_limits limits;
  if (options.high) {
    limits.high = *options.high;
  } else if (options.low) {
    limits.high = 4 * *options.low;
  }
  limits.low = options.low.value_or(limits.high / 4);
  limits.cap = options.cap.value_or(std::max(limits.cap, limits.high));
  if (limits.low > limits.high || limits.high > limits.cap) {
    throw std::invalid_argument("the limits of a write buffer must be low <= high <= cap");
  }
  return limits;
}

}  // namespace ouro::inline v0::detail
