// SPDX-License-Identifier: BSL-1.0
// co_await was forgotten.
// g++: ignoring return value of .*sleep
// clang: ignoring return value of function declared with 'nodiscard'
#include <ouro/ouro.hpp>

using namespace std::chrono_literals;

ouro::task<int> work() { co_return 1; }

ouro::task<> wrong() {
  ouro::sleep(1s);
  co_return;
}
