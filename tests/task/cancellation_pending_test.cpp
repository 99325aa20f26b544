// SPDX-License-Identifier: BSL-1.0
// A request to cancel is pending when a wait begins: for each kind of wait.
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

/// Runs `body` in a task that has a request pending, and notes how it ended.
ouro::task<> with_pending_cancel(ouro::task<> body, std::string& log) {
  ouro::current_task().cancel("early");
  co_await note_end(std::move(body), log);
}

/// The same as a task that has begun and ended when this returns.
ouro::task_handle<> run_with_pending_cancel(ouro::task<> body, std::string& log) {
  return ouro::create_task(with_pending_cancel(std::move(body), log), {.eager_start = true});
}

ouro::task<> sleep_for(ouro::duration delay) { co_await ouro::sleep(delay); }

ouro::task<> await_ready_then_sleep(ouro::future<int> ready, std::string& log) {
  const int value = co_await ready;
  log += std::to_string(value) + " ";
  co_await ouro::sleep(1h);
}

ouro::task<> await_child(ouro::event& go, std::string& log) {
  log += "parent ";
  co_await wait_and_note(go, log, 'c');
}

ouro::task<int> number(int value) { co_return value; }

ouro::task<> await_ready_child_then_yield(std::string& log) {
  const int value = co_await number(5);
  log += std::to_string(value) + " ";
  co_await ouro::sleep(0s);
}

ouro::task<> gather_both(ouro::task_handle<int> first, ouro::task_handle<int> second) {
  co_await ouro::gather(first, second);
}

ouro::task<> wait_for_it(ouro::task_handle<int> task) {
  std::vector<ouro::task_handle<int>> tasks;
  tasks.push_back(std::move(task));
  co_await ouro::wait(std::move(tasks), {.timeout = 1h});
}

ouro::task<> shielded(ouro::task_handle<int> inner) { co_await ouro::shield(inner); }

}  // namespace

OURO_TEST_CASE("pending cancellation: a sleep does not start", "[task][cancel]") {
  std::string log;

  auto subject = run_with_pending_cancel(sleep_for(1h), log);

  CHECK(log == "cancelled(early)");
  CHECK(subject.done());
  CHECK(ouro::get_running_loop().pending_timers() == 0);
  co_return;
}

OURO_TEST_CASE("pending cancellation: a yield throws after its turn", "[task][cancel]") {
  std::string log;

  auto subject = run_with_pending_cancel(sleep_for(0s), log);
  CHECK(log == "");
  co_await ouro::sleep(0s);

  CHECK(log == "cancelled(early)");
  CHECK(subject.done());
}

OURO_TEST_CASE("pending cancellation: a wait for an event does not start", "[task][cancel]") {
  std::string log;
  ouro::event go;

  auto subject = run_with_pending_cancel(wait_for_event(go), log);

  CHECK(log == "cancelled(early)");
  CHECK(subject.done());
  co_return;
}

OURO_TEST_CASE("pending cancellation: an event that is set does not deliver it", "[task][cancel]") {
  std::string log;
  ouro::event go;
  go.set();

  auto subject = run_with_pending_cancel(wait_for_event(go), log);

  CHECK(log == "returned");
  CHECK(subject.cancelled());  // it stayed pending to the end
  co_return;
}

OURO_TEST_CASE("pending cancellation: a future is cancelled and waited for", "[task][cancel]") {
  std::string log;
  auto future = ouro::get_running_loop().create_future<int>();

  auto subject = run_with_pending_cancel(await_it(future), log);
  CHECK(future.cancelled());
  co_await subject;

  CHECK(log == "cancelled(early)");
}

OURO_TEST_CASE("pending cancellation: a future that is done gives its value and the request stays",
               "[task][cancel]") {
  std::string log;
  auto future = ouro::get_running_loop().create_future<int>();
  future.set_result(4);

  auto subject = run_with_pending_cancel(await_ready_then_sleep(future, log), log);

  CHECK(log == "4 cancelled(early)");
  CHECK(subject.done());
  co_return;
}

OURO_TEST_CASE("pending cancellation: a task is cancelled and joined", "[task][cancel]") {
  std::string log;
  const auto begin = ouro::get_running_loop().time();
  auto inner = ouro::create_task(clean_up_slowly(log, 5s));
  co_await ouro::sleep(0s);

  auto subject = run_with_pending_cancel(await_it(inner), log);
  co_await subject;

  CHECK(log == "cleaning clean cancelled(early)");
  CHECK(ouro::get_running_loop().time() - begin == 5s);
}

OURO_TEST_CASE("pending cancellation: a task that swallows it leaves none in the awaiter",
               "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto inner = ouro::create_task(swallow(1, log, go));
  co_await ouro::sleep(0s);

  auto subject = run_with_pending_cancel(await_it(inner), log);
  co_await subject;

  CHECK(log == "swallowed returned");
  CHECK(subject.cancelling() == 1);
}

OURO_TEST_CASE("pending cancellation: a gather cancels its children", "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto first = ouro::create_task(wait_and_note(go, log, '1'));
  auto second = ouro::create_task(wait_and_note(go, log, '2'));
  co_await ouro::sleep(0s);

  auto subject = run_with_pending_cancel(gather_both(first, second), log);
  co_await subject;

  CHECK(log == "-1-2cancelled(early)");
}

OURO_TEST_CASE("pending cancellation: wait() does not start and leaves its tasks alone",
               "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto inner = ouro::create_task(wait_and_note(go, log, 'i'));
  co_await ouro::sleep(0s);

  auto subject = run_with_pending_cancel(wait_for_it(inner), log);
  CHECK(log == "cancelled(early)");
  CHECK(subject.done());
  CHECK(inner.cancelling() == 0);

  go.set();
  co_await inner;
}

OURO_TEST_CASE("pending cancellation: shield() keeps it from the task", "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto inner = ouro::create_task(wait_and_note(go, log, 'i'));
  co_await ouro::sleep(0s);

  auto subject = run_with_pending_cancel(shielded(inner), log);
  co_await subject;
  CHECK(log == "cancelled(early)");
  CHECK(inner.cancelling() == 0);

  go.set();
  co_await inner;
}

OURO_TEST_CASE("pending cancellation: a child coroutine runs to its own suspension",
               "[task][cancel]") {
  std::string log;
  ouro::event go;

  auto subject = run_with_pending_cancel(await_child(go, log), log);

  CHECK(log == "parent -ccancelled(early)");
  CHECK(subject.done());
  co_return;
}

OURO_TEST_CASE("pending cancellation: a child that is ready gives its value and the request stays",
               "[task][cancel]") {
  std::string log;

  auto subject = run_with_pending_cancel(await_ready_child_then_yield(log), log);
  co_await subject;

  CHECK(log == "5 cancelled(early)");
}

OURO_TEST_CASE(
    "cancellation before the first step: of a task that is awaited ends the awaiter cancelled",
    "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto inner = ouro::create_task(wait_and_note(go, log, 'i'));
  auto subject = ouro::create_task(note_end(await_it(inner), log));

  inner.cancel("early");
  co_await subject;

  CHECK(log == "cancelled(early)");
}

OURO_TEST_CASE("cancellation before the first step: of the children of a gather runs none of them",
               "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto both = ouro::gather(wait_and_note(go, log, 'a'), wait_and_note(go, log, 'b'));

  CHECK(both.cancel());
  CHECK_THROWS_AS(co_await both, ouro::cancelled_error);

  co_await test::run_turns(2);
  CHECK(log == "");
}

OURO_TEST_CASE("cancellation before the first step: shield() keeps it from the task",
               "[task][cancel]") {
  std::string log;
  ouro::event go;
  go.set();
  auto inner = ouro::create_task(wait_and_note(go, log, 'i'));
  auto outer = ouro::shield(inner);

  CHECK(outer.cancel());
  CHECK_THROWS_AS(co_await outer, ouro::cancelled_error);
  co_await inner;

  CHECK(log == "+i");
}

OURO_TEST_CASE("cancellation before the first step: two requests count twice and end it once",
               "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto subject = ouro::create_task(wait_and_note(go, log, 's'));

  subject.cancel("first");
  subject.cancel("second");
  co_await note_end(await_it(subject), log);

  CHECK(log == "cancelled(second)");
  CHECK(subject.cancelling() == 2);
}
