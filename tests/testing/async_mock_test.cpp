// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/async_mock.hpp"

#include "tests/support/loop_test.hpp"

#include <functional>
#include <memory>

using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using ouro::testing::any;
using ouro::testing::assertion_error;
using ouro::testing::async_mock;

OURO_TEST_CASE("async_mock: gives the return value, each time", "[testing][async_mock]") {
  async_mock<std::string(int)> mock;
  mock.return_value("answer");

  const std::string first = co_await mock(1);
  const std::string second = co_await mock(2);

  CHECK(first == "answer");
  CHECK(second == "answer");
}

OURO_TEST_CASE("async_mock: unscripted it gives an empty value", "[testing][async_mock]") {
  async_mock<int()> number;
  async_mock<void()> nothing;

  const int value = co_await number();
  co_await nothing();

  CHECK(value == 0);
  nothing.assert_awaited_once();
}

OURO_TEST_CASE("async_mock: counts calls and awaits apart", "[testing][async_mock]") {
  async_mock<int(int)> mock;

  auto called = mock(7);
  CHECK(mock.called());
  CHECK(mock.call_count() == 1);
  CHECK(mock.await_count() == 0);
  CHECK(mock.call_args() == std::tuple(7));
  CHECK_FALSE(mock.await_args().has_value());
  mock.assert_not_awaited();

  co_await std::move(called);
  CHECK(mock.call_count() == 1);
  CHECK(mock.await_count() == 1);
  CHECK(mock.await_args() == std::tuple(7));
}

OURO_TEST_CASE("async_mock: can be handed to code that takes a function", "[testing][async_mock]") {
  async_mock<int(std::string_view)> mock;
  mock.return_value(3);
  const std::function<ouro::task<int>(std::string_view)> function = std::ref(mock);

  const int value = co_await function("path");

  CHECK(value == 3);
  mock.assert_awaited_once_with("path");
}

OURO_TEST_CASE("async_mock: a side effect may be a function", "[testing][async_mock]") {
  async_mock<int(int, int)> mock;
  mock.side_effect([](int a, int b) { return a + b; });

  const int sum = co_await mock(3, 4);

  CHECK(sum == 7);
}

OURO_TEST_CASE("async_mock: a side effect may be a coroutine", "[testing][async_mock]") {
  async_mock<int(int)> mock;
  mock.side_effect([](int value) -> ouro::task<int> {
    co_await ouro::sleep(5s);
    co_return value * 2;
  });

  const int value = co_await mock(21);

  CHECK(value == 42);
}

OURO_TEST_CASE("async_mock: a side effect may be an exception", "[testing][async_mock][error]") {
  async_mock<int()> mock;
  mock.side_effect(std::domain_error("scripted"));

  CHECK_THROWS_AS(co_await mock(), std::domain_error);
  CHECK_THROWS_AS(co_await mock(), std::domain_error);

  CHECK(mock.await_count() == 2);
}

OURO_TEST_CASE("async_mock: a sequence gives values and exceptions in turn, then is exhausted",
               "[testing][async_mock][error]") {
  async_mock<int()> mock;
  mock.return_value(99);
  mock.side_effect(1, std::domain_error("second"), 3);

  const int first = co_await mock();
  CHECK_THROWS_AS(co_await mock(), std::domain_error);
  const int third = co_await mock();
  CHECK_THROWS_AS(co_await mock(), ouro::testing::side_effects_exhausted);

  CHECK(first == 1);
  CHECK(third == 3);
  CHECK(mock.await_count() == 4);
  mock.side_effect(nullptr);
  const int usual = co_await mock();
  CHECK(usual == 99);
}

OURO_TEST_CASE("async_mock: a sequence for void", "[testing][async_mock][error]") {
  async_mock<void()> mock;
  mock.side_effect(std::nullopt, std::domain_error("second"));

  co_await mock();
  CHECK_THROWS_AS(co_await mock(), std::domain_error);
}

OURO_TEST_CASE("async_mock: asserts hold for what has happened", "[testing][async_mock]") {
  async_mock<void(int, std::string)> mock;
  co_await mock(1, "one");
  mock.assert_awaited_once();
  mock.assert_awaited_once_with(1, "one");
  co_await mock(2, "two");
  co_await mock(3, "three");

  mock.assert_awaited();
  mock.assert_awaited_with(3, "three");
  mock.assert_awaited_with(any, "three");
  mock.assert_any_await(1, "one");
  mock.assert_has_awaits({{1, "one"}, {2, "two"}});
  mock.assert_has_awaits({{3, "three"}, {1, "one"}}, true);
  CHECK(mock.await_args_list().size() == 3);
}

OURO_TEST_CASE("async_mock: asserts throw for what has not happened",
               "[testing][async_mock][error]") {
  async_mock<void(int)> mock;
  CHECK_THROWS_AS(mock.assert_awaited(), assertion_error);
  CHECK_THROWS_AS(mock.assert_awaited_once(), assertion_error);
  CHECK_THROWS_AS(mock.assert_awaited_with(1), assertion_error);

  co_await mock(1);
  co_await mock(2);

  CHECK_THROWS_AS(mock.assert_not_awaited(), assertion_error);
  CHECK_THROWS_AS(mock.assert_awaited_once(), assertion_error);
  CHECK_THROWS_AS(mock.assert_awaited_once_with(2), assertion_error);
  CHECK_THROWS_AS(mock.assert_awaited_with(1), assertion_error);
  CHECK_THROWS_AS(mock.assert_any_await(3), assertion_error);
  CHECK_THROWS_AS(mock.assert_has_awaits({{2}, {1}}), assertion_error);
  CHECK_THROWS_AS(mock.assert_has_awaits({{1}, {1}}, true), assertion_error);
}

OURO_TEST_CASE("async_mock: a failure prints the arguments", "[testing][async_mock][error]") {
  struct opaque {
    bool operator==(const opaque&) const = default;
  };
  async_mock<void(int, std::string, opaque)> mock;
  co_await mock(1, "one", opaque());

  std::string text;
  try {
    mock.assert_awaited_with(2, "two", opaque());
  } catch (const assertion_error& error) {
    text = error.what();
  }

  CHECK_THAT(text, Contains("to be with (2, \"two\", ?)"));
  CHECK_THAT(text, Contains("awaited with (1, \"one\", ?)"));
}

OURO_TEST_CASE("async_mock: arguments that only move reach the side effect",
               "[testing][async_mock]") {
  async_mock<int(std::unique_ptr<int>, int)> mock;
  mock.side_effect([](std::unique_ptr<int> value, int) { return *value; });

  const int value = co_await mock(std::make_unique<int>(5), 1);

  CHECK(value == 5);
  mock.assert_awaited_once_with(any, 1);
}

OURO_TEST_CASE("async_mock: a return value that only moves is given once",
               "[testing][async_mock]") {
  async_mock<std::unique_ptr<int>()> mock;
  mock.return_value(std::make_unique<int>(5));

  const auto first = co_await mock();
  const auto second = co_await mock();

  CHECK(*first == 5);
  CHECK(second == nullptr);
}

OURO_TEST_CASE("async_mock: reset_mock() forgets calls, and scripts only on demand",
               "[testing][async_mock]") {
  async_mock<int()> mock;
  mock.return_value(1);
  co_await mock();

  mock.reset_mock();
  CHECK_FALSE(mock.called());
  CHECK(mock.await_count() == 0);
  const int scripted = co_await mock();
  CHECK(scripted == 1);

  mock.reset_mock({.return_value = true});
  const int forgotten = co_await mock();
  CHECK(forgotten == 0);
}

OURO_TEST_CASE("async_mock: a call that is cancelled before it starts is not awaited",
               "[testing][async_mock][cancel]") {
  async_mock<void()> mock;
  auto task = ouro::create_task(mock());
  task.cancel();

  CHECK_THROWS_AS(co_await task, ouro::cancelled_error);

  CHECK(mock.call_count() == 1);
  mock.assert_not_awaited();
}
