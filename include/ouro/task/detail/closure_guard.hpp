// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>
#include <type_traits>

namespace ouro::inline v0::detail {

/// Whether a temporary `Body` in an expression with `co_await` would be destroyed twice: a lambda
/// that captures something with a destructor by value, compiled by g++ 12 (docs/compilers.md).
template <class Body>
consteval bool is_destroyed_twice() {
#if defined(__GNUC__) && !defined(__clang__) && __GNUC__ < 13
  if (std::is_lvalue_reference_v<Body> || std::is_trivially_destructible_v<Body>) return false;
  const std::string_view name = __PRETTY_FUNCTION__;  // … [with Body = f()::<lambda()>]
  return name.find("<lambda(") != std::string_view::npos && name.ends_with(">]") &&
         !name.ends_with("> >]");
#else
  return false;
#endif
}

}  // namespace ouro::inline v0::detail
