// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/shield.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/task/future.hpp"

#include "tests/support/loop_test.hpp"

#include <memory>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;

namespace {

ouro::task<int> number_after(ouro::duration delay, int value) {
  co_await ouro::sleep(delay);
  co_return value;
}

ouro::task<int> fails_after(ouro::duration delay, const char* text) {
  co_await ouro::sleep(delay);
  throw std::runtime_error(text);
}

ouro::task<std::unique_ptr<int>> boxed_after(ouro::duration delay, int value) {
  co_await ouro::sleep(delay);
  co_return std::make_unique<int>(value);
}

ouro::task<int&> reference_after(ouro::duration delay, int& value) {
  co_await ouro::sleep(delay);
  co_return value;
}

ouro::task<> logs_after(ouro::duration delay, std::string& log) {
  co_await ouro::sleep(delay);
  log += "done";
}

template <class T>
ouro::task<> shields(ouro::task_handle<T> inner) {
  co_await ouro::shield(inner);
}

ouro::task<> shields_a_coroutine(std::string& log) { co_await ouro::shield(logs_after(5s, log)); }

ouro::task<> shields_after_cancelling_itself(std::string& log) {
  ouro::current_task().cancel();
  co_await ouro::shield(logs_after(5s, log));
}

ouro::task<> shields_future(ouro::future<int> inner) { co_await ouro::shield(inner); }

ouro::task<> shields_twice(ouro::task_handle<> inner) {
  co_await ouro::shield(ouro::shield(inner));
}

}  // namespace

OURO_TEST_CASE("shield: gives the value of a coroutine", "[task][shield]") {
  const int value = co_await ouro::shield(number_after(1s, 3));
  CHECK(value == 3);
}

OURO_TEST_CASE("shield: gives the value of a task that is done without suspending",
               "[task][shield]") {
  auto inner = ouro::create_task(number_after(1s, 3));
  co_await inner;
  std::string log;
  auto other = ouro::create_task(logs_after(0s, log));

  const int value = co_await ouro::shield(inner);

  CHECK(value == 3);
  CHECK(log == "");
  co_await other;
}

OURO_TEST_CASE("shield: the value stays with the task that has it", "[task][shield]") {
  auto inner = ouro::create_task(number_after(1s, 3));

  const int first = co_await ouro::shield(inner);
  const int second = co_await ouro::shield(inner);

  CHECK(first + second + inner.result() == 9);
}

OURO_TEST_CASE("shield: a move-only value and a reference come through", "[task][shield]") {
  int value = 1;

  const std::unique_ptr<int> box = co_await ouro::shield(boxed_after(1s, 4));
  int& reference = co_await ouro::shield(reference_after(1s, value));

  CHECK(*box == 4);
  CHECK(&reference == &value);
}

OURO_TEST_CASE("shield: an error comes through and is not reported", "[task][shield][error]") {
  auto inner = ouro::create_task(fails_after(1s, "inner"));
  CHECK_THROWS_AS(co_await ouro::shield(inner), std::runtime_error);
}

OURO_TEST_CASE("shield: a cancel of the inner task comes through", "[task][shield][cancel]") {
  auto inner = ouro::create_task(number_after(1h, 1));
  ouro::get_running_loop().call_later(1s, [&] { inner.cancel("inner"); });
  std::string caught;

  try {
    co_await ouro::shield(inner);
  } catch (const ouro::cancelled_error& error) {
    caught = error.message();
  }

  CHECK(caught == "inner");
  CHECK(ouro::current_task().cancelling() == 0);
}

OURO_TEST_CASE("shield: a cancelled waiter leaves at once, the inner task goes on",
               "[task][shield][cancel]") {
  auto inner = ouro::create_task(number_after(5s, 3));
  auto waiting = ouro::create_task(shields(inner));
  co_await test::settle();
  const auto start = ouro::get_running_loop().time();

  waiting.cancel();
  CHECK_THROWS_AS(co_await waiting, ouro::cancelled_error);

  CHECK(ouro::get_running_loop().time() == start);
  CHECK(!inner.done());
  CHECK(inner.cancelling() == 0);
  const int value = co_await inner;
  CHECK(value == 3);
}

OURO_TEST_CASE("shield: a coroutine inside goes on without anybody who holds it",
               "[task][shield][cancel]") {
  std::string log;
  auto waiting = ouro::create_task(shields_a_coroutine(log));
  co_await test::settle();

  waiting.cancel();
  CHECK_THROWS_AS(co_await waiting, ouro::cancelled_error);
  CHECK(log == "");

  co_await ouro::sleep(6s);
  CHECK(log == "done");
}

OURO_TEST_CASE("shield: with a cancel pending, the coroutine runs and the waiter leaves",
               "[task][shield][cancel]") {
  std::string log;
  auto waiting = ouro::create_task(shields_after_cancelling_itself(log));

  CHECK_THROWS_AS(co_await waiting, ouro::cancelled_error);
  co_await ouro::sleep(6s);

  CHECK(log == "done");
}

OURO_TEST_CASE("shield: a task cancelled before its first step does not begin the inner one",
               "[task][shield][cancel]") {
  std::string log;
  auto waiting = ouro::create_task(shields_a_coroutine(log));

  waiting.cancel();
  CHECK_THROWS_AS(co_await waiting, ouro::cancelled_error);
  co_await ouro::sleep(6s);

  CHECK(log == "");
}

OURO_TEST_CASE("shield: of a shield protects as well", "[task][shield][cancel]") {
  std::string log;
  auto inner = ouro::create_task(logs_after(5s, log));
  auto waiting = ouro::create_task(shields_twice(inner));
  co_await test::settle();

  waiting.cancel();
  CHECK_THROWS_AS(co_await waiting, ouro::cancelled_error);

  co_await inner;
  CHECK(log == "done");
}

OURO_TEST_CASE("shield: protects a plain future", "[task][shield][cancel]") {
  auto inner = ouro::get_running_loop().create_future<int>();
  auto waiting = ouro::create_task(shields_future(inner));
  co_await test::settle();

  waiting.cancel();
  CHECK_THROWS_AS(co_await waiting, ouro::cancelled_error);

  CHECK(!inner.done());
  inner.set_result(1);
}

OURO_TEST_CASE("shield: cancel() of its future is taken once and leaves the inner task alone",
               "[task][shield][cancel]") {
  auto inner = ouro::create_task(number_after(1s, 3));
  auto outer = ouro::shield(inner);

  CHECK(outer.cancel());
  CHECK(!outer.cancel());

  CHECK(outer.cancelled());
  const int value = co_await inner;
  CHECK(value == 3);
  CHECK(outer.cancelled());
}

OURO_TEST_CASE("shield: a cancel that comes with the end of the inner task wins",
               "[task][shield][cancel]") {
  auto inner = ouro::get_running_loop().create_future<int>();
  auto waiting = ouro::create_task(shields_future(inner));
  co_await test::settle();

  inner.set_result(3);
  waiting.cancel();

  CHECK_THROWS_AS(co_await waiting, ouro::cancelled_error);
  CHECK(inner.result() == 3);
}

OURO_TEST_CASE("shield: an error after the waiter has left is reported once",
               "[task][shield][error]") {
  auto waiting = ouro::create_task(shields(ouro::create_task(fails_after(5s, "late"))));
  co_await test::settle();
  waiting.cancel();
  CHECK_THROWS_AS(co_await waiting, ouro::cancelled_error);
  CHECK(test::take_reports().empty());

  co_await ouro::sleep(6s);

  const auto reports = test::take_reports();
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].starts_with("Task exception was never retrieved"));
  CHECK(reports[0].ends_with("late"));
}

OURO_TEST_CASE("shield: an error after the waiter has left that is awaited later is not reported",
               "[task][shield][error]") {
  auto inner = ouro::create_task(fails_after(5s, "late"));
  auto waiting = ouro::create_task(shields(inner));
  co_await test::settle();
  waiting.cancel();
  CHECK_THROWS_AS(co_await waiting, ouro::cancelled_error);

  CHECK_THROWS_AS(co_await inner, std::runtime_error);
}

OURO_TEST_CASE("shield: an error that nobody fetches from the shield is reported once",
               "[task][shield][error]") {
  {
    auto inner = ouro::create_task(fails_after(1s, "lost"));
    auto outer = ouro::shield(inner);
    co_await ouro::sleep(2s);
    CHECK(outer.done());
  }

  const auto reports = test::take_reports();
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].ends_with("lost"));
}

OURO_TEST_CASE("shield: an empty handle is a usage_error", "[task][shield][error]") {
  ouro::task_handle<int> empty;
  CHECK_THROWS_AS(co_await ouro::shield(empty), ouro::usage_error);
}
