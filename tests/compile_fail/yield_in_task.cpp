// SPDX-License-Identifier: BSL-1.0
// message: a task gives one value, and that with co_return
#include <ouro/ouro.hpp>

using namespace std::chrono_literals;

ouro::task<int> work() { co_return 1; }

ouro::task<> wrong() { co_yield 5; }
