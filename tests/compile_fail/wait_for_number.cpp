// SPDX-License-Identifier: BSL-1.0
// message: give the time a unit: wait_for\(work\(\), 1s\)
#include <ouro/ouro.hpp>

using namespace std::chrono_literals;

ouro::task<int> work() { co_return 1; }

ouro::task<> wrong() { co_await ouro::wait_for(work(), 1); }
