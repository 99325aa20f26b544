// SPDX-License-Identifier: BSL-1.0
// Deadlines by RAII: rules 5, 6 and 8 of the design. The others are in deadline_scope_test.cpp.
#include "ouro/base/errors.hpp"
#include "ouro/base/exception_group.hpp"
#include "ouro/sync/event.hpp"
#include "ouro/task/deadline_scope.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/shield.hpp"
#include "ouro/task/task_group.hpp"
#include "ouro/task/timeout.hpp"
#include "ouro/task/wait_for.hpp"

#include "tests/support/loop_test.hpp"
#include "tests/task/cancel_support.hpp"
#include "tests/task/kernel_read.hpp"

#include <string>

using namespace std::chrono_literals;
using namespace cancel_test;

namespace {

ouro::time_point now() { return ouro::get_running_loop().time(); }

/// Awaits a future or task under a deadline and notes how that ended.
template <class Future>
ouro::task<> await_under_deadline(Future future, ouro::duration limit, std::string& log) {
  const ouro::fail_after guard(limit);
  co_await note_end(await_it(std::move(future)), log);
}

ouro::task<int> returns_when_cancelled() {
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
  }
  co_return 7;
}

ouro::task<> fails_when_cancelled() {
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    throw std::runtime_error("own error");
  }
}

ouro::task<int> value_at(ouro::duration delay) {
  co_await ouro::sleep(delay);
  co_return 7;
}

ouro::task<> read_under_deadline(const kernel_test::pipe_ends& pipe, std::string& log) {
  kernel_test::read_record record;
  char bytes[8];
  const ouro::fail_after guard(1s);
  const int count = co_await kernel_test::kernel_read(pipe, bytes, record, true);
  log += std::string(bytes, static_cast<std::size_t>(count)) + " ";
  co_await note_end(test::run_turns(1), log);
}

ouro::task<> group_of_two(std::string& log, ouro::duration clean_up) {
  auto body = [&](ouro::task_group& group) -> ouro::task<> {
    group.create_task(clean_up_slowly(log, clean_up));
    group.create_task(clean_up_slowly(log, clean_up));
    co_return;
  };
  co_await ouro::task_group::run(body);
}

ouro::task<> group_with_failing_child() {
  auto body = [](ouro::task_group& group) -> ouro::task<> {
    group.create_task(fails_when_cancelled());
    co_return;
  };
  co_await ouro::task_group::run(body);
}

ouro::task<> group_with_blocked_body(std::string& log) {
  auto body = [&](ouro::task_group& group) -> ouro::task<> {
    group.create_task(clean_up_slowly(log, 2s));
    co_await ouro::sleep(1h);
  };
  co_await ouro::task_group::run(body);
}

ouro::task<> run_under_deadline(ouro::task<> body, ouro::duration limit, std::string& log) {
  const ouro::fail_after guard(limit);
  co_await note_end(std::move(body), log);
}

}  // namespace

OURO_TEST_CASE("deadline: an awaited task is cancelled and joined before the error",
               "[task][deadline_scope][cancel]") {
  std::string log;
  const auto begin = now();
  auto inner = ouro::create_task(clean_up_slowly(log, 5s));

  co_await await_under_deadline(inner, 1s, log);

  CHECK(log == "cleaning clean timed out");
  CHECK(now() - begin == 6s);
  CHECK(inner.cancelled());
  CHECK(ouro::current_task().cancelling() == 0);
}

OURO_TEST_CASE("deadline: passes through a chain of tasks as a cancel",
               "[task][deadline_scope][cancel]") {
  std::string log;
  ouro::event never;
  auto last = ouro::create_task(wait_and_note(never, log, 'l'));
  auto middle = ouro::create_task(await_it(last));

  co_await await_under_deadline(middle, 1s, log);

  CHECK(log == "-ltimed out");
  CHECK(middle.cancelled());
}

OURO_TEST_CASE("deadline: an expired scope cancels and joins a task that is awaited later",
               "[task][deadline_scope][cancel]") {
  std::string log;
  const auto begin = now();
  auto inner = ouro::create_task(clean_up_slowly(log, 5s));
  co_await ouro::sleep(0s);

  co_await await_under_deadline(inner, 0s, log);

  CHECK(log == "cleaning clean timed out");
  CHECK(now() - begin == 5s);
}

OURO_TEST_CASE("deadline: the value of a task that swallows the cancel wins",
               "[task][deadline_scope][cancel]") {
  auto inner = ouro::create_task(returns_when_cancelled());
  const ouro::fail_after guard(1s);

  const int value = co_await inner;

  CHECK(value == 7);
  CHECK(guard.expired());
  CHECK_THROWS_AS(co_await ouro::sleep(1s), ouro::timeout_error);
}

OURO_TEST_CASE("deadline: the error of an awaited task wins",
               "[task][deadline_scope][cancel][error]") {
  std::string log;

  co_await await_under_deadline(ouro::create_task(fails_when_cancelled()), 1s, log);

  CHECK(log == "own error");
}

OURO_TEST_CASE("deadline: reaches an awaited task that is ready but has not ended",
               "[task][deadline_scope][cancel]") {
  std::string log;
  auto inner = ouro::create_task(value_at(1s));
  co_await ouro::sleep(0s);  // its timer comes first, and its last step after the deadline

  co_await await_under_deadline(inner, 1s, log);

  CHECK(log == "timed out");
  CHECK(inner.cancelled());
}

OURO_TEST_CASE("deadline: a result that was there when it passed wins", "[task][deadline_scope]") {
  std::string log;
  auto future = ouro::get_running_loop().create_future<int>();
  ouro::get_running_loop().call_later(1s, [&future] { future.set_result(1); });

  co_await await_under_deadline(future, 1s, log);

  CHECK(log == "returned");
}

OURO_TEST_CASE("deadline: a cancel of the awaited task by somebody else stays a cancel",
               "[task][deadline_scope][cancel]") {
  std::string log;
  auto inner = ouro::create_task(clean_up_slowly(log, 0s));
  auto subject = ouro::create_task(await_under_deadline(inner, 1s, log));
  co_await ouro::sleep(0s);

  inner.cancel("by me");
  co_await subject;

  CHECK(log == "cleaning clean cancelled(by me)");
}

OURO_TEST_CASE("deadline: a pending future is cancelled", "[task][deadline_scope][cancel]") {
  std::string log;
  auto future = ouro::get_running_loop().create_future<int>();

  co_await await_under_deadline(future, 1s, log);

  CHECK(log == "timed out");
  CHECK(future.cancelled());
}

OURO_TEST_CASE("deadline: shield() keeps it from the task", "[task][deadline_scope][cancel]") {
  std::string log;
  auto inner = ouro::create_task(value_at(3s));

  co_await await_under_deadline(ouro::shield(inner), 1s, log);
  CHECK(log == "timed out");
  CHECK(inner.cancelling() == 0);

  const int value = co_await inner;
  CHECK(value == 7);
}

OURO_TEST_CASE("deadline: all children of a gather are cancelled and joined before the error",
               "[task][deadline_scope][cancel]") {
  std::string log;
  const auto begin = now();

  co_await await_under_deadline(ouro::gather(clean_up_slowly(log, 2s), clean_up_slowly(log, 4s)),
                                1s, log);

  CHECK(log == "cleaning cleaning clean clean timed out");
  CHECK(now() - begin == 5s);
}

OURO_TEST_CASE("deadline: the error of a child of a gather wins, after the join",
               "[task][deadline_scope][cancel][error]") {
  std::string log;
  const auto begin = now();

  co_await await_under_deadline(ouro::gather(fails_when_cancelled(), clean_up_slowly(log, 4s)), 1s,
                                log);

  CHECK(log == "cleaning clean own error");
  CHECK(now() - begin == 5s);
}

OURO_TEST_CASE("deadline: a gather whose children swallow the cancel ends by it",
               "[task][deadline_scope][cancel]") {
  std::string log;

  co_await await_under_deadline(ouro::gather(returns_when_cancelled(), returns_when_cancelled()),
                                1s, log);

  CHECK(log == "timed out");
}

OURO_TEST_CASE("deadline: the children of a task group are cancelled and joined before the error",
               "[task][deadline_scope][cancel]") {
  std::string log;
  const auto begin = now();

  co_await run_under_deadline(group_of_two(log, 3s), 1s, log);

  CHECK(log == "cleaning cleaning clean clean timed out");
  CHECK(now() - begin == 4s);
}

OURO_TEST_CASE("deadline: in the body of a task group it ends the children too",
               "[task][deadline_scope][cancel]") {
  std::string log;
  const auto begin = now();

  co_await run_under_deadline(group_with_blocked_body(log), 1s, log);

  CHECK(log == "cleaning clean timed out");
  CHECK(now() - begin == 3s);
}

OURO_TEST_CASE("deadline: the failure of a child of a task group wins",
               "[task][deadline_scope][cancel][error]") {
  const ouro::fail_after guard(1s);

  CHECK_THROWS_AS(co_await group_with_failing_child(), ouro::exception_group);

  CHECK(guard.expired());
}

OURO_TEST_CASE("deadline: a cancel that comes during the join wins and reaches the clean-up",
               "[task][deadline_scope][cancel]") {
  std::string log;
  auto inner = ouro::create_task(clean_up_slowly(log, 5s));
  auto subject = ouro::create_task(await_under_deadline(inner, 1s, log));
  co_await ouro::sleep(2s);

  subject.cancel("outside");
  co_await subject;

  CHECK(log == "cleaning interrupted cancelled(outside)");
}

OURO_TEST_CASE("deadline: that passes while a cancel is being joined does not replace it",
               "[task][deadline_scope][cancel]") {
  std::string log;
  auto inner = ouro::create_task(clean_up_slowly(log, 5s));
  auto subject = ouro::create_task(await_under_deadline(inner, 2s, log));
  co_await ouro::sleep(1s);

  subject.cancel("outside");
  co_await subject;

  CHECK(log == "cleaning interrupted cancelled(outside)");
}

OURO_TEST_CASE(
    "deadline: a second scope that expires during the join of the first interrupts the clean-up",
    "[task][deadline_scope][cancel]") {
  std::string log;
  const auto begin = now();
  auto inner = ouro::create_task(clean_up_slowly(log, 5s));
  const ouro::fail_after outer(2s);
  const void* thrown = nullptr;
  {
    const ouro::fail_after guard(1s);
    try {
      co_await inner;
    } catch (const ouro::timeout_error& error) {
      thrown = error.scope();
    }
  }

  CHECK(log == "cleaning interrupted ");
  CHECK(thrown == &outer);
  CHECK(now() - begin == 2s);
}

OURO_TEST_CASE(
    "deadline: bytes that the kernel has delivered come first, the error at the next suspension",
    "[task][deadline_scope]") {
  std::string log;
  const kernel_test::pipe_ends pipe;
  auto subject = ouro::create_task(read_under_deadline(pipe, log));
  ouro::get_running_loop().call_later(2s, [&pipe] { pipe.put("bytes"); });

  co_await subject;

  CHECK(log == "bytes timed out");
}

OURO_TEST_CASE("deadline: of an outer scope passes through timeout() unchanged",
               "[task][deadline_scope]") {
  const ouro::fail_after guard(1s);
  const void* thrown = nullptr;
  auto body = []() -> ouro::task<> { co_await ouro::sleep(1h); };
  try {
    co_await ouro::timeout(5s, body);
  } catch (const ouro::timeout_error& error) {
    thrown = error.scope();
  }

  CHECK(thrown == &guard);
  CHECK(ouro::current_task().cancelling() == 0);
}

OURO_TEST_CASE("deadline: a timeout() inside that expires first throws its own error",
               "[task][deadline_scope]") {
  const auto begin = now();
  const ouro::fail_after guard(5s);
  const void* thrown = &guard;
  auto body = []() -> ouro::task<> { co_await ouro::sleep(1h); };
  try {
    co_await ouro::timeout(1s, body);
  } catch (const ouro::timeout_error& error) {
    thrown = error.scope();
  }

  CHECK(thrown == nullptr);
  CHECK(!guard.expired());
  CHECK(now() - begin == 1s);
}

OURO_TEST_CASE("deadline: of an outer scope passes through wait_for() unchanged",
               "[task][deadline_scope]") {
  const ouro::fail_after guard(1s);
  const void* of_coroutine = nullptr;
  const void* of_task = nullptr;
  try {
    co_await ouro::wait_for(value_at(1h), 5s);
  } catch (const ouro::timeout_error& error) {
    of_coroutine = error.scope();
  }
  try {
    co_await ouro::wait_for(ouro::create_task(value_at(1h)), 5s);
  } catch (const ouro::timeout_error& error) {
    of_task = error.scope();
  }

  CHECK(of_coroutine == &guard);
  CHECK(of_task == &guard);
}
