// SPDX-License-Identifier: BSL-1.0
// message: a coroutine runs once: move the task
#include <ouro/ouro.hpp>

using namespace std::chrono_literals;

ouro::task<int> work() { co_return 1; }

void wrong() {
  auto coroutine = work();
  ouro::create_task(coroutine);
}
