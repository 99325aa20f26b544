// SPDX-License-Identifier: BSL-1.0
// message: pass what can be awaited: work\(\), not work
#include <ouro/ouro.hpp>

using namespace std::chrono_literals;

ouro::task<int> work() { co_return 1; }

ouro::task<> wrong() { co_await ouro::shield(work); }
