// SPDX-License-Identifier: BSL-1.0
// A task is cancelled while it waits: for each kind of wait.
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

ouro::task<> sleep_for(ouro::duration delay) { co_await ouro::sleep(delay); }

ouro::task<> sleep_until_next_hour() {
  co_await ouro::sleep_until(ouro::get_running_loop().time() + 1h);
}

ouro::task<> await_child(ouro::event& go, std::string& log) {
  co_await wait_and_note(go, log, 'c');
}

ouro::task<> gather_two(ouro::event& go, std::string& log) {
  co_await ouro::gather(wait_and_note(go, log, 'a'), wait_and_note(go, log, 'b'));
}

ouro::task<> collect_two(ouro::event& go, std::string& log) {
  co_await ouro::gather(ouro::return_exceptions, wait_and_note(go, log, 'a'),
                        wait_and_note(go, log, 'b'));
}

ouro::task<> gather_one_and_a_slow_one(ouro::event& go, std::string& log) {
  co_await ouro::gather(wait_and_note(go, log, 'a'), clean_up_slowly(log, 1h));
}

ouro::task<> wait_for_both(ouro::task_handle<int> first, ouro::task_handle<int> second) {
  std::vector<ouro::task_handle<int>> both;
  both.push_back(std::move(first));
  both.push_back(std::move(second));
  co_await ouro::wait(std::move(both), {.timeout = 1h});
}

ouro::task<> shielded(ouro::task_handle<int> inner) { co_await ouro::shield(inner); }

}  // namespace

OURO_TEST_CASE("cancellation while waiting: a sleep ends at once and its timer is gone",
               "[task][cancel]") {
  std::string log;
  const auto begin = ouro::get_running_loop().time();
  auto subject = ouro::create_task(note_end(sleep_for(1h), log));
  co_await ouro::sleep(0s);
  CHECK(ouro::get_running_loop().pending_timers() == 1);

  subject.cancel("stop");
  CHECK(ouro::get_running_loop().pending_timers() == 0);
  co_await subject;

  CHECK(log == "cancelled(stop)");
  CHECK(ouro::get_running_loop().time() == begin);
}

OURO_TEST_CASE("cancellation while waiting: sleep_until() ends at once", "[task][cancel]") {
  std::string log;
  auto subject = ouro::create_task(note_end(sleep_until_next_hour(), log));
  co_await ouro::sleep(0s);

  subject.cancel("stop");
  CHECK(ouro::get_running_loop().pending_timers() == 0);
  co_await subject;

  CHECK(log == "cancelled(stop)");
}

OURO_TEST_CASE("cancellation while waiting: a yield throws when its turn comes", "[task][cancel]") {
  std::string log;
  auto subject = ouro::create_task(note_end(sleep_for(0s), log));
  ouro::get_running_loop().call_soon([&subject] { subject.cancel("stop"); });

  co_await subject;

  CHECK(log == "cancelled(stop)");
}

OURO_TEST_CASE("cancellation while waiting: a wait for an event leaves the other waiters in place",
               "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto first = ouro::create_task(wait_and_note(go, log, '1'));
  auto subject = ouro::create_task(wait_and_note(go, log, '2'));
  auto last = ouro::create_task(wait_and_note(go, log, '3'));
  co_await ouro::sleep(0s);

  subject.cancel();
  CHECK_THROWS_AS(co_await subject, ouro::cancelled_error);
  CHECK(!go.is_set());
  go.set();
  co_await first;
  co_await last;

  CHECK(log == "-2+1+3");
}

OURO_TEST_CASE("cancellation while waiting: a future that is awaited is cancelled too",
               "[task][cancel]") {
  std::string log;
  auto future = ouro::get_running_loop().create_future<int>();
  auto subject = ouro::create_task(note_end(await_it(future), log));
  co_await ouro::sleep(0s);

  subject.cancel("stop");
  CHECK(future.cancelled());
  co_await subject;

  CHECK(log == "cancelled(stop)");
}

OURO_TEST_CASE("cancellation while waiting: a shared future takes its other awaiters with it",
               "[task][cancel]") {
  std::string log;
  auto future = ouro::get_running_loop().create_future<int>();
  auto subject = ouro::create_task(note_end(await_it(future), log));
  auto other = ouro::create_task(note_end(await_it(future), log));
  co_await ouro::sleep(0s);

  subject.cancel("stop");
  co_await subject;
  co_await other;

  CHECK(log == "cancelled(stop)cancelled(stop)");
  CHECK(other.cancelling() == 0);
}

OURO_TEST_CASE("cancellation while waiting: a task that is awaited is cancelled with the message",
               "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto inner = ouro::create_task(wait_and_note(go, log, 'i'));
  auto subject = ouro::create_task(note_end(await_it(inner), log));
  co_await ouro::sleep(0s);

  subject.cancel("stop");
  CHECK(inner.cancelling() == 1);
  co_await subject;

  CHECK(log == "-icancelled(stop)");
  CHECK(inner.cancelled());
}

OURO_TEST_CASE("cancellation while waiting: a task that is awaited may take its time to end",
               "[task][cancel]") {
  std::string log;
  const auto begin = ouro::get_running_loop().time();
  auto inner = ouro::create_task(clean_up_slowly(log, 5s));
  auto subject = ouro::create_task(note_end(await_it(inner), log));
  co_await ouro::sleep(0s);

  subject.cancel("stop");
  co_await subject;

  CHECK(log == "cleaning clean cancelled(stop)");
  CHECK(ouro::get_running_loop().time() - begin == 5s);
}

OURO_TEST_CASE("cancellation while waiting: a request goes down a chain of tasks to the last",
               "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto last = ouro::create_task(wait_and_note(go, log, 'l'));
  auto middle = ouro::create_task(note_end(await_it(last), log));
  auto subject = ouro::create_task(await_it(middle));
  co_await test::run_turns(2);

  subject.cancel("stop");
  co_await subject;  // middle swallows it

  CHECK(log == "-lcancelled(stop)");
  CHECK(middle.cancelling() == 1);
  CHECK(last.cancelling() == 1);
}

OURO_TEST_CASE("cancellation while waiting: a gather cancels all its children", "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto subject = ouro::create_task(note_end(gather_two(go, log), log));
  co_await test::run_turns(2);

  subject.cancel("stop");
  co_await subject;

  CHECK(log == "-a-bcancelled(stop)");
}

OURO_TEST_CASE("cancellation while waiting: a gather is left when the first child has ended",
               "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto subject = ouro::create_task(note_end(gather_one_and_a_slow_one(go, log), log));
  co_await test::run_turns(2);

  subject.cancel("stop");
  co_await subject;
  CHECK(log == "-acleaning cancelled(stop)");

  co_await ouro::sleep(2h);
  CHECK(log == "-acleaning cancelled(stop)clean ");
}

OURO_TEST_CASE("cancellation while waiting: a collecting gather throws it too", "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto subject = ouro::create_task(note_end(collect_two(go, log), log));
  co_await test::run_turns(2);

  subject.cancel("stop");
  co_await subject;

  CHECK(log.starts_with("-a-bcancelled("));
}

OURO_TEST_CASE("cancellation while waiting: wait() leaves its tasks alone", "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto first = ouro::create_task(wait_and_note(go, log, '1'));
  auto second = ouro::create_task(wait_and_note(go, log, '2'));
  auto subject = ouro::create_task(note_end(wait_for_both(first, second), log));
  co_await test::run_turns(2);

  subject.cancel("stop");
  CHECK(ouro::get_running_loop().pending_timers() == 0);
  co_await subject;
  CHECK(log == "cancelled(stop)");
  CHECK(first.cancelling() == 0);

  go.set();
  co_await first;
  co_await second;
  CHECK(log == "cancelled(stop)+1+2");
}

OURO_TEST_CASE("cancellation while waiting: shield() lets the awaiter go and the task go on",
               "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto inner = ouro::create_task(wait_and_note(go, log, 'i'));
  auto subject = ouro::create_task(note_end(shielded(inner), log));
  co_await test::run_turns(2);

  subject.cancel("stop");
  co_await subject;
  CHECK(log == "cancelled(stop)");
  CHECK(inner.cancelling() == 0);

  go.set();
  const int value = co_await inner;
  CHECK(value == 1);
}

OURO_TEST_CASE("cancellation while waiting: a child coroutine sees it first", "[task][cancel]") {
  std::string log;
  ouro::event go;
  auto subject = ouro::create_task(note_end(await_child(go, log), log));
  co_await ouro::sleep(0s);

  subject.cancel("stop");
  co_await subject;

  CHECK(log == "-ccancelled(stop)");
}
