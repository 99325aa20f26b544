// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/loop/fwd.hpp"

#include <concepts>
#include <type_traits>
#include <utility>

namespace ouro::inline v0 {
namespace detail {

template <class T>
concept has_member_co_await = requires(T&& value) { static_cast<T&&>(value).operator co_await(); };
template <class T>
concept has_free_co_await = requires(T&& value) { operator co_await(static_cast<T&&>(value)); };
template <class T>
concept awaiter = requires(std::remove_reference_t<T>& value) {
  { value.await_ready() } -> std::convertible_to<bool>;
  value.await_resume();
};

template <class T>
decltype(auto) get_awaiter(T&& value) {
  if constexpr (has_member_co_await<T>) {
    return static_cast<T&&>(value).operator co_await();
  } else if constexpr (has_free_co_await<T>) {
    return operator co_await(static_cast<T&&>(value));
  } else {
    return static_cast<T&&>(value);
  }
}

template <class T>
inline constexpr bool is_coroutine = false;
template <class T>
inline constexpr bool is_coroutine<task<T>> = true;

template <class T>
inline constexpr bool is_future = false;
template <class T>
inline constexpr bool is_future<future<T>> = true;
template <class T>
inline constexpr bool is_future<task_handle<T>> = true;

}  // namespace detail

/// What can be co_awaited in a task.
template <class T>
concept awaitable =
    detail::has_member_co_await<T> || detail::has_free_co_await<T> || detail::awaiter<T>;

/// What cannot: the mistake that the deleted overloads beside the functions of this layer catch.
template <class T>
concept not_awaitable = !awaitable<T>;

/// What co_await of a `T` gives.
template <awaitable T>
using await_result_t = decltype(detail::get_awaiter(std::declval<T>()).await_resume());

/// Whether `x` is a coroutine that has not run. asyncio: iscoroutine().
template <class T>
constexpr bool iscoroutine(const T&) noexcept {
  return detail::is_coroutine<T>;
}

/// Whether `x` is a future or a task. asyncio: isfuture().
template <class T>
constexpr bool isfuture(const T&) noexcept {
  return detail::is_future<T>;
}

}  // namespace ouro::inline v0
