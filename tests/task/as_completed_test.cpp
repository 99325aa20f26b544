// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/as_completed.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/task/future.hpp"

#include "tests/support/loop_test.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

using handles = std::vector<ouro::task_handle<int>>;
using results = ouro::as_completed_iterator<ouro::task_handle<int>>;

ouro::task<int> number_after(ouro::duration delay, int value) {
  co_await ouro::sleep(delay);
  co_return value;
}

ouro::task<int> fails_after(ouro::duration delay, const char* text) {
  co_await ouro::sleep(delay);
  throw std::runtime_error(text);
}

ouro::task<std::unique_ptr<int>> boxed(int value) { co_return std::make_unique<int>(value); }

/// One task for each delay, in seconds; its value is its delay.
handles tasks_that_take(std::initializer_list<int> seconds) {
  handles all;
  for (const int delay : seconds) {
    all.push_back(ouro::create_task(number_after(std::chrono::seconds(delay), delay)));
  }
  return all;
}

/// The next value as text; "-" at the end.
ouro::task<std::string> next(results& from) {
  auto handle = co_await from.anext();
  co_return handle ? std::to_string(handle->result()) : "-";
}

ouro::task<std::string> all_of(results& from) {
  std::string text;
  while (auto handle = co_await from.anext()) text += std::to_string(handle->result()) + " ";
  co_return text;
}

ouro::task<> consume(results& from, std::string& log, char name) {
  while (auto handle = co_await from.anext()) {
    log += name;
    log += std::to_string(handle->result());
  }
}

ouro::task<std::string> cancels_itself_and_asks(results& from) {
  ouro::current_task().cancel();
  co_return co_await next(from);
}

}  // namespace

OURO_TEST_CASE("as_completed: gives tasks in the order in which they are done",
               "[task][as_completed]") {
  handles all = tasks_that_take({3, 1, 2});
  auto completed = ouro::as_completed(all);

  const std::string values = co_await all_of(completed);

  CHECK(values == "1 2 3 ");
}

OURO_TEST_CASE("as_completed: gives the handles that it was given", "[task][as_completed]") {
  handles all = tasks_that_take({2, 1});
  auto completed = ouro::as_completed(all);

  auto first = co_await completed.anext();
  auto second = co_await completed.anext();

  CHECK(*first == all[1]);
  CHECK(*second == all[0]);
}

OURO_TEST_CASE("as_completed: makes tasks of coroutines at once", "[task][as_completed]") {
  std::vector<ouro::task<int>> coroutines;
  coroutines.push_back(number_after(2s, 2));
  coroutines.push_back(number_after(1s, 1));

  auto completed = ouro::as_completed(std::move(coroutines));

  CHECK(ouro::all_tasks().size() == 3);
  const std::string values = co_await all_of(completed);
  CHECK(values == "1 2 ");
}

OURO_TEST_CASE("as_completed: gives move-only values and futures", "[task][as_completed]") {
  std::vector<ouro::task<std::unique_ptr<int>>> boxes;
  boxes.push_back(boxed(3));
  auto unpacked = ouro::as_completed(std::move(boxes));
  std::vector<ouro::future<int>> futures;
  for (int i = 0; i < 2; ++i) futures.push_back(ouro::get_running_loop().create_future<int>());
  auto completed = ouro::as_completed(futures);
  futures[1].set_result(1);
  futures[0].set_result(0);

  auto box = co_await unpacked.anext();
  const std::unique_ptr<int> value = co_await std::move(*box);
  auto first = co_await completed.anext();

  CHECK(*value == 3);
  CHECK(*first == futures[1]);
}

OURO_TEST_CASE("as_completed: what is done already needs no wait beyond the first turn",
               "[task][as_completed]") {
  handles all = tasks_that_take({0, 0, 0});
  co_await test::settle();
  auto completed = ouro::as_completed(all);
  co_await test::run_turns(1);
  std::string log;
  ouro::get_running_loop().call_soon([&] { log += "turn"; });

  const std::string values = co_await all_of(completed);

  CHECK(values == "0 0 0 ");
  CHECK(log == "");
  co_await test::settle();
}

OURO_TEST_CASE("as_completed: of nothing ends at once", "[task][as_completed]") {
  auto completed = ouro::as_completed(handles(), {.timeout = 1s});

  const std::string first = co_await next(completed);
  const std::string second = co_await next(completed);

  CHECK(first == "-");
  CHECK(second == "-");
  CHECK(ouro::get_running_loop().pending_timers() == 0);
}

OURO_TEST_CASE("as_completed: an error comes at its turn, with its task",
               "[task][as_completed][error]") {
  handles all = tasks_that_take({1, 3});
  all.push_back(ouro::create_task(fails_after(2s, "second")));
  auto completed = ouro::as_completed(all);

  const std::string first = co_await next(completed);
  auto failed = co_await completed.anext();
  const std::string last = co_await next(completed);

  CHECK(first == "1");
  CHECK(ouro::detail::describe(failed->exception()) == "std::runtime_error: second");
  CHECK(last == "3");
}

OURO_TEST_CASE("as_completed: a cancelled task comes at its turn", "[task][as_completed][cancel]") {
  handles all = tasks_that_take({9, 2});
  all[0].cancel();
  auto completed = ouro::as_completed(all);

  auto first = co_await completed.anext();
  const std::string second = co_await next(completed);

  CHECK(first->cancelled());
  CHECK(second == "2");
}

OURO_TEST_CASE("as_completed: leaving early leaves the rest running", "[task][as_completed]") {
  handles all = tasks_that_take({1, 2});
  {
    auto completed = ouro::as_completed(all, {.timeout = 1h});
    const std::string first = co_await next(completed);
    CHECK(first == "1");
  }

  CHECK(ouro::get_running_loop().pending_timers() == 1);
  const int value = co_await all[1];
  CHECK(value == 2);
}

OURO_TEST_CASE("as_completed: dropped in the turn in which a task ends, is not told of it",
               "[task][as_completed]") {
  handles all = tasks_that_take({0});
  auto completed = std::make_unique<results>(ouro::as_completed(all));
  co_await all[0];  // the entry of the iterator is in the queue now, or has just run

  completed.reset();
  co_await test::settle();

  CHECK(all[0].result() == 0);
}

OURO_TEST_CASE("as_completed: the time-out throws after what was done before",
               "[task][as_completed][error]") {
  handles all = tasks_that_take({1, 2, 9});
  const auto start = ouro::get_running_loop().time();
  auto completed = ouro::as_completed(all, {.timeout = 3s});
  co_await ouro::sleep(4s);

  const std::string first = co_await next(completed);
  const std::string second = co_await next(completed);
  CHECK_THROWS_AS(co_await next(completed), ouro::timeout_error);
  CHECK_THROWS_AS(co_await next(completed), ouro::timeout_error);

  CHECK(first + second == "12");
  CHECK(ouro::get_running_loop().time() - start == 4s);
  CHECK(all[2].cancelling() == 0);
  const int value = co_await all[2];
  CHECK(value == 9);
}

OURO_TEST_CASE("as_completed: the time-out wakes who waits", "[task][as_completed][error]") {
  handles all = tasks_that_take({9});
  const auto start = ouro::get_running_loop().time();
  auto completed = ouro::as_completed(all, {.timeout = 3s});

  CHECK_THROWS_AS(co_await next(completed), ouro::timeout_error);

  CHECK(ouro::get_running_loop().time() - start == 3s);
  co_await all[0];
}

OURO_TEST_CASE("as_completed: the time-out goes when the last task is done",
               "[task][as_completed]") {
  handles all = tasks_that_take({1});
  auto completed = ouro::as_completed(all, {.timeout = 1h});

  const std::string values = co_await all_of(completed);

  CHECK(values == "1 ");
  CHECK(ouro::get_running_loop().pending_timers() == 0);
}

OURO_TEST_CASE("as_completed: cancelled while waiting, loses nothing",
               "[task][as_completed][cancel]") {
  handles all = tasks_that_take({1, 2});
  auto completed = ouro::as_completed(all);
  auto waiting = ouro::create_task(next(completed));
  co_await test::settle();

  waiting.cancel();
  CHECK_THROWS_AS(co_await waiting, ouro::cancelled_error);

  const std::string values = co_await all_of(completed);
  CHECK(values == "1 2 ");
}

OURO_TEST_CASE("as_completed: with a cancel pending, does not wait",
               "[task][as_completed][cancel]") {
  handles all = tasks_that_take({1});
  auto completed = ouro::as_completed(all);
  auto waiting = ouro::create_task(cancels_itself_and_asks(completed));
  const auto start = ouro::get_running_loop().time();

  CHECK_THROWS_AS(co_await waiting, ouro::cancelled_error);

  CHECK(ouro::get_running_loop().time() == start);
  co_await all[0];
}

OURO_TEST_CASE("as_completed: a cancel in the turn in which a task is done loses nothing",
               "[task][as_completed][cancel]") {
  handles all = tasks_that_take({1});
  auto completed = ouro::as_completed(all);
  auto waiting = ouro::create_task(next(completed));
  co_await test::settle();
  all[0].add_done_callback([&] { waiting.cancel(); });

  CHECK_THROWS_AS(co_await waiting, ouro::cancelled_error);

  const std::string value = co_await next(completed);
  CHECK(value == "1");
}

OURO_TEST_CASE("as_completed: two tasks share one iterator, each result goes to one of them",
               "[task][as_completed]") {
  handles all = tasks_that_take({1, 2, 3, 4});
  auto completed = ouro::as_completed(all);
  std::string log;
  auto x = ouro::create_task(consume(completed, log, 'x'));
  auto y = ouro::create_task(consume(completed, log, 'y'));

  co_await x;
  co_await y;

  CHECK(log == "x1y2x3y4");
}

OURO_TEST_CASE("as_completed: the end reaches every task that waits at the iterator",
               "[task][as_completed]") {
  handles all = tasks_that_take({1});
  auto completed = ouro::as_completed(all);
  auto first = ouro::create_task(next(completed));
  auto second = ouro::create_task(next(completed));
  co_await ouro::sleep(2s);

  CHECK(first.done());
  CHECK(second.done());
  second.cancel();
  co_await test::settle();
}

OURO_TEST_CASE("as_completed: a waiter that is cancelled after its wake-up passes it on",
               "[task][as_completed][cancel]") {
  handles all = tasks_that_take({1, 9});
  auto completed = ouro::as_completed(all);
  auto first = ouro::create_task(next(completed));
  auto second = ouro::create_task(next(completed));
  co_await test::settle();
  all[0].add_done_callback([&] { first.cancel(); });  // behind the iterator's entry

  co_await ouro::sleep(2s);

  CHECK(first.cancelled());
  CHECK(second.done());
  second.cancel();
  co_await all[1];
}
