// SPDX-License-Identifier: BSL-1.0
// Coroutines as test cases, each on a fresh loop with a virtual clock. At the end of each nothing
// may be left: no task, timer, request, file descriptor or pooled block, and no report that was not
// looked at.
#pragma once

#include "ouro/loop/event_loop.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/task.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/virtual_clock.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace test {

using namespace std::chrono_literals;

/// The clock of the test that runs.
virtual_clock& clock();

/// What went to the exception handler since the last call, as "message | name | exception", and
/// forgets it. A test that expects no loss need not call this: anything left over fails it.
std::vector<std::string> take_reports();

/// Open file descriptors of this process.
std::size_t open_fds();

/// Runs `body` as a test.
void run_case(ouro::task<> (*body)());

/// Lets everything that is ready run, `turns` times.
ouro::task<> settle(int turns = 5);

}  // namespace test

#define OURO_TEST_JOIN2(a, b) a##b
#define OURO_TEST_JOIN(a, b) OURO_TEST_JOIN2(a, b)
#define OURO_TEST_CASE_AS(body, ...)                    \
  static ouro::task<> body();                           \
  TEST_CASE(__VA_ARGS__) { ::test::run_case(&(body)); } \
  static ouro::task<> body()

/// OURO_TEST_CASE("subject: a sentence that could be false", "[tags]") { … co_await … }
/// A body without any co_await ends with co_return.
#define OURO_TEST_CASE(...) \
  OURO_TEST_CASE_AS(OURO_TEST_JOIN(ouro_test_body_, __LINE__), __VA_ARGS__)
