// SPDX-License-Identifier: BSL-1.0
// A coroutine that nobody awaits does nothing.
// g++: ignoring returned value of type .ouro::v0::task<int>.
// clang: ignoring return value of function declared with 'nodiscard'
#include <ouro/ouro.hpp>

using namespace std::chrono_literals;

ouro::task<int> work() { co_return 1; }

ouro::task<> wrong() {
  work();
  co_return;
}
