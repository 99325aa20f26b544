// SPDX-License-Identifier: BSL-1.0
//
// A temporary lambda that captures something with a destructor, in an expression with co_await.
#include "quirk.hpp"

template <class Function>
quirk::pause<int> operation(Function function) {
  return quirk::pause<int>(function());
}

quirk::coroutine run() {
  quirk::counted owner;
  co_await operation([owner] { return 1; });
}

int main() {
  run();
  return quirk::alive == 0 ? 0 : 1;
}
