// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

namespace ouro::inline v0::detail {

/// Whether a copy of a T compiles. The standard trait says yes for a container of things that
/// cannot be copied.
template <class T>
inline constexpr bool is_copyable = std::is_copy_constructible_v<T>;
template <class T>
  requires requires {
    typename T::value_type;
    typename T::allocator_type;
  }
inline constexpr bool is_copyable<T> = is_copyable<typename T::value_type>;
template <class... Ts>
inline constexpr bool is_copyable<std::tuple<Ts...>> = (is_copyable<Ts> && ...);
template <class... Ts>
inline constexpr bool is_copyable<std::variant<Ts...>> = (is_copyable<Ts> && ...);
template <class A, class B>
inline constexpr bool is_copyable<std::pair<A, B>> = is_copyable<A> && is_copyable<B>;
template <class T>
inline constexpr bool is_copyable<std::optional<T>> = is_copyable<T>;

}  // namespace ouro::inline v0::detail
