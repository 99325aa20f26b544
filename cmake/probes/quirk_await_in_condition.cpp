// SPDX-License-Identifier: BSL-1.0
//
// A co_await behind `false &&` in the condition of a loop, as Catch2 2 writes CHECK(co_await x).
#include "quirk.hpp"

int awaited = 0;

quirk::pause<bool> operation() {
  ++awaited;
  return quirk::pause<bool>(true);
}

quirk::coroutine run() {
  do {
  } while (false && static_cast<bool>(co_await operation()));
}

int main() {
  run();
  return awaited == 0 ? 0 : 1;
}
