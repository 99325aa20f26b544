// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstddef>
#include <ostream>
#include <sstream>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace ouro::inline v0 {

namespace testing {

/// Equal to every argument. Python: unittest.mock.ANY.
struct any_argument {};
inline constexpr any_argument any{};

/// Stands in the record for an argument that cannot be copied. Only `any` is equal to it.
struct not_recorded {};

}  // namespace testing

namespace detail {

template <class T>
struct recorded_as {
  using type = std::conditional_t<std::copy_constructible<T>, T, testing::not_recorded>;
};
// What refers to text of the caller is copied.
template <>
struct recorded_as<std::string_view> {
  using type = std::string;
};
template <>
struct recorded_as<const char*> {
  using type = std::string;
};

/// What a mock keeps of an argument.
template <class T>
using recorded_t = typename recorded_as<std::decay_t<T>>::type;

template <class T>
recorded_t<T> record(const T& argument) {
  if constexpr (std::same_as<recorded_t<T>, testing::not_recorded>) {
    return {};
  } else {
    return recorded_t<T>(argument);
  }
}

template <class Recorded, class Expected>
bool same_argument(const Recorded& recorded, const Expected& expected) {
  if constexpr (std::same_as<Expected, testing::any_argument>) {
    return true;
  } else if constexpr (std::same_as<Recorded, testing::not_recorded>) {
    return std::same_as<Expected, testing::not_recorded>;
  } else {
    static_assert(
        requires { static_cast<bool>(recorded == expected); },
        "this argument cannot be compared: expect ouro::testing::any in its place");
    return static_cast<bool>(recorded == expected);
  }
}

template <class... Recorded, class... Expected>
bool same_arguments(const std::tuple<Recorded...>& recorded,
                    const std::tuple<Expected...>& expected) {
  static_assert(sizeof...(Recorded) == sizeof...(Expected),
                "the mock has another number of arguments");
  return [&]<std::size_t... At>(std::index_sequence<At...>) {
    return (same_argument(std::get<At>(recorded), std::get<At>(expected)) && ...);
  }
  (std::index_sequence_for<Recorded...>());
}

template <class T>
void print_argument(std::ostream& out, const T& value) {
  if constexpr (std::convertible_to<const T&, std::string_view>) {
    out << '"' << std::string_view(value) << '"';
  } else if constexpr (std::same_as<T, bool>) {
    out << (value ? "true" : "false");
  } else if constexpr (std::same_as<T, testing::any_argument>) {
    out << "any";
  } else if constexpr (requires { out << value; }) {
    out << value;
  } else {
    out << '?';
  }
}

template <class... Values>
std::string print_arguments(const std::tuple<Values...>& values) {
  std::ostringstream out;
  const char* separator = "(";
  std::apply(
      [&](const auto&... each) {
        ((out << std::exchange(separator, ", "), print_argument(out, each)), ...);
      },
      values);
  out << (sizeof...(Values) == 0 ? "()" : ")");
  return out.str();
}

}  // namespace detail
}  // namespace ouro::inline v0
