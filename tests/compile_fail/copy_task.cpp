// SPDX-License-Identifier: BSL-1.0
// message: a coroutine runs once: move the task
#include <ouro/ouro.hpp>

using namespace std::chrono_literals;

ouro::task<int> work() { co_return 1; }

ouro::task<> wrong() {
  auto first = work();
  auto second = first;
  co_await std::move(second);
}
