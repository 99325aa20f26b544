// SPDX-License-Identifier: BSL-1.0
//
// auto [a, b] = co_await of a tuple, in a loop.
#include "quirk.hpp"

#include <tuple>

using two = std::tuple<quirk::counted, quirk::counted>;

quirk::coroutine run() {
  for (int i = 0; i < 3; ++i) {
    auto [first, second] = co_await quirk::pause<two>(two());
    static_cast<void>(first);
    static_cast<void>(second);
  }
}

int main() {
  run();
  return quirk::alive == 0 ? 0 : 1;
}
