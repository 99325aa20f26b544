// SPDX-License-Identifier: BSL-1.0
// A function that is no coroutine gives nothing to await.
// g++: awaitable type .void. is not a structure
// clang: base type 'void' is not a structure
#include <ouro/ouro.hpp>

using namespace std::chrono_literals;

ouro::task<int> work() { co_return 1; }

void plain();
ouro::task<> wrong() { co_await plain(); }
