// SPDX-License-Identifier: BSL-1.0
// message: give the time a unit: timeout\(1s, body\)
#include <ouro/ouro.hpp>

using namespace std::chrono_literals;

ouro::task<int> work() { co_return 1; }

ouro::task<> wrong() { co_await ouro::timeout(1, work); }
