// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace ouro::inline v0::detail {

void assertion_failed(const char* condition, const char* file, unsigned line) noexcept {
  std::fprintf(stderr, "ouro: %s:%u: broken promise: %s\n", file, line, condition);
  std::abort();
}

}  // namespace ouro::inline v0::detail
