// SPDX-License-Identifier: BSL-1.0
// A number cannot be awaited.
// g++: awaitable type .int. is not a structure
// clang: base type 'int' is not a structure
#include <ouro/ouro.hpp>

using namespace std::chrono_literals;

ouro::task<int> work() { co_return 1; }

ouro::task<> wrong() { co_await 5; }
