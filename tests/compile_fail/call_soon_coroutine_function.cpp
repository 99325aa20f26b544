// SPDX-License-Identifier: BSL-1.0
// message: nobody would await the coroutine that this callback makes: use create_task\(\)
#include <ouro/ouro.hpp>

using namespace std::chrono_literals;

ouro::task<int> work() { co_return 1; }

void wrong(ouro::event_loop& loop) { loop.call_soon(work); }
