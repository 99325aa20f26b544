// SPDX-License-Identifier: BSL-1.0
// The value has to become what the task promises.
// g++: no matching function for call to .ouro::v0::detail::promise<int>::return_value
// clang: no matching member function for call to 'return_value'
#include <ouro/ouro.hpp>

using namespace std::chrono_literals;

ouro::task<int> work() { co_return 1; }

ouro::task<int> wrong() { co_return "one"; }
