// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/errors.hpp"
#include "ouro/task/task.hpp"
#include "ouro/testing/isolated_asyncio_test_case.hpp"
#include "ouro/testing/run_isolated.hpp"

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <exception>
#include <string>
#include <vector>

namespace ouro::inline v0::testing {

/// Tells Catch2 what was wrong: what was thrown by rethrowing it, the rest as failures.
inline void report_to_catch(const std::vector<problem>& problems) {
  std::exception_ptr thrown;
  for (const problem& each : problems) {
    if (each.exception && !thrown) {
      thrown = each.exception;
      UNSCOPED_INFO(each.text);
    } else {
      FAIL_CHECK(each.text);
    }
  }
  if (!thrown) return;
  try {
    std::rethrow_exception(thrown);
  } catch (const cancelled_error& cancelled) {  // Catch2 could not tell what it is
    FAIL(std::string("the test was cancelled ") + cancelled.message());
  }
}

}  // namespace ouro::inline v0::testing

#define OURO_TEST_DETAIL_JOIN2(a, b) a##b
#define OURO_TEST_DETAIL_JOIN(a, b) OURO_TEST_DETAIL_JOIN2(a, b)
#define OURO_TEST_DETAIL_CASE(body, ...)                                      \
  static ::ouro::task<> body();                                               \
  TEST_CASE(__VA_ARGS__) {                                                    \
    ::ouro::testing::report_to_catch(::ouro::testing::run_isolated(&(body))); \
  }                                                                           \
  static ::ouro::task<> body()
#define OURO_TEST_DETAIL_CASE_METHOD(name, fixture, ...)                                        \
  namespace {                                                                                   \
  struct name final : fixture {                                                                 \
    ::ouro::task<> test_body();                                                                 \
  };                                                                                            \
  }                                                                                             \
  TEST_CASE(__VA_ARGS__) {                                                                      \
    ::ouro::testing::report_to_catch(::ouro::testing::run_isolated_as<name>(&name::test_body)); \
  }                                                                                             \
  ::ouro::task<> name::test_body()

/// OURO_TEST_CASE("subject: a sentence that could be false", "[tags]") { … co_await … }
///
/// A coroutine as a test case of Catch2, version 2 or 3, run by run_isolated(): on a fresh loop
/// with a virtual clock, and it fails if it leaves anything behind. A body without any co_await
/// ends with co_return.
#define OURO_TEST_CASE(...) \
  OURO_TEST_DETAIL_CASE(OURO_TEST_DETAIL_JOIN(ouro_test_body_, __LINE__), __VA_ARGS__)

/// OURO_TEST_CASE_METHOD(fixture, "name", "[tags]") { … co_await … }
///
/// The same in a class that is derived from `fixture`, itself derived from
/// isolated_asyncio_test_case.
#define OURO_TEST_CASE_METHOD(fixture, ...)                                                  \
  OURO_TEST_DETAIL_CASE_METHOD(OURO_TEST_DETAIL_JOIN(ouro_test_fixture_, __LINE__), fixture, \
                               __VA_ARGS__)
