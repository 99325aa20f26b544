// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/exception_group.hpp"

#include "ouro/base/errors.hpp"

#include "tests/support/catch.hpp"

#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

template <class Exception>
std::exception_ptr pointer_to(const Exception& exception) {
  return std::make_exception_ptr(exception);
}

/// A group of what is given.
template <class... Exceptions>
ouro::exception_group group_of(const char* message, const Exceptions&... exceptions) {
  return {message, std::vector<std::exception_ptr>{pointer_to(exceptions)...}};
}

/// The shape of a group, such as "outer[std::domain_error: a, inner[int]]".
std::string shape_of(const ouro::exception_group& group) {
  std::string text = group.message() + "[";
  for (const auto& error : group.exceptions()) {
    if (text.back() != '[') text += ", ";
    try {
      std::rethrow_exception(error);
    } catch (const ouro::exception_group& nested) {
      text += shape_of(nested);
    } catch (...) {
      text += ouro::detail::describe(error);
    }
  }
  return text + "]";
}

std::string shape_of(const std::optional<ouro::exception_group>& group) {
  return group ? shape_of(*group) : "none";
}

}  // namespace

TEST_CASE("exception_group: of nothing is an invalid_argument", "[base][exception_group]") {
  CHECK_THROWS_AS(ouro::exception_group("empty", {}), std::invalid_argument);
}

TEST_CASE("exception_group: keeps message and order", "[base][exception_group]") {
  const auto group = group_of("several", std::domain_error("a"), 7, std::range_error("b"));

  CHECK(group.message() == "several");
  CHECK(shape_of(group) == "several[std::domain_error: a, int, std::range_error: b]");
}

TEST_CASE("exception_group: what() counts and lists", "[base][exception_group]") {
  const auto two = group_of("several", std::domain_error("a"), std::range_error("b"));
  const auto one = group_of("one", std::domain_error("a"));

  CHECK(std::string(two.what()) ==
        "several (2 sub-exceptions): std::domain_error: a; std::range_error: b");
  CHECK(std::string(one.what()) == "one (1 sub-exception): std::domain_error: a");
}

TEST_CASE("exception_group: is caught as an exception", "[base][exception_group]") {
  CHECK_THROWS_AS(throw group_of("one", 1), std::exception);
}

TEST_CASE("exception_group: split() parts by type, derived types included",
          "[base][exception_group]") {
  const auto group =
      group_of("g", std::domain_error("a"), std::range_error("b"), 7, std::invalid_argument("c"));

  const auto [logic, rest] = group.split<std::logic_error>();

  CHECK(shape_of(logic) == "g[std::domain_error: a, std::invalid_argument: c]");
  CHECK(shape_of(rest) == "g[std::range_error: b, int]");
}

TEST_CASE("exception_group: split() gives nothing where nothing belongs",
          "[base][exception_group]") {
  const auto group = group_of("g", std::domain_error("a"));

  const auto [all, no_rest] = group.split<std::logic_error>();
  const auto [none, everything] = group.split<std::bad_alloc>();

  CHECK(shape_of(all) == "g[std::domain_error: a]");
  CHECK(shape_of(no_rest) == "none");
  CHECK(shape_of(none) == "none");
  CHECK(shape_of(everything) == "g[std::domain_error: a]");
}

TEST_CASE("exception_group: split() keeps the shape of nested groups", "[base][exception_group]") {
  const auto inner = group_of("inner", std::domain_error("a"), std::range_error("b"));
  const auto other = group_of("other", std::range_error("c"));
  const auto group = group_of("outer", inner, std::range_error("d"), other, 7);

  const auto [ranges, rest] = group.split<std::range_error>();

  CHECK(shape_of(ranges) ==
        "outer[inner[std::range_error: b], std::range_error: d, "
        "other[std::range_error: c]]");
  CHECK(shape_of(rest) == "outer[inner[std::domain_error: a], int]");
}

TEST_CASE("exception_group: split() by exception_group or above takes nested groups whole",
          "[base][exception_group]") {
  const auto group = group_of("outer", group_of("inner", 1), std::domain_error("a"), 2);

  const auto [groups, others] = group.split<ouro::exception_group>();
  const auto [standard, odd] = group.split<std::exception>();

  CHECK(shape_of(groups) == "outer[inner[int]]");
  CHECK(shape_of(others) == "outer[std::domain_error: a, int]");
  CHECK(shape_of(standard) == "outer[inner[int], std::domain_error: a]");
  CHECK(shape_of(odd) == "outer[int]");
}

TEST_CASE("exception_group: handle() calls for each, nested ones too, in order",
          "[base][exception_group]") {
  const auto group = group_of("outer", std::domain_error("a"),
                              group_of("inner", std::domain_error("b"), std::domain_error("c")));
  std::string seen;

  group.handle<std::logic_error>([&](const std::logic_error& error) { seen += error.what(); });

  CHECK(seen == "abc");
}

TEST_CASE("exception_group: handle() throws the rest as a group", "[base][exception_group]") {
  const auto group = group_of("outer", 1, group_of("inner", std::domain_error("a"), 2));
  std::string seen;
  std::string rest;

  try {
    group.handle<std::domain_error>([&](const std::domain_error& error) { seen = error.what(); });
  } catch (const ouro::exception_group& left) {
    rest = shape_of(left);
  }

  CHECK(seen == "a");
  CHECK(rest == "outer[int, inner[int]]");
}

TEST_CASE("exception_group: handle() without a match calls nothing and throws all",
          "[base][exception_group]") {
  const auto group = group_of("outer", 1);
  bool called = false;

  CHECK_THROWS_AS(group.handle<std::bad_alloc>([&](const std::bad_alloc&) { called = true; }),
                  ouro::exception_group);

  CHECK(!called);
}

TEST_CASE("exception_group: what the function of handle() throws goes out",
          "[base][exception_group]") {
  const auto group = group_of("outer", std::domain_error("a"), 1);

  CHECK_THROWS_AS(
      group.handle<std::domain_error>([](const std::domain_error&) { throw std::bad_alloc(); }),
      std::bad_alloc);
}
