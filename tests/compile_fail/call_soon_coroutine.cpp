// SPDX-License-Identifier: BSL-1.0
// message: create_task\(\) schedules a coroutine
#include <ouro/ouro.hpp>

using namespace std::chrono_literals;

ouro::task<int> work() { co_return 1; }

void wrong(ouro::event_loop& loop) { loop.call_soon(work()); }
