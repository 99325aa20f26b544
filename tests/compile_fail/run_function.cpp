// SPDX-License-Identifier: BSL-1.0
// message: pass the call of a coroutine function: run\(work\(\)\), not run\(work\)
#include <ouro/ouro.hpp>

using namespace std::chrono_literals;

ouro::task<int> work() { co_return 1; }

int wrong() { return ouro::run(work); }
