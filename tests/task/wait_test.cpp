// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/wait.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/task/deadline_scope.hpp"
#include "ouro/task/future.hpp"

#include "tests/support/loop_test.hpp"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

using handles = std::vector<ouro::task_handle<int>>;

ouro::task<int> number_after(ouro::duration delay, int value) {
  co_await ouro::sleep(delay);
  co_return value;
}

ouro::task<int> fails_after(ouro::duration delay, const char* text) {
  co_await ouro::sleep(delay);
  throw std::runtime_error(text);
}

/// One task for each delay, in seconds; its value is its delay.
handles tasks_that_take(std::initializer_list<int> seconds) {
  handles all;
  for (const int delay : seconds) {
    all.push_back(ouro::create_task(number_after(std::chrono::seconds(delay), delay)));
  }
  return all;
}

std::string values_of(const handles& all) {
  std::string text;
  for (const auto& each : all) text += std::to_string(each.result()) + " ";
  return text;
}

ouro::task<> cancel_all(const handles& all) {
  for (const auto& each : all) each.cancel();
  co_await test::settle();
}

ouro::task<> waits_for(handles all) { co_await ouro::wait(std::move(all)); }

ouro::task<> waits_with_timeout(handles all) {
  co_await ouro::wait(std::move(all), {.timeout = 1h});
}

ouro::task<> cancels_itself_and_waits(handles all) {
  ouro::current_task().cancel();
  co_await ouro::wait(std::move(all), {.timeout = 1h});
}

ouro::task<> waits_with_a_deadline(handles all) {
  ouro::fail_after guard(1s);
  co_await ouro::wait(std::move(all));
}

ouro::duration passed_since(ouro::time_point start) {
  return ouro::get_running_loop().time() - start;
}

}  // namespace

OURO_TEST_CASE("wait: returns when all are done, each list in the order given", "[task][wait]") {
  handles all = tasks_that_take({3, 1, 2});
  const auto start = ouro::get_running_loop().time();

  auto [done, pending] = co_await ouro::wait(all);

  CHECK(values_of(done) == "3 1 2 ");
  CHECK(pending.empty());
  CHECK(passed_since(start) == 3s);
}

OURO_TEST_CASE("wait: for tasks that are done gives the others a turn, then returns",
               "[task][wait]") {
  handles all = tasks_that_take({0, 0});
  co_await test::settle();
  bool turn = false;
  ouro::get_running_loop().call_soon([&] { turn = true; });

  auto [done, pending] = co_await ouro::wait(all);

  CHECK(done.size() == 2);
  CHECK(turn);
}

OURO_TEST_CASE("wait: first_completed returns with the first, the others go on", "[task][wait]") {
  handles all = tasks_that_take({3, 1, 2});
  const auto start = ouro::get_running_loop().time();

  auto [done, pending] = co_await ouro::wait(all, {.return_when = ouro::first_completed});

  CHECK(values_of(done) == "1 ");
  CHECK(passed_since(start) == 1s);
  REQUIRE(pending.size() == 2);
  CHECK(pending[0] == all[0]);
  CHECK(pending[1] == all[2]);
  co_await ouro::wait(pending);
  CHECK(values_of(pending) == "3 2 ");
}

OURO_TEST_CASE("wait: what ends in the same turn as the first counts as done", "[task][wait]") {
  handles all = tasks_that_take({1, 2, 1, 1});

  auto [done, pending] = co_await ouro::wait(all, {.return_when = ouro::first_completed});

  CHECK(done.size() == 3);
  CHECK(pending.size() == 1);
  co_await ouro::wait(pending);
}

OURO_TEST_CASE("wait: first_exception returns with the first failure and does not throw it",
               "[task][wait][error]") {
  handles all = tasks_that_take({1, 5});
  all.push_back(ouro::create_task(fails_after(2s, "broken")));
  const auto start = ouro::get_running_loop().time();

  auto [done, pending] = co_await ouro::wait(all, {.return_when = ouro::first_exception});

  CHECK(passed_since(start) == 2s);
  REQUIRE(done.size() == 2);
  CHECK(ouro::detail::describe(done[1].exception()) == "std::runtime_error: broken");
  CHECK(pending.size() == 1);
  co_await ouro::wait(pending);
}

OURO_TEST_CASE("wait: for first_exception a cancelled task is no exception",
               "[task][wait][cancel]") {
  handles all = tasks_that_take({9, 5});
  ouro::get_running_loop().call_later(1s, [&] { all[0].cancel(); });
  const auto start = ouro::get_running_loop().time();

  auto [done, pending] = co_await ouro::wait(all, {.return_when = ouro::first_exception});

  CHECK(passed_since(start) == 5s);
  CHECK(done.size() == 2);
  CHECK(pending.empty());
}

OURO_TEST_CASE("wait: an error that nobody reads from the done list is reported once",
               "[task][wait][error]") {
  {
    handles all;
    all.push_back(ouro::create_task(fails_after(1s, "unread")));
    auto [done, pending] = co_await ouro::wait(std::move(all));
    CHECK(done.size() == 1);
    CHECK(test::take_reports().empty());
  }

  const auto reports = test::take_reports();
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].ends_with("unread"));
}

OURO_TEST_CASE("wait: a time-out leaves the rest running", "[task][wait]") {
  handles all = tasks_that_take({1, 9});
  const auto start = ouro::get_running_loop().time();

  auto [done, pending] = co_await ouro::wait(all, {.timeout = 3s});

  CHECK(passed_since(start) == 3s);
  CHECK(values_of(done) == "1 ");
  REQUIRE(pending.size() == 1);
  CHECK(pending[0].cancelling() == 0);
  const int value = co_await pending[0];
  CHECK(value == 9);
}

OURO_TEST_CASE("wait: a time-out that is not needed leaves no timer", "[task][wait]") {
  handles all = tasks_that_take({1});

  auto [done, pending] = co_await ouro::wait(all, {.timeout = 1h});

  CHECK(done.size() == 1);
  CHECK(ouro::get_running_loop().pending_timers() == 0);
}

OURO_TEST_CASE("wait: the time-out and the last task in one turn give a done task",
               "[task][wait]") {
  handles all = tasks_that_take({2});
  co_await test::settle();  // its timer comes first

  auto [done, pending] = co_await ouro::wait(all, {.timeout = 2s});

  CHECK(done.size() == 1);
  CHECK(pending.empty());
}

OURO_TEST_CASE("wait: with no time left returns after a turn with what is done", "[task][wait]") {
  handles all = tasks_that_take({0, 9});
  co_await test::settle();
  const auto start = ouro::get_running_loop().time();

  auto [done, pending] = co_await ouro::wait(all, {.timeout = 0s});
  auto [none, rest] = co_await ouro::wait(pending, {.timeout = -1s});

  CHECK(done.size() == 1);
  CHECK(none.empty());
  CHECK(rest.size() == 1);
  CHECK(passed_since(start) == 0s);
  co_await cancel_all(rest);
}

OURO_TEST_CASE("wait: takes futures and a span", "[task][wait]") {
  auto& loop = ouro::get_running_loop();
  std::vector<ouro::future<int>> futures;
  for (int i = 0; i < 3; ++i) futures.push_back(loop.create_future<int>());
  loop.call_later(1s, [&] { futures[2].set_result(2); });

  auto [done, pending] = co_await ouro::wait(std::span<const ouro::future<int>>(futures),
                                             {.return_when = ouro::first_completed});

  REQUIRE(done.size() == 1);
  CHECK(done[0] == futures[2]);
  CHECK(pending.size() == 2);
}

OURO_TEST_CASE("wait: a task given twice is waited for once", "[task][wait]") {
  handles all = tasks_that_take({1, 2});
  all.push_back(all[0]);

  auto [done, pending] = co_await ouro::wait(all);

  CHECK(pending.empty());
  CHECK(done.front() == all[0]);
}

OURO_TEST_CASE("wait: the first wins and the rest is cancelled", "[task][wait]") {
  handles all = tasks_that_take({3, 1, 2});

  auto [done, pending] = co_await ouro::wait(all, {.return_when = ouro::first_completed});
  for (const auto& loser : pending) loser.cancel();
  co_await ouro::wait(pending);

  CHECK(values_of(done) == "1 ");
  for (const auto& loser : pending) CHECK(loser.cancelled());
}

OURO_TEST_CASE("wait: cancelled while waiting, leaves the tasks alone", "[task][wait][cancel]") {
  handles all = tasks_that_take({1, 2});
  auto waiting = ouro::create_task(waits_with_timeout(all));
  co_await test::settle();

  waiting.cancel();
  CHECK_THROWS_AS(co_await waiting, ouro::cancelled_error);

  CHECK(ouro::get_running_loop().pending_timers() == 2);
  co_await ouro::wait(all);
  CHECK(values_of(all) == "1 2 ");
}

OURO_TEST_CASE("wait: does not begin with a cancel pending", "[task][wait][cancel]") {
  handles all = tasks_that_take({5});
  auto waiting = ouro::create_task(cancels_itself_and_waits(all));
  const auto start = ouro::get_running_loop().time();

  CHECK_THROWS_AS(co_await waiting, ouro::cancelled_error);

  CHECK(passed_since(start) == 0s);
  co_await all[0];
}

OURO_TEST_CASE("wait: a task cancelled before its first step does not wait",
               "[task][wait][cancel]") {
  handles all = tasks_that_take({5});
  auto waiting = ouro::create_task(waits_for(all));

  waiting.cancel();

  CHECK_THROWS_AS(co_await waiting, ouro::cancelled_error);
  co_await all[0];
}

OURO_TEST_CASE("wait: a cancel in the turn in which the last task ends wins",
               "[task][wait][cancel]") {
  handles all = tasks_that_take({1});
  auto waiting = ouro::create_task(waits_for(all));
  co_await test::settle();
  all[0].add_done_callback([&] { waiting.cancel(); });

  CHECK_THROWS_AS(co_await waiting, ouro::cancelled_error);

  CHECK(all[0].result() == 1);
}

OURO_TEST_CASE("wait: a deadline throws at it and leaves the tasks alone", "[task][wait][cancel]") {
  handles all = tasks_that_take({5});

  CHECK_THROWS_AS(co_await waits_with_a_deadline(all), ouro::timeout_error);

  CHECK(all[0].cancelling() == 0);
  co_await all[0];
}

OURO_TEST_CASE("wait: for nothing is an invalid_argument", "[task][wait][error]") {
  CHECK_THROWS_AS(co_await ouro::wait(handles()), std::invalid_argument);
  CHECK_THROWS_AS(co_await ouro::wait(std::vector<ouro::future<>>()), std::invalid_argument);
}

OURO_TEST_CASE("wait: an unknown return_when is an invalid_argument", "[task][wait][error]") {
  handles all = tasks_that_take({0});
  const auto unknown = static_cast<ouro::return_when>(7);

  CHECK_THROWS_AS(co_await ouro::wait(all, {.return_when = unknown}), std::invalid_argument);

  co_await all[0];
}
