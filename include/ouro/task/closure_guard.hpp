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

/// Of a function that is given a `Body` to take over.
template <class Body>
consteval void refuse_if_destroyed_twice() {
  static_assert(
      !is_destroyed_twice<Body>(),
      "g++ 12 destroys what this lambda captures by value twice: capture by reference, or "
      "give the lambda a name and pass that");
}

}  // namespace ouro::inline v0::detail
