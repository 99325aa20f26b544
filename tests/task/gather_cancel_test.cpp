// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/errors.hpp"
#include "ouro/task/deadline_scope.hpp"
#include "ouro/task/future.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/shield.hpp"

#include "tests/support/loop_test.hpp"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

ouro::task<int> number_after(ouro::duration delay, int value) {
  co_await ouro::sleep(delay);
  co_return value;
}

/// Notes that it started, and how it ended: upper case for a cancellation.
ouro::task<> notes(ouro::duration delay, std::string& log, char name) {
  log += name;
  try {
    co_await ouro::sleep(delay);
  } catch (const ouro::cancelled_error&) {
    log += static_cast<char>(name - 'a' + 'A');
    throw;
  }
  log += name;
}

ouro::task<> gathers_two(std::string& log) {
  co_await ouro::gather(notes(1h, log, 'a'), notes(1h, log, 'b'));
  log += "not reached";
}

ouro::task<> gathers_after_cancelling_itself(std::string& log) {
  ouro::current_task().cancel();
  co_await ouro::gather(notes(1h, log, 'a'), notes(1h, log, 'b'));
}

ouro::task<> collects_two(std::string& log) {
  co_await ouro::gather(ouro::return_exceptions, notes(1h, log, 'a'), notes(1h, log, 'b'));
  log += "not reached";
}

ouro::task<> gathers_nested(std::string& log) {
  co_await ouro::gather(ouro::gather(notes(1h, log, 'a'), gathers_two(log)), notes(1h, log, 'c'));
}

ouro::task<int> swallows(int value) {
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
  }
  co_return value;
}

ouro::task<> gathers_two_that_swallow(std::string& log) {
  co_await ouro::gather(swallows(1), swallows(2));
  log += "not reached";
}

ouro::task<> turns_cancel_into_error() {
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    throw std::runtime_error("instead");
  }
}

ouro::task<> gathers_one_that_turns() { co_await ouro::gather(turns_cancel_into_error()); }

/// Takes `clean_up` to end once it is cancelled, or less if it is cancelled again.
ouro::task<> cleans_up(ouro::duration clean_up, std::string& log) {
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    log += "cancelled ";
  }
  try {
    co_await ouro::sleep(clean_up);
    log += "clean ";
  } catch (const ouro::cancelled_error&) {
    log += "interrupted ";
    throw;
  }
  throw ouro::cancelled_error{};
}

ouro::task<> awaits(ouro::future<std::tuple<int, int>> both, int& received) {
  const auto& [a, b] = co_await both;
  received = a + b;
}

ouro::task<> gathers_task(ouro::task_handle<> handle) { co_await ouro::gather(handle, handle); }

ouro::task<> gathers_shields(ouro::task_handle<> a, ouro::task_handle<> b) {
  co_await ouro::gather(ouro::shield(a), ouro::shield(b));
}

ouro::task<> gathers_with_a_deadline(ouro::duration limit, ouro::task_handle<> a,
                                     ouro::task_handle<> b) {
  ouro::fail_after guard(limit);
  co_await ouro::gather(a, b);
}

}  // namespace

OURO_TEST_CASE("gather: cancelled while waiting, cancels all its children",
               "[task][gather][cancel]") {
  std::string log;
  auto gathering = ouro::create_task(gathers_two(log));
  co_await test::settle();

  gathering.cancel();
  CHECK_THROWS_AS(co_await gathering, ouro::cancelled_error);

  CHECK(log == "abAB");
}

OURO_TEST_CASE("gather: a task cancelled before its first step makes no children",
               "[task][gather][cancel]") {
  std::string log;
  auto gathering = ouro::create_task(gathers_two(log));

  gathering.cancel();
  CHECK_THROWS_AS(co_await gathering, ouro::cancelled_error);

  CHECK(log == "");
  CHECK(ouro::all_tasks().size() == 1);
}

OURO_TEST_CASE("gather: with a cancel pending, its children never run", "[task][gather][cancel]") {
  std::string log;
  auto gathering = ouro::create_task(gathers_after_cancelling_itself(log));

  CHECK_THROWS_AS(co_await gathering, ouro::cancelled_error);
  co_await test::settle();

  CHECK(log == "");
  CHECK(ouro::all_tasks().size() == 1);
}

OURO_TEST_CASE("gather: the message of a cancel reaches the children and comes back",
               "[task][gather][cancel]") {
  auto child = ouro::create_task(number_after(1h, 1));
  auto gathering = ouro::create_task(gathers_task(child));
  co_await test::settle();

  gathering.cancel("enough");
  std::string caught;
  try {
    co_await gathering;
  } catch (const ouro::cancelled_error& error) {
    caught = error.message();
  }

  CHECK(caught == "enough");
  CHECK(child.cancelled());
}

OURO_TEST_CASE("gather: return_exceptions does not collect a cancel of the gather itself",
               "[task][gather][cancel]") {
  std::string log;
  auto gathering = ouro::create_task(collects_two(log));
  co_await test::settle();

  gathering.cancel();
  CHECK_THROWS_AS(co_await gathering, ouro::cancelled_error);

  CHECK(log == "abAB");
}

OURO_TEST_CASE("gather: a cancel goes through nested gathers and tasks to the innermost",
               "[task][gather][cancel]") {
  std::string log;
  auto gathering = ouro::create_task(gathers_nested(log));
  co_await test::settle();
  CHECK(log == "acab");

  gathering.cancel();
  CHECK_THROWS_AS(co_await gathering, ouro::cancelled_error);
  co_await test::settle();

  CHECK(log.size() == 8);
  CHECK(log.find("not") == std::string::npos);
  CHECK(ouro::all_tasks().size() == 1);
}

OURO_TEST_CASE("gather: is cancelled even if all children swallow the request",
               "[task][gather][cancel]") {
  std::string log;
  auto gathering = ouro::create_task(gathers_two_that_swallow(log));
  co_await test::settle();

  gathering.cancel();
  CHECK_THROWS_AS(co_await gathering, ouro::cancelled_error);

  CHECK(log == "");
}

OURO_TEST_CASE("gather: a child that answers a cancel with an error decides the outcome",
               "[task][gather][cancel][error]") {
  auto gathering = ouro::create_task(gathers_one_that_turns());
  co_await test::settle();

  gathering.cancel();

  CHECK_THROWS_AS(co_await gathering, std::runtime_error);
}

OURO_TEST_CASE("gather: a cancelled child is an error, not a cancel of who awaits",
               "[task][gather][cancel]") {
  std::string log;
  auto victim = ouro::create_task(notes(1h, log, 'v'));
  auto sibling = ouro::create_task(notes(5s, log, 's'));
  ouro::get_running_loop().call_later(1s, [&] { victim.cancel(); });

  CHECK_THROWS_AS(co_await ouro::gather(victim, sibling), ouro::cancelled_error);

  CHECK(ouro::current_task().cancelling() == 0);
  CHECK(!sibling.done());
  co_await sibling;
  CHECK(log == "vsVs");
}

OURO_TEST_CASE("gather: shields inside it keep their tasks running", "[task][gather][cancel]") {
  std::string log;
  auto a = ouro::create_task(notes(5s, log, 'a'));
  auto b = ouro::create_task(notes(6s, log, 'b'));
  auto gathering = ouro::create_task(gathers_shields(a, b));
  co_await test::settle();

  gathering.cancel();
  CHECK_THROWS_AS(co_await gathering, ouro::cancelled_error);

  co_await a;
  co_await b;
  CHECK(log == "abab");
}

OURO_TEST_CASE("gather: the first child that is cancelled ends it, the others clean up later",
               "[task][gather][cancel]") {
  std::string log;
  auto quick = ouro::create_task(number_after(1h, 1));
  auto slow = ouro::create_task(cleans_up(5s, log));
  std::vector<ouro::task_handle<>> all;
  all.emplace_back(quick);
  all.emplace_back(slow);
  auto gathering = ouro::gather(std::move(all));
  co_await test::settle();
  const auto start = ouro::get_running_loop().time();

  CHECK(gathering.cancel());
  CHECK_THROWS_AS(co_await gathering, ouro::cancelled_error);

  CHECK(ouro::get_running_loop().time() == start);
  CHECK(!slow.done());
  CHECK_THROWS_AS(co_await slow, ouro::cancelled_error);
  CHECK(log == "cancelled clean ");
}

OURO_TEST_CASE("gather: cancelling its future does not count as a cancel of the awaiting task",
               "[task][gather][cancel]") {
  auto both = ouro::gather(number_after(1h, 1), number_after(1h, 2));
  ouro::get_running_loop().call_later(1s, [&] { both.cancel(); });

  CHECK_THROWS_AS(co_await both, ouro::cancelled_error);

  CHECK(ouro::current_task().cancelling() == 0);
  CHECK(!both.cancel());
}

OURO_TEST_CASE("gather: a cancel beats a result that was not delivered yet, which stays",
               "[task][gather][cancel]") {
  auto early = ouro::gather(number_after(1s, 1), number_after(1s, 2));
  ouro::task_handle<> told_too_late;
  early.add_done_callback([&] { told_too_late.cancel(); });  // ahead of the awaiter
  int lost = 0;
  told_too_late = ouro::create_task(awaits(early, lost));
  int received = 0;
  auto waiting = ouro::create_task(awaits(early, received));
  co_await test::settle();
  early.add_done_callback([&] { waiting.cancel(); });  // behind the awaiter

  co_await waiting;
  CHECK_THROWS_AS(co_await told_too_late, ouro::cancelled_error);

  CHECK(received == 3);
  CHECK(lost == 0);
  CHECK(std::get<0>(early.result()) == 1);
}

OURO_TEST_CASE("gather: a child given twice is cancelled by one request as by two",
               "[task][gather][cancel]") {
  std::string log;
  auto child = ouro::create_task(cleans_up(5s, log));
  auto gathering = ouro::create_task(gathers_task(child));
  co_await test::settle();

  gathering.cancel();
  CHECK_THROWS_AS(co_await gathering, ouro::cancelled_error);

  CHECK(log == "cancelled clean ");
}

OURO_TEST_CASE("gather: a second cancel interrupts the clean-up of a child",
               "[task][gather][cancel]") {
  std::string log;
  auto child = ouro::create_task(cleans_up(1h, log));
  auto gathering = ouro::create_task(gathers_task(child));
  co_await test::settle();

  gathering.cancel();
  co_await test::settle();
  gathering.cancel();
  CHECK_THROWS_AS(co_await gathering, ouro::cancelled_error);

  CHECK(log == "cancelled interrupted ");
}

OURO_TEST_CASE("gather: a deadline around it cancels the children and joins all of them",
               "[task][gather][cancel]") {
  std::string log;
  auto slow = ouro::create_task(cleans_up(5s, log));
  auto quick = ouro::create_task(notes(1h, log, 'q'));
  const auto start = ouro::get_running_loop().time();
  auto gathering = ouro::create_task(gathers_with_a_deadline(1s, slow, quick));

  CHECK_THROWS_AS(co_await gathering, ouro::timeout_error);

  CHECK(slow.done());
  CHECK(quick.done());
  CHECK(ouro::get_running_loop().time() - start == 6s);
}
