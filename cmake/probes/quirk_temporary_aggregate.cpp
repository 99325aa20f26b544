// SPDX-License-Identifier: BSL-1.0
//
// A temporary aggregate with a member that has a destructor, in an expression with co_await.
#include "quirk.hpp"

struct options {
  int number = 0;
  quirk::counted owner = {};
};

quirk::pause<int> operation(options given) { return quirk::pause<int>(given.number); }

quirk::coroutine run() { co_await operation({.number = 1, .owner = quirk::counted()}); }

int main() {
  run();
  return quirk::alive == 0 ? 0 : 1;
}
