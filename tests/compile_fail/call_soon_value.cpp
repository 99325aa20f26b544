// SPDX-License-Identifier: BSL-1.0
// A callback is a function without parameters.
// g++: required for the satisfaction of .invocable<Function>. .with Function = int.
// clang: because 'std::invocable<int>' evaluated to false|because 'is_invocable_v<int>' evaluated
// to false
#include <ouro/ouro.hpp>

using namespace std::chrono_literals;

ouro::task<int> work() { co_return 1; }

void wrong(ouro::event_loop& loop) { loop.call_soon(5); }
