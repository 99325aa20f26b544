// SPDX-License-Identifier: BSL-1.0
//
// A braced list in an expression with co_await. The trap is that it does not compile.
#include "quirk.hpp"

#include <vector>

quirk::pause<int> operation(const std::vector<int>& given) {
  return quirk::pause<int>(static_cast<int>(given.size()));
}

quirk::coroutine run(int& size) { size = co_await operation(std::vector<int>{1, 2}); }

int main() {
  int size = 0;
  run(size);
  return size == 2 ? 0 : 1;
}
