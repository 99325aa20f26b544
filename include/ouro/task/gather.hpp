// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/task/detail/gather_state.hpp"

#include <array>
#include <source_location>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace ouro::inline v0 {

/// First argument of gather(): failures become results.
struct return_exceptions_t {
  explicit return_exceptions_t() = default;
};
inline constexpr return_exceptions_t return_exceptions{};

namespace detail {

template <class Awaitable>
inline constexpr bool makes_task = !is_future<std::remove_cvref_t<Awaitable>>;

template <bool Collect, class... Awaitables>
auto gather_each(gather_mode mode, std::source_location place, Awaitables&&... awaitables) {
  using children = std::array<intrusive_ptr<future_base>, sizeof...(Awaitables)>;
  // Braces keep the children's order of creation.
  children made{ensure_future(std::forward<Awaitables>(awaitables)).state()...};
  auto build = []<std::size_t... I>(std::index_sequence<I...>) {
    return [](gather_core::entry* entries) {
      static_cast<void>(entries);
      if constexpr (Collect) {
        return std::tuple<result<gathered_t<child_value_t<Awaitables>>>...>(
            gathered_result<child_value_t<Awaitables>, makes_task<Awaitables>>(
                entries[I].child())...);
      } else {
        return std::tuple<gathered_t<child_value_t<Awaitables>>...>(
            gathered_value<child_value_t<Awaitables>, makes_task<Awaitables>>(
                entries[I].child())...);
      }
    };
  }(std::index_sequence_for<Awaitables...>());
  using value = decltype(build(nullptr));
  return start_gather<value>(mode, std::move(made), sizeof...(Awaitables), build, place);
}

template <bool Collect, class Awaitable>
auto gather_all(gather_mode mode, std::source_location place, std::vector<Awaitable> awaitables) {
  using T = child_value_t<Awaitable>;
  std::vector<intrusive_ptr<future_base>> children;
  children.reserve(awaitables.size());
  for (Awaitable& awaitable : awaitables) {
    children.push_back(ensure_future(std::move(awaitable)).state());
  }
  const std::size_t count = children.size();
  auto build = [count](gather_core::entry* entries) {
    using element = std::conditional_t<Collect, result<gathered_t<T>>, gathered_t<T>>;
    std::vector<element> values;
    values.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      if constexpr (Collect) {
        values.push_back(gathered_result<T, makes_task<Awaitable>>(entries[i].child()));
      } else {
        values.push_back(gathered_value<T, makes_task<Awaitable>>(entries[i].child()));
      }
    }
    return values;
  };
  return start_gather<decltype(build(nullptr))>(mode, std::move(children), count, build, place);
}

}  // namespace detail

/// Runs all of them at the same time and gives a future of their results, as a tuple in the order
/// of the arguments (std::monostate for void). Coroutines become tasks at once and start in the
/// next turn; futures and tasks are waited for, and their values copied.
///
/// The first failure, and so the cancellation of one child, leaves the gather at once; the others
/// go on. try_gather() and task groups do not leave anybody behind. A later failure is reported,
/// unless somebody reads it.
///
/// Cancellation: cancelling the gather, or the task that awaits it, cancels all children that are
/// not done. asyncio: gather().
template <awaitable... Awaitables>
[[nodiscard]] auto gather(Awaitables&&... awaitables) {
  return detail::gather_each<false>(detail::gather_mode::first_error,
                                    std::source_location::current(),
                                    std::forward<Awaitables>(awaitables)...);
}

template <class... Awaitables>
  requires(... || not_awaitable<Awaitables>)
void gather(Awaitables&&...) = delete;  // pass what can be awaited: work(), not work

/// As gather(), of any number of the same kind; gives a std::vector.
template <awaitable Awaitable>
[[nodiscard]] auto gather(std::vector<Awaitable> awaitables,
                          std::source_location place = std::source_location::current()) {
  return detail::gather_all<false>(detail::gather_mode::first_error, place, std::move(awaitables));
}

/// As gather(), but waits for all of them, and gives a result<T>, a value or the exception, for
/// each.
/// asyncio: gather(..., return_exceptions=True).
template <awaitable... Awaitables>
[[nodiscard]] auto gather(return_exceptions_t, Awaitables&&... awaitables) {
  return detail::gather_each<true>(detail::gather_mode::collect, std::source_location::current(),
                                   std::forward<Awaitables>(awaitables)...);
}
template <awaitable Awaitable>
[[nodiscard]] auto gather(return_exceptions_t, std::vector<Awaitable> awaitables,
                          std::source_location place = std::source_location::current()) {
  return detail::gather_all<true>(detail::gather_mode::collect, place, std::move(awaitables));
}

/// As gather(), but the first failure cancels the others, waits until they have ended, and is
/// thrown then. What else fails meanwhile is reported. asyncio has no counterpart.
template <awaitable... Awaitables>
[[nodiscard]] auto try_gather(Awaitables&&... awaitables) {
  return detail::gather_each<false>(detail::gather_mode::all_or_none,
                                    std::source_location::current(),
                                    std::forward<Awaitables>(awaitables)...);
}
template <awaitable Awaitable>
[[nodiscard]] auto try_gather(std::vector<Awaitable> awaitables,
                              std::source_location place = std::source_location::current()) {
  return detail::gather_all<false>(detail::gather_mode::all_or_none, place, std::move(awaitables));
}

}  // namespace ouro::inline v0
