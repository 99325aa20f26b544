// SPDX-License-Identifier: BSL-1.0
// What happens between a request to cancel and the end: clean-up, a second request, refusal.
#include "ouro/sync/event.hpp"
#include "ouro/task/future.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/shield.hpp"
#include "ouro/task/wait.hpp"

#include "tests/support/loop_test.hpp"
#include "tests/task/cancel_support.hpp"

#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace cancel_test;

namespace {

ouro::task<> await_child(ouro::task<> child) { co_await child; }

ouro::task<> await_value_then_yield(ouro::task_handle<int> task, std::string& log) {
  const int value = co_await task;
  log += std::to_string(value);
  co_await ouro::sleep(0s);
  log += " went on";
}

ouro::task<> swallow_then_wait(std::string& log, ouro::event& go) {
  const int value = co_await swallow(1, log, go);
  log += std::to_string(value);
  co_await go.wait();
  log += " went on";
}

ouro::task<> waits_in_clean_up(std::string& log, ouro::task_handle<> other) {
  bool cancelled = false;
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    cancelled = true;
  }
  if (cancelled) {
    co_await other;
    log += "joined ";
  }
}

ouro::task<> wait_in_clean_up(std::string& log, std::vector<ouro::task_handle<>> others) {
  bool cancelled = false;
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    cancelled = true;
  }
  if (cancelled) co_await ouro::wait(std::move(others));
  log += "all ended ";
}

/// Stops in a loop until told to, whatever is cancelled.
ouro::task<> ignore_every_cancel(std::string& log, ouro::event& go) {
  while (!go.is_set()) {
    try {
      co_await go.wait();
    } catch (const ouro::cancelled_error&) {
      log += 'x';
    }
  }
}

}  // namespace

OURO_TEST_CASE("cancellation: a task may take time and awaits to clean up", "[task][cancel]") {
  std::string log;
  const auto begin = ouro::get_running_loop().time();
  auto subject = ouro::create_task(clean_up_slowly(log, 3s));
  co_await ouro::sleep(0s);

  subject.cancel();
  CHECK_THROWS_AS(co_await subject, ouro::cancelled_error);

  CHECK(log == "cleaning clean ");
  CHECK(ouro::get_running_loop().time() - begin == 3s);
}

OURO_TEST_CASE("cancellation: a second request interrupts the clean-up", "[task][cancel]") {
  std::string log;
  const auto begin = ouro::get_running_loop().time();
  auto subject = ouro::create_task(clean_up_slowly(log, 3s));
  co_await ouro::sleep(0s);

  subject.cancel();
  co_await ouro::sleep(1s);
  subject.cancel();
  CHECK_THROWS_AS(co_await subject, ouro::cancelled_error);

  CHECK(log == "cleaning interrupted ");
  CHECK(ouro::get_running_loop().time() - begin == 1s);
  CHECK(subject.cancelling() == 2);
}

OURO_TEST_CASE("cancellation: a second request interrupts the clean-up of a child coroutine",
               "[task][cancel]") {
  std::string log;
  auto subject = ouro::create_task(await_child(clean_up_slowly(log, 3s)));
  co_await ouro::sleep(0s);

  subject.cancel();
  co_await ouro::sleep(1s);
  subject.cancel();
  CHECK_THROWS_AS(co_await subject, ouro::cancelled_error);

  CHECK(log == "cleaning interrupted ");
}

OURO_TEST_CASE("cancellation: a second request reaches the clean-up of an awaited task",
               "[task][cancel]") {
  std::string log;
  auto inner = ouro::create_task(clean_up_slowly(log, 3s));
  auto subject = ouro::create_task(note_end(await_it(inner), log));
  co_await ouro::sleep(0s);

  subject.cancel("first");
  co_await ouro::sleep(1s);
  CHECK(!subject.done());
  subject.cancel("second");
  co_await subject;

  CHECK(log == "cleaning interrupted cancelled(second)");
  CHECK(inner.cancelling() == 2);
}

OURO_TEST_CASE("cancellation: a second request reaches the clean-up of the children of a gather",
               "[task][cancel]") {
  std::string log;
  auto both =
      ouro::gather(ouro::return_exceptions, clean_up_slowly(log, 3s), clean_up_slowly(log, 4s));
  auto subject = ouro::create_task(note_end(await_it(both), log));
  co_await test::run_turns(2);

  subject.cancel();
  co_await ouro::sleep(1s);
  CHECK(log == "cleaning cleaning ");
  subject.cancel();
  co_await subject;

  CHECK(log.starts_with("cleaning cleaning interrupted interrupted cancelled("));
}

OURO_TEST_CASE("cancellation: a task that is awaited in a clean-up takes the second request",
               "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto inner = ouro::create_task(wait_and_note(go, log, 'i'));
  auto subject = ouro::create_task(note_end(waits_in_clean_up(log, inner), log));
  co_await ouro::sleep(0s);

  subject.cancel();
  co_await test::run_turns(2);
  CHECK(inner.cancelling() == 0);
  subject.cancel("second");
  co_await subject;

  CHECK(log == "-icancelled(second)");
}

OURO_TEST_CASE(
    "cancellation: wait() in a clean-up joins its tasks in spite of the delivered request",
    "[task][cancel]") {
  std::string log;
  std::vector<ouro::task_handle<>> others;
  others.push_back(ouro::create_task(ouro::sleep(2s)));
  others.push_back(ouro::create_task(ouro::sleep(3s)));
  const auto begin = ouro::get_running_loop().time();
  auto subject = ouro::create_task(wait_in_clean_up(log, others));
  co_await ouro::sleep(0s);

  subject.cancel();
  co_await subject;

  CHECK(log == "all ended ");
  CHECK(ouro::get_running_loop().time() - begin == 3s);
}

OURO_TEST_CASE("cancellation: one that is swallowed lets the task return its value",
               "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto subject = ouro::create_task(swallow(1, log, go));
  co_await ouro::sleep(0s);

  subject.cancel();
  const int value = co_await subject;

  CHECK(value == 7);
  CHECK(!subject.cancelled());
  CHECK(subject.cancelling() == 1);
}

OURO_TEST_CASE("cancellation: one that a child coroutine swallows leaves none in the parent",
               "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto subject = ouro::create_task(swallow_then_wait(log, go));
  co_await ouro::sleep(0s);

  subject.cancel();
  co_await test::run_turns(2);
  CHECK(log == "swallowed 7");
  go.set();
  co_await subject;

  CHECK(log == "swallowed 7 went on");
}

OURO_TEST_CASE("cancellation: one that an awaited task swallows leaves none in the awaiter",
               "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto inner = ouro::create_task(swallow(1, log, go));
  auto subject = ouro::create_task(await_value_then_yield(inner, log));
  co_await ouro::sleep(0s);

  subject.cancel();
  co_await subject;

  CHECK(log == "swallowed 7 went on");
  CHECK(subject.cancelling() == 1);
}

OURO_TEST_CASE("cancellation: each request reaches a task that swallows them all",
               "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto inner = ouro::create_task(ignore_every_cancel(log, go));
  auto subject = ouro::create_task(note_end(await_it(inner), log));
  co_await ouro::sleep(0s);

  for (int round = 0; round < 3; ++round) {
    subject.cancel();
    co_await test::run_turns(2);
  }
  CHECK(log == "xxx");
  go.set();
  co_await subject;

  CHECK(log == "xxxreturned");
  CHECK(inner.cancelling() == 3);
  CHECK(subject.cancelling() == 3);
}

OURO_TEST_CASE("cancellation: a gather whose children swallow it is cancelled all the same",
               "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto both = ouro::gather(swallow(1, log, go), swallow(1, log, go));
  auto subject = ouro::create_task(note_end(await_it(both), log));
  co_await test::run_turns(2);

  subject.cancel();
  co_await subject;

  CHECK(log.starts_with("swallowed swallowed cancelled("));
  CHECK(subject.cancelling() == 1);
}

OURO_TEST_CASE("cancellation: an error in the clean-up of an awaited task comes out of the await",
               "[task][cancel][error]") {
  std::string log;
  auto future = ouro::get_running_loop().create_future<int>();
  auto inner = ouro::create_task(
      [](ouro::future<int> on) -> ouro::task<> {
        try {
          co_await on;
        } catch (const ouro::cancelled_error&) {
          throw std::runtime_error("in the clean-up");
        }
      },
      future);
  auto subject = ouro::create_task(note_end(await_it(inner), log));
  co_await test::run_turns(2);

  subject.cancel();
  co_await subject;

  CHECK(log == "in the clean-up");
}

OURO_TEST_CASE(
    "cancellation: a shielded task that fails after its awaiter has gone is reported once",
    "[task][cancel][error]") {
  std::string log;
  auto future = ouro::get_running_loop().create_future<int>();
  auto inner = ouro::create_task(await_it(future), {.name = "inner"});
  auto subject = ouro::create_task(note_end(await_it(ouro::shield(inner)), log));
  co_await ouro::sleep(0s);
  subject.cancel();
  co_await subject;

  future.set_exception(std::runtime_error("late"));
  inner = {};
  co_await test::run_turns(2);

  CHECK(log == "cancelled()");
  CHECK(test::take_reports() ==
        std::vector<std::string>{
            "Task exception was never retrieved | inner | std::runtime_error: late"});
}
