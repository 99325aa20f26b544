// SPDX-License-Identifier: BSL-1.0
// A time-out in options has a unit, as every time.
// g++: could not convert .*wait_options
// clang: no viable conversion from 'int' to 'optional_duration'
#include <ouro/ouro.hpp>

ouro::wait_options wrong() { return {.timeout = 1}; }
