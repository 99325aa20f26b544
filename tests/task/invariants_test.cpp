// SPDX-License-Identifier: BSL-1.0
// The named invariants of the design. Those that need the kernel are in invariants_kernel_test.cpp,
// one_thread is in invariants_threads_test.cpp.
#include "ouro/base/errors.hpp"
#include "ouro/sync/event.hpp"
#include "ouro/task/future.hpp"
#include "ouro/task/shield.hpp"
#include "ouro/task/waiter.hpp"

#include "tests/support/loop_test.hpp"
#include "tests/task/cancel_support.hpp"
#include "tests/task/child_process.hpp"

#include <csignal>
#include <string>

using namespace std::chrono_literals;
using namespace cancel_test;
using ouro::detail::task_base;

namespace {

task_base& base_of(const ouro::task_handle<>& task) {
  return static_cast<task_base&>(*task.state());
}

/// Where a task is, as the three places that know of it have it: all must agree.
std::string whereabouts(const ouro::task_handle<>& task) {
  const task_base& base = base_of(task);
  std::string text;
  switch (base.current_state()) {
    case task_base::state::created:
      text = "created";
      break;
    case task_base::state::ready:
      text = "ready";
      break;
    case task_base::state::running:
      text = "running";
      break;
    case task_base::state::blocked:
      text = "blocked";
      break;
    case task_base::state::finished:
      text = "finished";
      break;
  }
  if (base.queued()) text += " queued";
  if (base.blocked_on() != nullptr) text += " waiting";
  return text;
}

/// A wait in a list that counts the requests to end it.
class counting_waiter final : public ouro::leaving_waiter {
 public:
  explicit counting_waiter(int& aborts) : aborts_(&aborts) {}
  using leaving_waiter::wake;
  bool await_ready() const noexcept { return false; }
  bool await_suspend(ouro::detail::await_point at) { return begin_wait(at); }
  void await_resume() const { finish_wait(); }

 private:
  void leave() noexcept override { ++*aborts_; }
  int* aborts_;
};

/// Parks twice in one suspension.
class greedy_waiter final : public ouro::leaving_waiter {
 public:
  explicit greedy_waiter(counting_waiter& other) : other_(&other) {}
  bool await_ready() const noexcept { return false; }
  bool await_suspend(ouro::detail::await_point at) {
    park(at);
    return other_->await_suspend(at);
  }
  void await_resume() const {}

 private:
  void leave() noexcept override {}
  counting_waiter* other_;
};

ouro::task<> note_whereabouts(ouro::event& go, std::string& log) {
  log = whereabouts(ouro::current_task());
  co_await go.wait();
}

ouro::task<> wait_counted(int& aborts) { co_await counting_waiter(aborts); }

[[maybe_unused]] ouro::task<> wait_twice_at_once() {  // asserts are for builds without NDEBUG
  int aborts = 0;
  counting_waiter other(aborts);
  co_await greedy_waiter(other);
}

ouro::task<> sleep_long() { co_await ouro::sleep(1h); }

ouro::task<> append_when(ouro::future<int> future, std::string& log) {
  const int value = co_await future;
  log += std::to_string(value);
}

ouro::task<> fails_after(ouro::event& go) {
  co_await go.wait();
  throw std::runtime_error("must be seen");
}

}  // namespace

OURO_TEST_CASE("one_wait: a task is running, ready or blocked on one waiter, and nothing else",
               "[task][invariants]") {
  std::string while_running;
  ouro::event go;

  auto subject = ouro::create_task(note_whereabouts(go, while_running));
  CHECK(whereabouts(subject) == "created queued");
  co_await ouro::sleep(0s);
  CHECK(while_running == "running");
  CHECK(whereabouts(subject) == "blocked waiting");
  go.set();
  CHECK(whereabouts(subject) == "ready queued");
  co_await subject;

  CHECK(whereabouts(subject) == "finished");
}

OURO_TEST_CASE("one_wait: an aborted task is ready at once, a second request finds no waiter",
               "[task][invariants][cancel]") {
  ouro::event go;
  auto subject = ouro::create_task(wait_for_event(go));
  co_await ouro::sleep(0s);

  subject.cancel();
  CHECK(whereabouts(subject) == "ready queued");
  subject.cancel();
  CHECK(whereabouts(subject) == "ready queued");

  CHECK_THROWS_AS(co_await subject, ouro::cancelled_error);
}

#ifndef NDEBUG
TEST_CASE("one_wait: a task that parks twice is stopped by an assertion", "[task][invariants]") {
  const auto ended = child_test::run_in_child([] {
    ouro::event_loop loop;
    loop.run_until_complete(wait_twice_at_once());
    return 0;
  });

  CHECK(ended.signal == SIGABRT);
  CHECK(ended.error_output.find("broken promise") != std::string::npos);
}
#endif

OURO_TEST_CASE("one_place: a sleep is in the heap while it waits and nowhere after an abort",
               "[task][invariants][cancel]") {
  auto& loop = ouro::get_running_loop();
  auto subject = ouro::create_task(sleep_long());
  co_await ouro::sleep(0s);
  CHECK(loop.pending_timers() == 1);

  subject.cancel();
  CHECK(loop.pending_timers() == 0);

  CHECK_THROWS_AS(co_await subject, ouro::cancelled_error);
}

OURO_TEST_CASE(
    "one_place: a waiter is in its list while it waits and nowhere after a wake-up or an abort",
    "[task][invariants][cancel]") {
  ouro::wait_list list;
  auto in_list = [](ouro::wait_list& of) -> ouro::task<> { co_await of.wait(); };
  auto woken = ouro::create_task(in_list(list));
  auto aborted = ouro::create_task(in_list(list));
  co_await ouro::sleep(0s);

  CHECK(list.wake_one());
  CHECK(!list.empty());
  aborted.cancel();
  CHECK(list.empty());

  CHECK(!list.wake_one());
  co_await woken;
  CHECK_THROWS_AS(co_await aborted, ouro::cancelled_error);
}

OURO_TEST_CASE("no_inline_resume: what makes a task ready does not run it", "[task][invariants]") {
  std::string log;
  ouro::event go;
  auto future = ouro::get_running_loop().create_future<int>();
  auto on_event = ouro::create_task(wait_and_note(go, log, 'e'));
  auto on_future = ouro::create_task(append_when(future, log));
  auto on_cancel = ouro::create_task(wait_and_note(go, log, 'c'));
  auto fresh = ouro::create_task(wait_and_note(go, log, 'f'));
  co_await ouro::sleep(0s);

  on_cancel.cancel();
  go.set();
  future.set_result(4);
  fresh.cancel();
  future.add_done_callback([&log] { log += 'd'; });
  CHECK(log == "");
  co_await ouro::sleep(0s);

  CHECK(log == "-c+e-f4d");
  CHECK(on_event.done());
  CHECK(on_future.done());
}

OURO_TEST_CASE("no_inline_resume: the end of a task wakes its awaiter in a later turn",
               "[task][invariants]") {
  std::string log;
  ouro::event go;
  auto inner = ouro::create_task(wait_and_note(go, log, 'i'));
  auto outer = ouro::create_task(note_end(await_it(inner), log));
  co_await ouro::sleep(0s);
  go.set();

  co_await ouro::sleep(0s);
  CHECK(log == "+i");
  co_await ouro::sleep(0s);

  CHECK(log == "+ireturned");
  CHECK(outer.done());
}

OURO_TEST_CASE("abort_leaves_once: a leaving wait is aborted once and that wakes it",
               "[task][invariants][cancel]") {
  int aborts = 0;
  auto subject = ouro::create_task(wait_counted(aborts));
  co_await ouro::sleep(0s);

  subject.cancel();
  subject.cancel();
  subject.cancel();
  CHECK_THROWS_AS(co_await subject, ouro::cancelled_error);

  CHECK(aborts == 1);
}

OURO_TEST_CASE("abort_leaves_once: a wait that has been woken is not aborted",
               "[task][invariants][cancel]") {
  ouro::event go;
  auto subject = ouro::create_task(wait_for_event(go));
  co_await ouro::sleep(0s);
  go.set();

  subject.cancel();
  CHECK(whereabouts(subject) == "ready queued");

  CHECK_THROWS_AS(co_await subject, ouro::cancelled_error);
}

OURO_TEST_CASE("abort_leaves_once: a forwarding wait passes each request on",
               "[task][invariants][cancel]") {
  std::string log;
  ouro::event go;
  auto inner = ouro::create_task(swallow(3, log, go));
  auto subject = ouro::create_task(await_it(inner));
  co_await ouro::sleep(0s);

  for (int round = 0; round < 3; ++round) {
    subject.cancel();
    CHECK(whereabouts(subject) == "blocked waiting");
    co_await test::run_turns(1);
  }
  co_await subject;

  CHECK(log == "swallowed swallowed swallowed ");
  CHECK(inner.cancelling() == 3);
}

OURO_TEST_CASE("nothing_lost: a wake-up that a cancelled task got stays with the event",
               "[task][invariants][cancel]") {
  std::string log;
  ouro::event go;
  auto cancelled = ouro::create_task(note_end(wait_for_event(go), log));
  co_await ouro::sleep(0s);
  go.set();
  cancelled.cancel();
  co_await cancelled;

  co_await go.wait();

  CHECK(log == "cancelled()");
}

OURO_TEST_CASE("nothing_lost: an error of a task that its cancelled awaiter missed is reported",
               "[task][invariants][cancel][error]") {
  std::string log;
  ouro::event go;
  {
    auto inner = ouro::create_task(fails_after(go), {.name = "inner"});
    auto subject = ouro::create_task(note_end(await_it(ouro::shield(inner)), log));
    co_await ouro::sleep(0s);
    subject.cancel();
    co_await subject;
  }

  go.set();
  co_await test::run_turns(2);

  CHECK(test::take_reports() ==
        std::vector<std::string>{
            "Task exception was never retrieved | inner | std::runtime_error: must be seen"});
}
