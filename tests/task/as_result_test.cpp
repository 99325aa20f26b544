// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/as_result.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/sync/event.hpp"
#include "ouro/task/deadline_scope.hpp"
#include "ouro/task/future.hpp"
#include "ouro/task/wait_for.hpp"

#include "tests/support/loop_test.hpp"
#include "tests/task/cancel_support.hpp"

#include <memory>
#include <string>
#include <type_traits>

using namespace std::chrono_literals;
using namespace cancel_test;

namespace {

ouro::task<int> number(int value) {
  co_await ouro::sleep(0s);
  co_return value;
}

ouro::task<std::unique_ptr<int>> move_only() { co_return std::make_unique<int>(5); }

ouro::task<int&> reference(int& value) { co_return value; }

ouro::task<> nothing() { co_return; }

ouro::task<int> fails(bool at_once) {
  if (!at_once) co_await ouro::sleep(0s);
  throw std::runtime_error("broken");
  co_return 0;
}

ouro::task<> interrupts() {
  throw ouro::keyboard_interrupt{};
  co_return;
}

ouro::task<> result_of_wait(ouro::event& go, std::string& log) {
  const auto result = co_await ouro::as_result(wait_and_note(go, log, 'w'));
  log += result.has_value() ? "value" : "error";
}

ouro::task<> result_of_sleep(std::string& log) {
  const auto result = co_await ouro::as_result(ouro::sleep(1h));
  log += result.has_value() ? "value" : "error";
}

struct noted_end {
  explicit noted_end(std::string& text) : log(&text) {}
  noted_end(noted_end&& other) noexcept : log(std::exchange(other.log, nullptr)) {}
  ~noted_end() {
    if (log != nullptr) *log += "gone ";
  }
  std::string* log;
};

ouro::task<> fails_with(noted_end parameter) {
  static_cast<void>(parameter);
  throw std::runtime_error("broken");
  co_return;
}

}  // namespace

OURO_TEST_CASE("as_result: gives the value of a coroutine", "[task][as_result]") {
  const auto result = co_await ouro::as_result(number(7));

  CHECK(result.has_value());
  CHECK(result.value() == 7);
  CHECK(result.exception() == nullptr);
}

OURO_TEST_CASE("as_result: gives the exception of a coroutine, ready or not",
               "[task][as_result][error]") {
  for (const bool at_once : {true, false}) {
    const auto result = co_await ouro::as_result(fails(at_once));

    CHECK(!result.has_value());
    CHECK(result.exception() != nullptr);
    CHECK_THROWS_AS(result.value(), std::runtime_error);
  }
}

OURO_TEST_CASE("as_result: of void, move-only and reference results", "[task][as_result]") {
  int value = 1;
  const auto of_void = co_await ouro::as_result(nothing());
  auto of_move_only = co_await ouro::as_result(move_only());
  const auto of_reference = co_await ouro::as_result(reference(value));

  static_assert(std::is_same_v<decltype(of_void), const ouro::result<void>>);
  CHECK(of_void.has_value());
  const std::unique_ptr<int> owned = std::move(of_move_only).value();
  CHECK(*owned == 5);
  CHECK(&of_reference.value().get() == &value);
}

OURO_TEST_CASE("as_result: of a task handle and of a future", "[task][as_result][error]") {
  auto good = ouro::create_task(number(3));
  auto bad = ouro::create_task(fails(false));
  auto future = ouro::get_running_loop().create_future<int>();
  future.set_exception(std::runtime_error("x"));

  const auto of_good = co_await ouro::as_result(good);
  const auto of_bad = co_await ouro::as_result(bad);
  const auto of_future = co_await ouro::as_result(future);

  CHECK(of_good.value() == 3);
  CHECK(!of_bad.has_value());
  CHECK(!of_future.has_value());
  CHECK(good.result() == 3);  // it was a copy
}

OURO_TEST_CASE("as_result: of a wait and of wait_for()", "[task][as_result][error]") {
  ouro::event set;
  set.set();
  ouro::event never;

  const auto of_wait = co_await ouro::as_result(set.wait());
  const auto of_timeout = co_await ouro::as_result(ouro::wait_for(wait_for_event(never), 1s));

  CHECK(of_wait.value());
  CHECK(!of_timeout.has_value());
  CHECK_THROWS_AS(of_timeout.value(), ouro::timeout_error);
}

OURO_TEST_CASE("as_result: an expired deadline is a result", "[task][as_result][error]") {
  const ouro::fail_after guard(1s);

  const auto result = co_await ouro::as_result(ouro::sleep(5s));

  CHECK_THROWS_AS(result.value(), ouro::timeout_error);
}

OURO_TEST_CASE("as_result: a cancel while a coroutine is awaited is thrown",
               "[task][as_result][cancel]") {
  std::string log;
  ouro::event never;
  auto subject = ouro::create_task(result_of_wait(never, log));
  co_await ouro::sleep(0s);

  subject.cancel();
  CHECK_THROWS_AS(co_await subject, ouro::cancelled_error);

  CHECK(log == "-w");
}

OURO_TEST_CASE("as_result: a cancel while a sleep is awaited is thrown",
               "[task][as_result][cancel]") {
  std::string log;
  auto subject = ouro::create_task(result_of_sleep(log));
  co_await ouro::sleep(0s);

  subject.cancel();
  CHECK_THROWS_AS(co_await subject, ouro::cancelled_error);

  CHECK(log == "");
}

OURO_TEST_CASE("as_result: a cancel that is pending is thrown", "[task][as_result][cancel]") {
  ouro::current_task().cancel();

  CHECK_THROWS_AS(co_await ouro::as_result(ouro::sleep(1s)), ouro::cancelled_error);

  ouro::current_task().uncancel();
}

OURO_TEST_CASE("as_result: the frame of a coroutine that failed is gone before the result is there",
               "[task][as_result][error]") {
  std::string log;
  auto coroutine = fails_with(noted_end(log));

  const auto result = co_await ouro::as_result(std::move(coroutine));
  log += "result";

  CHECK(log == "gone result");
  CHECK(!result);
}

OURO_TEST_CASE("as_result: an empty task is a usage_error", "[task][as_result][error]") {
  CHECK_THROWS_AS(ouro::as_result(ouro::task<int>()), ouro::usage_error);
  co_return;
}

OURO_TEST_CASE("as_result: a keyboard_interrupt is thrown by every kind of await",
               "[task][as_result][error]") {
  auto task = ouro::create_task(interrupts());

  CHECK_THROWS_AS(co_await ouro::as_result(task), ouro::keyboard_interrupt);
  CHECK_THROWS_AS(co_await ouro::as_result(interrupts()), ouro::keyboard_interrupt);
}
