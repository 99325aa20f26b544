// SPDX-License-Identifier: BSL-1.0
//
// An aggregate with a co_await inside its braces.
#include "quirk.hpp"

struct pair {
  quirk::counted first;
  int second;
};

int use(const pair& given) { return given.second; }

quirk::coroutine run() {
  use(pair{.first = quirk::counted(), .second = co_await quirk::pause<int>(1)});
}

int main() {
  run();
  return quirk::alive == 0 ? 0 : 1;
}
