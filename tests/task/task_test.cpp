// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/task.hpp"

#include "ouro/base/errors.hpp"

#include "tests/support/loop_test.hpp"

#include <memory>

using namespace std::chrono_literals;

namespace {

ouro::task<int> number(int value) { co_return value; }

ouro::task<int&> reference(int& value) { co_return value; }

ouro::task<std::unique_ptr<int>> move_only() { co_return std::make_unique<int>(5); }

ouro::task<int> fails() {
  throw std::runtime_error("broken");
  co_return 0;
}

}  // namespace

OURO_TEST_CASE("task: co_await gives the value", "[task]") {
  const int value = co_await number(7);
  CHECK(value == 7);
}

OURO_TEST_CASE("task: a reference result is the object itself", "[task]") {
  int value = 1;
  int& result = co_await reference(value);
  CHECK(&result == &value);
}

OURO_TEST_CASE("task: a move-only result arrives", "[task]") {
  const std::unique_ptr<int> result = co_await move_only();
  CHECK(*result == 5);
}

OURO_TEST_CASE("task: an exception comes out of the await", "[task][error]") {
  CHECK_THROWS_AS(co_await fails(), std::runtime_error);
}

OURO_TEST_CASE("task: awaiting an empty task is a usage_error", "[task][error]") {
  ouro::task<int> empty;
  CHECK_THROWS_AS(co_await empty, ouro::usage_error);
}

OURO_TEST_CASE("task: awaiting twice is a usage_error", "[task][error]") {
  auto once = number(3);
  const int first = co_await once;
  CHECK(first == 3);
  CHECK_THROWS_AS(co_await once, ouro::usage_error);
}

OURO_TEST_CASE("task: one that is never awaited is reported with its function's name", "[task]") {
  static_cast<void>(number(1));
  CHECK(test::take_reports() ==
        std::vector<std::string>{"coroutine 'number' was never awaited | number"});
  co_return;
}

OURO_TEST_CASE("task: close() ends it without a report", "[task]") {
  auto forgotten = number(1);
  forgotten.close();
  CHECK(!forgotten);
  co_return;
}
