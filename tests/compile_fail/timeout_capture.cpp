// SPDX-License-Identifier: BSL-1.0
// g++ 12 only; elsewhere such a lambda is fine.
// compilers: GNU-12
// message: g\+\+ 12 destroys what this lambda captures by value twice
#include <ouro/ouro.hpp>

using namespace std::chrono_literals;

ouro::task<int> work() { co_return 1; }

ouro::task<> wrong(std::string text) {
  co_await ouro::timeout(1s, [text]() -> ouro::task<> { co_return; });
}
