// SPDX-License-Identifier: BSL-1.0
// message: make tasks of them first
#include <ouro/ouro.hpp>

using namespace std::chrono_literals;

ouro::task<int> work() { co_return 1; }

ouro::task<> wrong() { co_await ouro::wait(std::vector<ouro::task<int>>{}); }
