// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <stdexcept>

namespace ouro::inline v0::testing {

/// An assert_… of this kit does not hold; the text says why. Every test framework reports it as an
/// exception of the test. Python: AssertionError.
class assertion_error : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

}  // namespace ouro::inline v0::testing
