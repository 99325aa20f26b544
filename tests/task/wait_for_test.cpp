// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/wait_for.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/task/future.hpp"
#include "ouro/task/shield.hpp"

#include "tests/support/loop_test.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

using namespace std::chrono_literals;

namespace {

ouro::duration passed_since(ouro::time_point start) {
  return ouro::get_running_loop().time() - start;
}

ouro::task<int> number_after(ouro::duration delay, int value) {
  co_await ouro::sleep(delay);
  co_return value;
}

ouro::task<int> number(int value) { co_return value; }

ouro::task<int> fails_after(ouro::duration delay, const char* text) {
  co_await ouro::sleep(delay);
  throw std::domain_error(text);
}

ouro::task<std::unique_ptr<int>> boxed(int value) { co_return std::make_unique<int>(value); }

ouro::task<int&> reference_to(int& value) { co_return value; }

ouro::task<> runs(bool& ran) {
  ran = true;
  co_return;
}

enum class ending { cancelled, value, error };

/// Sleeps for ever; once cancelled it takes `clean_up`, then ends as told.
ouro::task<int> cleans_up(ouro::duration clean_up, ending how, std::string& log) {
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    log += "cancelled ";
  }
  co_await ouro::sleep(clean_up);
  log += "clean ";
  if (how == ending::error) throw std::domain_error("in the clean-up");
  if (how == ending::cancelled) throw ouro::cancelled_error{};
  co_return 5;
}

}  // namespace

OURO_TEST_CASE("wait_for: gives the value that comes in time", "[task][wait_for]") {
  const int value = co_await ouro::wait_for(number_after(1s, 3), 2s);
  CHECK(value == 3);
  CHECK(ouro::get_running_loop().pending_timers() == 0);
}

OURO_TEST_CASE("wait_for: of a coroutine that does not suspend does not either",
               "[task][wait_for]") {
  bool turn = false;
  auto ticking = ouro::get_running_loop().call_soon([&] { turn = true; });

  const int value = co_await ouro::wait_for(number(3), 1s);

  CHECK(value == 3);
  CHECK(!turn);
  ticking.cancel();
}

OURO_TEST_CASE("wait_for: a coroutine runs in the current task", "[task][wait_for]") {
  bool ran = false;
  co_await ouro::wait_for(runs(ran), 1s);
  CHECK(ran);
  CHECK(ouro::all_tasks().size() == 1);
}

OURO_TEST_CASE("wait_for: void, move-only and reference results arrive", "[task][wait_for]") {
  int value = 1;
  bool ran = false;

  co_await ouro::wait_for(runs(ran), 1s);
  const std::unique_ptr<int> box = co_await ouro::wait_for(boxed(4), 1s);
  int& reference = co_await ouro::wait_for(reference_to(value), 1s);

  CHECK(ran);
  CHECK(*box == 4);
  CHECK(&reference == &value);
}

OURO_TEST_CASE("wait_for: a task, a future and any awaitable", "[task][wait_for]") {
  auto& loop = ouro::get_running_loop();
  auto handle = ouro::create_task(number_after(1s, 1));
  auto future = loop.create_future<int>();
  loop.call_later(2s, [&] { future.set_result(2); });

  const int& one = co_await ouro::wait_for(handle, 5s);
  const int& two = co_await ouro::wait_for(future, 5s);
  const int three = co_await ouro::wait_for(ouro::sleep(1s, 3), 5s);

  CHECK(&one == &handle.result());
  CHECK(&two == &future.result());
  CHECK(three == 3);
  CHECK(loop.pending_timers() == 0);
}

OURO_TEST_CASE("wait_for: moves the value out of a handle that is given away", "[task][wait_for]") {
  std::unique_ptr<int> box = co_await ouro::wait_for(ouro::create_task(boxed(4)), 1s);
  CHECK(*box == 4);
}

OURO_TEST_CASE("wait_for: nullopt is for ever", "[task][wait_for]") {
  const int value = co_await ouro::wait_for(number_after(1000h, 3), std::nullopt);
  CHECK(value == 3);
}

OURO_TEST_CASE("wait_for: an error comes through", "[task][wait_for][error]") {
  CHECK_THROWS_AS(co_await ouro::wait_for(fails_after(1s, "inner"), 2s), std::domain_error);
  auto handle = ouro::create_task(fails_after(1s, "inner"));
  CHECK_THROWS_AS(co_await ouro::wait_for(handle, 2s), std::domain_error);
}

OURO_TEST_CASE("wait_for: a time-out joins the clean-up, then throws", "[task][wait_for]") {
  std::string log;
  const auto start = ouro::get_running_loop().time();

  CHECK_THROWS_AS(co_await ouro::wait_for(cleans_up(2s, ending::cancelled, log), 1s),
                  ouro::timeout_error);

  CHECK(log == "cancelled clean ");
  CHECK(passed_since(start) == 3s);
  CHECK(ouro::current_task().cancelling() == 0);
}

OURO_TEST_CASE("wait_for: a time-out cancels a task, joins it, then throws", "[task][wait_for]") {
  std::string log;
  auto handle = ouro::create_task(cleans_up(2s, ending::cancelled, log));
  const auto start = ouro::get_running_loop().time();

  CHECK_THROWS_AS(co_await ouro::wait_for(handle, 1s), ouro::timeout_error);

  CHECK(handle.cancelled());
  CHECK(passed_since(start) == 3s);
  CHECK(ouro::current_task().cancelling() == 0);
}

OURO_TEST_CASE("wait_for: a time-out cancels a future", "[task][wait_for]") {
  auto future = ouro::get_running_loop().create_future<int>();

  CHECK_THROWS_AS(co_await ouro::wait_for(future, 1s), ouro::timeout_error);

  CHECK(future.cancelled());
}

OURO_TEST_CASE("wait_for: a time-out of a shield leaves the task running", "[task][wait_for]") {
  auto handle = ouro::create_task(number_after(5s, 3));

  CHECK_THROWS_AS(co_await ouro::wait_for(ouro::shield(handle), 1s), ouro::timeout_error);

  const int value = co_await handle;
  CHECK(value == 3);
}

OURO_TEST_CASE("wait_for: the text of the time-out names the operation, the limit and the place",
               "[task][wait_for]") {
  std::string text;
  try {
    co_await ouro::wait_for(number_after(1h, 0), 1500ms);
  } catch (const ouro::timeout_error& error) {
    text = error.what();
  }

  CHECK(text.find("wait_for (1.5s)") != std::string::npos);
  CHECK(text.find("wait_for_test.cpp:") != std::string::npos);
}

OURO_TEST_CASE("wait_for: an error in the clean-up wins over the time-out",
               "[task][wait_for][error]") {
  std::string log;
  auto handle = ouro::create_task(cleans_up(1s, ending::error, log));

  CHECK_THROWS_AS(co_await ouro::wait_for(cleans_up(1s, ending::error, log), 1s),
                  std::domain_error);
  CHECK_THROWS_AS(co_await ouro::wait_for(handle, 1s), std::domain_error);

  CHECK(ouro::current_task().cancelling() == 0);
}

OURO_TEST_CASE("wait_for: a value in the clean-up wins over the time-out", "[task][wait_for]") {
  std::string log;
  auto handle = ouro::create_task(cleans_up(1s, ending::value, log));

  const int first = co_await ouro::wait_for(cleans_up(1s, ending::value, log), 1s);
  const int second = co_await ouro::wait_for(handle, 1s);
  co_await ouro::sleep(0s);  // no cancel is left behind

  CHECK(first == 5);
  CHECK(second == 5);
  CHECK(ouro::current_task().cancelling() == 0);
}

OURO_TEST_CASE("wait_for: a value that comes in the turn of the time-out wins",
               "[task][wait_for]") {
  auto& loop = ouro::get_running_loop();
  auto future = loop.create_future<int>();
  loop.call_later(1s, [&] { future.set_result(3); });

  const int value = co_await ouro::wait_for(future, 1s);
  co_await ouro::sleep(0s);

  CHECK(value == 3);
  CHECK(ouro::current_task().cancelling() == 0);
}

OURO_TEST_CASE("wait_for: with no time left a coroutine never starts", "[task][wait_for]") {
  bool ran = false;
  bool turn = false;
  ouro::get_running_loop().call_soon([&] { turn = true; });

  CHECK_THROWS_AS(co_await ouro::wait_for(runs(ran), 0s), ouro::timeout_error);
  CHECK(turn);
  CHECK_THROWS_AS(co_await ouro::wait_for(runs(ran), -1s), ouro::timeout_error);

  CHECK(!ran);
  CHECK(ouro::current_task().cancelling() == 0);
}

OURO_TEST_CASE("wait_for: with no time left a finished task still gives its value",
               "[task][wait_for]") {
  auto handle = ouro::create_task(number(3));
  co_await handle;

  const int value = co_await ouro::wait_for(handle, 0s);

  CHECK(value == 3);
}

OURO_TEST_CASE("wait_for: with no time left an unfinished task is cancelled and joined",
               "[task][wait_for]") {
  std::string log;
  auto handle = ouro::create_task(cleans_up(2s, ending::cancelled, log));
  co_await test::settle();

  CHECK_THROWS_AS(co_await ouro::wait_for(handle, 0s), ouro::timeout_error);

  CHECK(handle.cancelled());
  CHECK(log == "cancelled clean ");
  CHECK(ouro::current_task().cancelling() == 0);
}

OURO_TEST_CASE("wait_for: nests, the tighter limit throws first", "[task][wait_for]") {
  const auto start = ouro::get_running_loop().time();
  auto inner_tight = [] { return ouro::wait_for(number_after(1h, 0), 1s); };
  auto outer_tight = [] { return ouro::wait_for(number_after(1h, 0), 5s); };

  CHECK_THROWS_AS(co_await ouro::wait_for(inner_tight(), 5s), ouro::timeout_error);
  CHECK(passed_since(start) == 1s);
  CHECK_THROWS_AS(co_await ouro::wait_for(outer_tight(), 1s), ouro::timeout_error);

  CHECK(passed_since(start) == 2s);
  CHECK(ouro::current_task().cancelling() == 0);
}

OURO_TEST_CASE("wait_for: an empty coroutine or handle is a usage_error",
               "[task][wait_for][error]") {
  ouro::task<int> coroutine;
  ouro::task_handle<int> handle;

  CHECK_THROWS_AS(co_await ouro::wait_for(std::move(coroutine), 1s), ouro::usage_error);
  CHECK_THROWS_AS(co_await ouro::wait_for(handle, 1s), ouro::usage_error);
}
