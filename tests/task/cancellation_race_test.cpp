// SPDX-License-Identifier: BSL-1.0
// A request to cancel and the end of the wait come in the same turn, in both orders.
#include "ouro/base/errors.hpp"
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

ouro::task<> sleep_a_second() { co_await ouro::sleep(1s); }

ouro::task<int> value_after_event(ouro::event& go) {
  co_await go.wait();
  co_return 7;
}

ouro::task<> fail_after_event(ouro::event& go) {
  co_await go.wait();
  throw std::runtime_error("failed");
}

ouro::task<> await_value_of_child(ouro::event& go, std::string& log) {
  const int value = co_await value_after_event(go);
  log += std::to_string(value);
}

ouro::task<> wait_for_it(ouro::task_handle<int> task) {
  std::vector<ouro::task_handle<int>> tasks;
  tasks.push_back(std::move(task));
  co_await ouro::wait(std::move(tasks));
}

/// Makes the current task the one that `future` cancels when it is done, before its awaiters run.
template <class Future>
void cancel_when_done(const Future& future, const ouro::task_handle<>& subject) {
  future.add_done_callback([&subject] { subject.cancel("late"); });
}

}  // namespace

OURO_TEST_CASE("cancellation race: before a sleep that is due in the same turn it ends it",
               "[task][cancel]") {
  std::string log;
  ouro::task_handle<> subject;
  ouro::get_running_loop().call_later(1s, [&subject] { subject.cancel("first"); });
  subject = ouro::create_task(note_end(sleep_a_second(), log));

  co_await subject;

  CHECK(log == "cancelled(first)");
}

OURO_TEST_CASE("cancellation race: after a sleep that is due in the same turn it still wins",
               "[task][cancel]") {
  std::string log;
  auto subject = ouro::create_task(note_end(sleep_a_second(), log));
  co_await ouro::sleep(0s);
  ouro::get_running_loop().call_later(1s, [&subject] { subject.cancel("second"); });

  co_await subject;

  CHECK(log == "cancelled(second)");
}

OURO_TEST_CASE("cancellation race: before event::set() the wait is cancelled and the event set",
               "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto subject = ouro::create_task(note_end(wait_for_event(go), log));
  co_await ouro::sleep(0s);

  subject.cancel("first");
  go.set();
  co_await subject;

  CHECK(log == "cancelled(first)");
  CHECK(go.is_set());
}

OURO_TEST_CASE("cancellation race: after event::set() it still wins", "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto subject = ouro::create_task(note_end(wait_for_event(go), log));
  co_await ouro::sleep(0s);

  go.set();
  subject.cancel("second");
  co_await subject;

  CHECK(log == "cancelled(second)");
}

OURO_TEST_CASE("cancellation race: before set_result() the future is cancelled", "[task][cancel]") {
  std::string log;
  auto future = ouro::get_running_loop().create_future<int>();
  auto subject = ouro::create_task(note_end(await_it(future), log));
  co_await ouro::sleep(0s);

  subject.cancel("first");
  CHECK_THROWS_AS(future.set_result(1), ouro::invalid_state_error);
  co_await subject;

  CHECK(log == "cancelled(first)");
}

OURO_TEST_CASE("cancellation race: after set_result() it wins and the value stays in the future",
               "[task][cancel]") {
  std::string log;
  auto future = ouro::get_running_loop().create_future<int>();
  auto subject = ouro::create_task(note_end(await_it(future), log));
  co_await ouro::sleep(0s);

  future.set_result(5);
  subject.cancel("second");
  co_await subject;

  CHECK(log == "cancelled(second)");
  CHECK(future.result() == 5);
}

OURO_TEST_CASE(
    "cancellation race: after set_exception() it wins and the exception stays in the future",
    "[task][cancel][error]") {
  std::string log;
  auto future = ouro::get_running_loop().create_future<int>();
  auto subject = ouro::create_task(note_end(await_it(future), log));
  co_await ouro::sleep(0s);

  future.set_exception(std::runtime_error("kept"));
  subject.cancel("second");
  co_await subject;

  CHECK(log == "cancelled(second)");
  CHECK_THROWS_AS(future.result(), std::runtime_error);
}

OURO_TEST_CASE("cancellation race: an exception that it hides in a dropped future is reported",
               "[task][cancel][error]") {
  std::string log;
  auto future = ouro::get_running_loop().create_future<int>();
  auto subject = ouro::create_task(note_end(await_it(future), log));
  co_await ouro::sleep(0s);

  future.set_exception(std::runtime_error("hidden"));
  subject.cancel();
  co_await subject;
  future = {};

  CHECK(log == "cancelled()");
  CHECK(test::take_reports().size() == 1);
}

OURO_TEST_CASE("cancellation race: before the last step of an awaited task it cancels that task",
               "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto inner = ouro::create_task(value_after_event(go));
  auto subject = ouro::create_task(note_end(await_it(inner), log));
  co_await ouro::sleep(0s);

  go.set();  // inner is ready now and would end in the next turn
  subject.cancel("first");
  co_await subject;

  CHECK(log == "cancelled(first)");
  CHECK(inner.cancelled());
}

OURO_TEST_CASE(
    "cancellation race: after the end of an awaited task it wins and the value stays there",
    "[task][cancel]") {
  std::string log;
  ouro::event go;
  ouro::task_handle<> subject;
  auto inner = ouro::create_task(value_after_event(go));
  cancel_when_done(inner, subject);
  subject = ouro::create_task(note_end(await_it(inner), log));
  co_await ouro::sleep(0s);

  go.set();
  co_await subject;

  CHECK(log == "cancelled(late)");
  CHECK(inner.result() == 7);
}

OURO_TEST_CASE(
    "cancellation race: after an awaited task has failed it wins and the error stays there",
    "[task][cancel][error]") {
  std::string log;
  ouro::event go;
  ouro::task_handle<> subject;
  auto inner = ouro::create_task(fail_after_event(go));
  cancel_when_done(inner, subject);
  subject = ouro::create_task(note_end(await_it(inner), log));
  co_await ouro::sleep(0s);

  go.set();
  co_await subject;

  CHECK(log == "cancelled(late)");
  CHECK_THROWS_AS(inner.result(), std::runtime_error);
}

OURO_TEST_CASE("cancellation race: before the children of a gather end it cancels them",
               "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto first = ouro::create_task(value_after_event(go));
  auto both = ouro::gather(first, value_after_event(go));
  auto subject = ouro::create_task(note_end(await_it(both), log));
  co_await test::run_turns(2);

  go.set();
  subject.cancel("first");
  co_await subject;

  CHECK(log == "cancelled(first)");
  CHECK(first.cancelled());
  CHECK(both.cancelled());
}

OURO_TEST_CASE("cancellation race: after the end of a gather it wins and the values stay there",
               "[task][cancel]") {
  std::string log;
  ouro::event go;
  ouro::task_handle<> subject;
  auto both = ouro::gather(value_after_event(go), value_after_event(go));
  cancel_when_done(both, subject);
  subject = ouro::create_task(note_end(await_it(both), log));
  co_await test::run_turns(2);

  go.set();
  co_await subject;

  CHECK(log == "cancelled(late)");
  CHECK(std::get<1>(both.result()) == 7);
}

OURO_TEST_CASE(
    "cancellation race: between the end of the children and that of their gather it wins",
    "[task][cancel]") {
  std::string log;
  ouro::event go;
  ouro::task_handle<> subject;
  auto child = ouro::create_task(value_after_event(go));
  cancel_when_done(child, subject);  // runs before the gather is told
  auto one = ouro::gather(child);
  subject = ouro::create_task(note_end(await_it(one), log));
  co_await ouro::sleep(0s);

  go.set();
  co_await subject;

  CHECK(log == "cancelled(late)");
  CHECK(child.result() == 7);
}

OURO_TEST_CASE("cancellation race: before the tasks of wait() end it leaves and they end",
               "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto inner = ouro::create_task(value_after_event(go));
  auto subject = ouro::create_task(note_end(wait_for_it(inner), log));
  co_await ouro::sleep(0s);

  go.set();
  subject.cancel("first");
  co_await subject;
  co_await inner;

  CHECK(log == "cancelled(first)");
  CHECK(inner.result() == 7);
}

OURO_TEST_CASE("cancellation race: between the end of a task and the wake-up of wait() it wins",
               "[task][cancel]") {
  std::string log;
  ouro::event go;
  ouro::task_handle<> subject;
  auto inner = ouro::create_task(value_after_event(go));
  cancel_when_done(inner, subject);
  subject = ouro::create_task(note_end(wait_for_it(inner), log));
  co_await ouro::sleep(0s);

  go.set();
  co_await subject;

  CHECK(log == "cancelled(late)");
  CHECK(inner.result() == 7);
}

OURO_TEST_CASE("cancellation race: after the wake-up of wait() it wins", "[task][cancel]") {
  std::string log;
  ouro::event go;
  ouro::task_handle<> subject;
  auto inner = ouro::create_task(value_after_event(go));
  inner.add_done_callback(
      [&subject] { ouro::get_running_loop().call_soon([&subject] { subject.cancel("late"); }); });
  subject = ouro::create_task(note_end(wait_for_it(inner), log));
  co_await ouro::sleep(0s);

  go.set();
  co_await subject;

  CHECK(log == "cancelled(late)");
}

OURO_TEST_CASE("cancellation race: before the end of a shielded task it ends the wait alone",
               "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto inner = ouro::create_task(value_after_event(go));
  auto subject = ouro::create_task(note_end(await_it(ouro::shield(inner)), log));
  co_await ouro::sleep(0s);

  go.set();
  subject.cancel("first");
  co_await subject;
  co_await inner;

  CHECK(log == "cancelled(first)");
  CHECK(inner.result() == 7);
}

OURO_TEST_CASE("cancellation race: after the end of a shield it wins and the value stays there",
               "[task][cancel]") {
  std::string log;
  ouro::event go;
  ouro::task_handle<> subject;
  auto inner = ouro::create_task(value_after_event(go));
  auto outer = ouro::shield(inner);
  cancel_when_done(outer, subject);
  subject = ouro::create_task(note_end(await_it(outer), log));
  co_await ouro::sleep(0s);

  go.set();
  co_await subject;

  CHECK(log == "cancelled(late)");
  CHECK(outer.result() == 7);
}

OURO_TEST_CASE("cancellation race: a child that is about to end is cancelled in it",
               "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto subject = ouro::create_task(note_end(await_value_of_child(go, log), log));
  co_await ouro::sleep(0s);

  go.set();
  subject.cancel("late");
  co_await subject;

  CHECK(log == "cancelled(late)");
}

OURO_TEST_CASE(
    "cancellation race: uncancel() between the request and the resumption lets the value through",
    "[task][cancel]") {
  std::string log;
  auto future = ouro::get_running_loop().create_future<int>();
  auto subject = ouro::create_task(note_end(await_it(future), log));
  co_await ouro::sleep(0s);

  future.set_result(5);
  subject.cancel();
  CHECK(subject.uncancel() == 0);
  co_await subject;

  CHECK(log == "returned");
}
