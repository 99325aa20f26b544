// SPDX-License-Identifier: BSL-1.0
// Deadlines by RAII: rules 1 to 4, 7 and 9 of the design. The joins are in
// deadline_scope_join_test.cpp.
#include "ouro/task/deadline_scope.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/sync/event.hpp"
#include "ouro/task/future.hpp"
#include "ouro/task/wait.hpp"

#include "tests/support/loop_test.hpp"
#include "tests/task/cancel_support.hpp"

#include <optional>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using namespace cancel_test;

namespace {

ouro::time_point now() { return ouro::get_running_loop().time(); }

/// The scope that the timeout_error of a sleep names, null if it names none or none is thrown.
ouro::task<const void*> scope_that_ends_a_sleep(ouro::duration delay) {
  try {
    co_await ouro::sleep(delay);
  } catch (const ouro::timeout_error& error) {
    co_return error.scope();
  }
  co_return nullptr;
}

/// Whether a sleep is ended by a timeout_error.
ouro::task<bool> times_out(ouro::duration delay) {
  const void* scope = co_await scope_that_ends_a_sleep(delay);
  co_return scope != nullptr;
}

ouro::task<> wait_under_deadline(ouro::event& go, ouro::duration limit, std::string& log) {
  const ouro::fail_after guard(limit);
  try {
    co_await go.wait();
    log += "let through";
  } catch (const ouro::timeout_error&) {
    log += "timed out";
  } catch (const ouro::cancelled_error& error) {
    log += "cancelled(" + error.message() + ")";
  }
}

ouro::task<> compute_past_deadline(std::string& log) {
  const ouro::fail_after guard(1s);
  test::current_clock().pass(2s);
  log += guard.expired() ? "expired " : "not yet ";
  ouro::event never;
  co_await wait_under_deadline(never, 1h, log);
}

ouro::task<int> number(int value) { co_return value; }

}  // namespace

OURO_TEST_CASE("deadline: what is awaited in time is not touched", "[task][deadline_scope]") {
  const auto begin = now();
  {
    const ouro::fail_after guard(2s);
    co_await ouro::sleep(1s);
    CHECK(!guard.expired());
    CHECK(guard.when() == begin + 2s);
  }

  co_await ouro::sleep(5s);
  CHECK(now() - begin == 6s);
}

OURO_TEST_CASE("deadline: the await that it passes in throws timeout_error at that time",
               "[task][deadline_scope]") {
  const auto begin = now();
  const ouro::fail_after guard(2s);

  CHECK_THROWS_AS(co_await ouro::sleep(5s), ouro::timeout_error);

  CHECK(now() - begin == 2s);
  CHECK(guard.expired());
  CHECK(ouro::get_running_loop().pending_timers() == 0);
}

OURO_TEST_CASE("deadline: the error names the operation, the limit and the place",
               "[task][deadline_scope][error]") {
  const ouro::fail_after guard(1500ms);
  std::string text;
  try {
    co_await ouro::sleep(5s);
  } catch (const ouro::timeout_error& error) {
    text = error.what();
  }

  CHECK(text.starts_with("fail_after (1.5s) at "));
  CHECK(text.find("deadline_scope_test.cpp") != text.npos);
}

OURO_TEST_CASE("deadline: its end only disarms", "[task][deadline_scope]") {
  {
    const ouro::fail_after guard(2s);
    CHECK(ouro::get_running_loop().pending_timers() == 1);
  }

  CHECK(ouro::get_running_loop().pending_timers() == 0);
  co_return;
}

OURO_TEST_CASE("deadline: after an expired scope has been left awaits are free again",
               "[task][deadline_scope]") {
  {
    const ouro::fail_after guard(1s);
    CHECK_THROWS_AS(co_await ouro::sleep(5s), ouro::timeout_error);
  }

  const bool timed_out = co_await times_out(1s);
  CHECK(!timed_out);
}

OURO_TEST_CASE("deadline: std::nullopt never expires", "[task][deadline_scope]") {
  const ouro::fail_after no_limit(std::nullopt);
  const ouro::fail_at no_time(std::nullopt);

  const bool timed_out = co_await times_out(1000h);

  CHECK(!timed_out);
  CHECK(!no_limit.when());
  CHECK(!no_time.when());
}

OURO_TEST_CASE("deadline: fail_at() expires at its time", "[task][deadline_scope]") {
  const auto begin = now();
  const ouro::fail_at guard(begin + 3s);

  CHECK_THROWS_AS(co_await ouro::sleep(5s), ouro::timeout_error);

  CHECK(now() - begin == 3s);
}

TEST_CASE("deadline: outside a task is a usage_error", "[task][deadline_scope][error]") {
  CHECK_THROWS_AS(ouro::fail_after(1s), ouro::usage_error);
  CHECK_THROWS_AS(ouro::fail_after(std::nullopt), ouro::usage_error);
  CHECK_THROWS_AS(ouro::fail_at(std::nullopt), ouro::usage_error);
}

OURO_TEST_CASE("deadline: in a plain callback is a usage_error", "[task][deadline_scope][error]") {
  bool refused = false;
  ouro::get_running_loop().call_soon([&refused] {
    try {
      const ouro::fail_after guard(1s);
    } catch (const ouro::usage_error&) {
      refused = true;
    }
  });

  co_await ouro::sleep(0s);

  CHECK(refused);
}

OURO_TEST_CASE("deadline: leaves cancelling() as it is", "[task][deadline_scope]") {
  const ouro::fail_after guard(1s);

  CHECK_THROWS_AS(co_await ouro::sleep(5s), ouro::timeout_error);

  CHECK(ouro::current_task().cancelling() == 0);
}

OURO_TEST_CASE("deadline: zero and less bite at the first suspension, which does not start",
               "[task][deadline_scope]") {
  for (const ouro::duration limit : {ouro::duration(0s), ouro::duration(-1s)}) {
    const ouro::fail_after guard(limit);
    bool turned = false;
    auto callback = ouro::get_running_loop().call_soon([&turned] { turned = true; });
    CHECK(guard.expired());

    const int ready = co_await number(3);
    CHECK(ready == 3);
    CHECK_THROWS_AS(co_await ouro::sleep(1s), ouro::timeout_error);

    CHECK(!turned);
    CHECK(ouro::get_running_loop().pending_timers() == 0);
    callback.cancel();
  }
}

OURO_TEST_CASE("deadline: is level-triggered, every later suspension throws again",
               "[task][deadline_scope]") {
  ouro::event never;
  auto pending = ouro::create_task(ouro::sleep(9s));
  std::vector<ouro::task_handle<>> tasks;
  tasks.push_back(pending);
  const ouro::fail_after guard(1s);
  CHECK_THROWS_AS(co_await ouro::sleep(5s), ouro::timeout_error);
  const auto expired_at = now();

  CHECK_THROWS_AS(co_await ouro::sleep(1s), ouro::timeout_error);
  CHECK_THROWS_AS(co_await ouro::sleep(0s), ouro::timeout_error);
  CHECK_THROWS_AS(co_await never.wait(), ouro::timeout_error);
  CHECK_THROWS_AS(co_await ouro::wait(tasks), ouro::timeout_error);
  CHECK_THROWS_AS(co_await wait_for_event(never), ouro::timeout_error);

  CHECK(now() == expired_at);
  CHECK(pending.cancelling() == 0);
  CHECK(ouro::get_running_loop().pending_timers() == 1);  // that of `pending`
  pending.cancel();
  CHECK_THROWS_AS(co_await pending, ouro::timeout_error);
}

OURO_TEST_CASE("deadline: awaits that are ready do not throw in an expired scope",
               "[task][deadline_scope]") {
  ouro::event set;
  set.set();
  auto done = ouro::get_running_loop().create_future<int>();
  done.set_result(2);
  const ouro::fail_after guard(0s);

  const int from_child = co_await number(1);
  const int from_future = co_await done;
  const bool from_event = co_await set.wait();

  CHECK(from_child == 1);
  CHECK(from_future == 2);
  CHECK(from_event);
}

OURO_TEST_CASE("deadline: a task that computes past it gets it at the next suspension",
               "[task][deadline_scope]") {
  std::string log;

  co_await note_end(compute_past_deadline(log), log);

  CHECK(log == "not yet timed outreturned");
}

OURO_TEST_CASE("deadline: a task that was made ready in the same turn gets it when it resumes",
               "[task][deadline_scope]") {
  std::string log;
  ouro::event go;
  ouro::get_running_loop().call_later(1s, [&go] { go.set(); });
  auto subject = ouro::create_task(wait_under_deadline(go, 1s, log));

  co_await subject;

  CHECK(log == "timed out");
}

OURO_TEST_CASE("deadline: a task that an event woke a turn before is let through",
               "[task][deadline_scope]") {
  std::string log;
  ouro::event go;
  auto subject = ouro::create_task(wait_under_deadline(go, 1s, log));
  ouro::get_running_loop().call_later(999ms, [&go] { go.set(); });

  co_await subject;

  CHECK(log == "let through");
}

OURO_TEST_CASE("deadline: a cancel that is pending comes first", "[task][deadline_scope][cancel]") {
  std::string log;
  ouro::event go;
  ouro::task_handle<> subject;
  subject = ouro::create_task(wait_under_deadline(go, 1s, log));
  co_await ouro::sleep(0s);
  ouro::get_running_loop().call_later(1s, [&subject] { subject.cancel("both"); });

  co_await subject;

  CHECK(log == "cancelled(both)");
}

OURO_TEST_CASE("deadline: a delivered cancel is consumed and then the scope throws",
               "[task][deadline_scope][cancel]") {
  std::string log;
  ouro::current_task().cancel("first");
  {
    const ouro::fail_after guard(0s);
    CHECK_THROWS_AS(co_await ouro::sleep(1s), ouro::cancelled_error);
    CHECK_THROWS_AS(co_await ouro::sleep(1s), ouro::timeout_error);
  }

  CHECK(ouro::current_task().uncancel() == 0);
}

OURO_TEST_CASE("deadline: of several expired scopes the outermost is thrown",
               "[task][deadline_scope]") {
  const ouro::fail_after outer(1s);
  const ouro::fail_after middle(1s);
  const ouro::fail_after inner(1s);
  CHECK(inner.outer() == &middle);
  CHECK(outer.outer() == nullptr);

  const void* first = co_await scope_that_ends_a_sleep(5s);
  const void* again = co_await scope_that_ends_a_sleep(5s);

  CHECK(first == &outer);
  CHECK(again == &outer);
  CHECK(inner.expired());
}

OURO_TEST_CASE("deadline: the inner scope is thrown if it is the only expired one",
               "[task][deadline_scope]") {
  const auto begin = now();
  const ouro::fail_after outer(3s);
  {
    const ouro::fail_after inner(1s);
    const void* first = co_await scope_that_ends_a_sleep(5s);
    CHECK(first == &inner);
    CHECK(!outer.expired());
  }

  const void* second = co_await scope_that_ends_a_sleep(5s);
  CHECK(second == &outer);
  CHECK(now() - begin == 3s);
}

OURO_TEST_CASE(
    "deadline: an expired outer scope goes on throwing after an expired inner one has left",
    "[task][deadline_scope]") {
  const ouro::fail_after outer(1s);
  {
    const ouro::fail_after inner(1s);
    CHECK_THROWS_AS(co_await ouro::sleep(5s), ouro::timeout_error);
  }

  CHECK_THROWS_AS(co_await ouro::sleep(5s), ouro::timeout_error);
}

OURO_TEST_CASE("deadline: is not inherited by a task that is made in its scope",
               "[task][deadline_scope]") {
  ouro::task_handle<bool> task;
  {
    const ouro::fail_after guard(1s);
    task = ouro::create_task(times_out(3s));
    CHECK_THROWS_AS(co_await ouro::sleep(2s), ouro::timeout_error);
    CHECK(task.cancelling() == 0);
  }

  const bool timed_out = co_await task;

  CHECK(!timed_out);
}

OURO_TEST_CASE("deadline: reschedule() moves it both ways and takes it away",
               "[task][deadline_scope]") {
  const auto begin = now();
  ouro::fail_after guard(1s);
  guard.reschedule(begin + 3s);
  const bool extended = co_await times_out(2s);
  CHECK(!extended);

  guard.reschedule(std::nullopt);
  CHECK(!guard.when());
  const bool taken_away = co_await times_out(5s);
  CHECK(!taken_away);

  guard.reschedule(now() + 1s);
  const bool shortened = co_await times_out(5s);
  CHECK(shortened);
  CHECK(now() - begin == 8s);
}

OURO_TEST_CASE("deadline: reschedule() into the past expires it", "[task][deadline_scope]") {
  ouro::fail_after guard(1h);

  guard.reschedule(now());

  CHECK(guard.expired());
  CHECK_THROWS_AS(co_await ouro::sleep(1s), ouro::timeout_error);
}

OURO_TEST_CASE("deadline: reschedule() after it has expired is a usage_error and it stays expired",
               "[task][deadline_scope][error]") {
  ouro::fail_after guard(1s);
  CHECK_THROWS_AS(co_await ouro::sleep(5s), ouro::timeout_error);

  CHECK_THROWS_AS(guard.reschedule(now() + 1h), ouro::usage_error);

  CHECK(guard.expired());
  CHECK_THROWS_AS(co_await ouro::sleep(1s), ouro::timeout_error);
}
