// SPDX-License-Identifier: BSL-1.0
// Requests to cancel: how they are counted, delivered once, and taken back.
#include "ouro/base/errors.hpp"
#include "ouro/sync/event.hpp"

#include "tests/support/loop_test.hpp"
#include "tests/task/cancel_support.hpp"

#include <string>

using namespace std::chrono_literals;
using namespace cancel_test;

namespace {

ouro::task<int> cancel_self_and_return() {
  ouro::current_task().cancel("self");
  co_return 3;
}

ouro::task<> cancel_self_and_throw() {
  ouro::current_task().cancel();
  throw std::runtime_error("own error");
  co_return;
}

ouro::task<> cancel_self_and_await_ready(std::string& log) {
  ouro::current_task().cancel();
  ouro::event set;
  set.set();
  co_await set.wait();
  log += "ready ";
  co_await ouro::sleep(1s);
}

ouro::task<> withdraw_own_cancel(std::string& log) {
  ouro::current_task().cancel();
  log += std::to_string(ouro::current_task().uncancel());
  co_await ouro::sleep(1s);
  log += " slept";
}

ouro::task<> withdraw_one_of_two(std::string& log) {
  ouro::current_task().cancel();
  ouro::current_task().cancel();
  log += std::to_string(ouro::current_task().uncancel());
  co_await ouro::sleep(1s);
}

ouro::task<> catch_std_exception_only(std::string& log) {
  try {
    co_await ouro::sleep(1h);
  } catch (const std::exception&) {
    log += "caught";
  }
}

ouro::task<> count_in_handler(std::string& log) {
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    log += std::to_string(ouro::current_task().cancelling());
  }
  co_await ouro::sleep(0s);
  log += std::to_string(ouro::current_task().uncancel());
  co_await ouro::sleep(0s);
  log += " went on";
}

ouro::task<> two_deliveries(std::string& log) {
  for (int round = 0; round < 2; ++round) {
    try {
      co_await ouro::sleep(1h);
    } catch (const ouro::cancelled_error& error) {
      log += error.message() + " ";
    }
  }
}

ouro::task<> throws_when_cancelled() {
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    throw std::runtime_error("in the clean-up");
  }
}

ouro::task<> throws_cancelled_error() {
  throw ouro::cancelled_error("by hand");
  co_return;
}

ouro::task<> level_three(std::string& log) {
  try {
    co_await ouro::sleep(1h);
  } catch (...) {
    log += '3';
    throw;
  }
}

ouro::task<> level_two(std::string& log) {
  try {
    co_await level_three(log);
  } catch (...) {
    log += '2';
    throw;
  }
}

ouro::task<> level_one(std::string& log) {
  try {
    co_await level_two(log);
  } catch (...) {
    log += '1';
    throw;
  }
}

}  // namespace

OURO_TEST_CASE("cancellation: is thrown in a later turn, where the task is suspended",
               "[task][cancel]") {
  std::string log;
  auto subject = ouro::create_task(note_end(clean_up_slowly(log, 0s), log));
  co_await test::run_turns(2);

  CHECK(subject.cancel("enough"));
  CHECK(log == "");
  co_await subject;

  CHECK(log == "cleaning clean cancelled(enough)");
}

OURO_TEST_CASE("cancellation: unwinds from the innermost coroutine outwards", "[task][cancel]") {
  std::string log;
  auto subject = ouro::create_task(level_one(log));
  co_await ouro::sleep(0s);

  subject.cancel();
  CHECK_THROWS_AS(co_await subject, ouro::cancelled_error);

  CHECK(log == "321");
  CHECK(subject.cancelled());
}

OURO_TEST_CASE("cancellation: of a done task is false and counts nothing", "[task][cancel]") {
  auto subject = ouro::create_task(cancel_self_and_return);
  co_await test::run_turns(2);
  CHECK(subject.cancelling() == 1);

  CHECK(!subject.cancel());

  CHECK(subject.cancelling() == 1);
}

OURO_TEST_CASE("cancellation: before the first step keeps the body from running",
               "[task][cancel]") {
  std::string log;
  auto subject = ouro::create_task(level_one(log), {.name = "subject"});

  CHECK(subject.cancel("early"));
  std::string message;
  try {
    co_await subject;
  } catch (const ouro::cancelled_error& error) {
    message = error.message();
  }

  CHECK(log == "");
  CHECK(message == "early");
  CHECK(subject.cancelled());
  CHECK(test::take_reports().empty());
}

OURO_TEST_CASE("cancellation: uncancel() before the first step lets the body run",
               "[task][cancel]") {
  ouro::event go;
  go.set();
  std::string log;
  auto subject = ouro::create_task(wait_and_note(go, log, 'a'));
  subject.cancel();

  CHECK(subject.uncancel() == 0);
  co_await subject;

  CHECK(log == "+a");
}

OURO_TEST_CASE("cancellation: of itself hits at the next suspension", "[task][cancel]") {
  std::string log;
  auto subject = ouro::create_task(cancel_self_and_await_ready(log));

  CHECK_THROWS_AS(co_await subject, ouro::cancelled_error);

  CHECK(log == "ready ");
}

OURO_TEST_CASE("cancellation: of itself turns a return into a cancellation", "[task][cancel]") {
  auto subject = ouro::create_task(cancel_self_and_return());
  co_await test::run_turns(2);

  CHECK(subject.cancelled());
  CHECK_THROWS_AS(subject.result(), ouro::cancelled_error);
}

OURO_TEST_CASE("cancellation: of itself does not hide an error of its own",
               "[task][cancel][error]") {
  auto subject = ouro::create_task(cancel_self_and_throw());

  CHECK_THROWS_AS(co_await subject, std::runtime_error);

  CHECK(!subject.cancelled());
}

OURO_TEST_CASE("cancellation: uncancel() to zero withdraws a request that was not delivered",
               "[task][cancel]") {
  std::string log;

  co_await ouro::create_task(withdraw_own_cancel(log));

  CHECK(log == "0 slept");
}

OURO_TEST_CASE("cancellation: uncancel() of one of two requests withdraws none", "[task][cancel]") {
  std::string log;
  auto subject = ouro::create_task(withdraw_one_of_two(log));

  CHECK_THROWS_AS(co_await subject, ouro::cancelled_error);

  CHECK(log == "1");
}

OURO_TEST_CASE("cancellation: uncancel() does not undo one that is on its way to a blocked task",
               "[task][cancel]") {
  std::string log;
  auto subject = ouro::create_task(level_one(log));
  co_await ouro::sleep(0s);
  subject.cancel();

  CHECK(subject.uncancel() == 0);

  CHECK_THROWS_AS(co_await subject, ouro::cancelled_error);
}

OURO_TEST_CASE("cancellation: uncancel() stops at zero", "[task][cancel]") {
  ouro::event go;
  auto subject = ouro::create_task(wait_for_event(go));
  CHECK(subject.cancelling() == 0);

  CHECK(subject.uncancel() == 0);
  CHECK(subject.uncancel() == 0);

  CHECK(subject.cancelling() == 0);
  go.set();
  co_await subject;
}

OURO_TEST_CASE("cancellation: cancelling() stays up after the delivery until uncancel()",
               "[task][cancel]") {
  std::string log;
  auto subject = ouro::create_task(count_in_handler(log));
  co_await ouro::sleep(0s);

  subject.cancel();
  co_await subject;

  CHECK(log == "10 went on");
  CHECK(subject.cancelling() == 0);
}

OURO_TEST_CASE("cancellation: two requests before the delivery are one exception and count twice",
               "[task][cancel]") {
  std::string log;
  auto subject = ouro::create_task(two_deliveries(log));
  co_await ouro::sleep(0s);

  subject.cancel("first");
  subject.cancel("second");
  co_await test::run_turns(3);

  CHECK(log == "second ");
  CHECK(!subject.done());
  CHECK(subject.cancelling() == 2);
  subject.cancel("third");
  co_await subject;
  CHECK(log == "second third ");
}

OURO_TEST_CASE("cancellation: the message of an earlier request does not stick to a later one",
               "[task][cancel]") {
  std::string log;
  auto subject = ouro::create_task(two_deliveries(log));
  co_await ouro::sleep(0s);

  subject.cancel("first");
  co_await test::run_turns(3);
  subject.cancel();
  co_await subject;

  CHECK(log == "first  ");
}

OURO_TEST_CASE("cancellation: is not caught by a handler of std::exception", "[task][cancel]") {
  std::string log;
  auto subject = ouro::create_task(catch_std_exception_only(log));
  co_await ouro::sleep(0s);

  subject.cancel();

  CHECK_THROWS_AS(co_await subject, ouro::cancelled_error);
  CHECK(log == "");
}

OURO_TEST_CASE("cancellation: an error in the clean-up is what the task ends with",
               "[task][cancel][error]") {
  auto subject = ouro::create_task(throws_when_cancelled());
  co_await ouro::sleep(0s);

  subject.cancel();

  CHECK_THROWS_AS(co_await subject, std::runtime_error);
  CHECK(!subject.cancelled());
}

OURO_TEST_CASE("cancellation: a cancelled_error that a task throws by hand ends it cancelled",
               "[task][cancel]") {
  auto subject = ouro::create_task(throws_cancelled_error());
  std::string message;
  try {
    co_await subject;
  } catch (const ouro::cancelled_error& error) {
    message = error.message();
  }

  CHECK(message == "by hand");
  CHECK(subject.cancelled());
  CHECK(subject.cancelling() == 0);
}

OURO_TEST_CASE("cancellation: the message of the request reaches who awaits the task",
               "[task][cancel]") {
  std::string log;
  auto subject = ouro::create_task(level_one(log));
  auto awaiting = ouro::create_task(note_end(await_it(subject), log));
  co_await test::run_turns(2);

  subject.cancel("told why");
  co_await awaiting;

  CHECK(log == "321cancelled(told why)");
  CHECK(awaiting.cancelling() == 0);
}

OURO_TEST_CASE("cancellation: a cancelled task that nobody awaits is not reported",
               "[task][cancel]") {
  std::string log;
  auto subject = ouro::create_task(level_one(log));
  co_await ouro::sleep(0s);

  subject.cancel();
  subject = {};
  co_await test::run_turns(3);

  CHECK(test::take_reports().empty());
}
