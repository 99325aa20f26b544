// SPDX-License-Identifier: BSL-1.0
// What a loop leaves behind when it closes: nothing, and a report for each task.
#include "ouro/base/errors.hpp"
#include "ouro/base/frame_pool.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/testing/virtual_clock.hpp"

#include "tests/support/catch.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>

using namespace std::chrono_literals;

namespace {

/// Writes its name when it goes.
struct traced {
  traced(std::string& its_log, char its_name) : log(&its_log), name(its_name) {}
  traced(traced&& other) noexcept : log(std::exchange(other.log, nullptr)), name(other.name) {}
  ~traced() {
    if (log != nullptr) *log += name;
  }

  std::string* log;
  char name;
};

ouro::task<> sleeps(traced) { co_await ouro::sleep(1h); }

ouro::task<> sleeps_deeper(traced outer, std::string& log) {
  co_await sleeps(traced(log, static_cast<char>(outer.name + 1)));
}

ouro::task<> awaits(ouro::task_handle<> other, traced) { co_await other; }

/// A loop whose reports are collected.
struct reporting_loop {
  reporting_loop() {
    loop->set_exception_handler([this](ouro::event_loop&, const ouro::exception_context& context) {
      reports += std::string(context.message) + " " + std::string(context.name) + "\n";
    });
  }

  void turn() {
    loop->stop();
    loop->run_forever();
  }

  ouro::testing::virtual_clock clock;
  std::string reports;
  std::optional<ouro::event_loop> loop{std::in_place, ouro::event_loop_options{.clock = &clock}};
};

}  // namespace

TEST_CASE("event_loop: closing destroys the captures of everything pending, and runs nothing",
          "[loop][event_loop]") {
  reporting_loop test;
  const auto shared = std::make_shared<int>(0);
  const auto touch = [shared] { ++*shared; };
  test.loop->call_soon(touch);
  test.loop->call_soon_threadsafe(touch);
  test.loop->call_later(1s, touch);
  const auto held = test.loop->call_at(test.loop->time(), touch);
  CHECK(shared.use_count() == 6);

  test.loop->close();

  CHECK(shared.use_count() == 2);  // this one and the closure above
  CHECK(*shared == 0);
  CHECK(test.loop->pending_timers() == 0);
}

TEST_CASE("event_loop: the destructor closes", "[loop][event_loop]") {
  reporting_loop test;
  std::string log;
  test.loop->call_later(1s, [guard = traced(log, 'x')] { static_cast<void>(guard); });

  test.loop.reset();

  CHECK(log == "x");
}

TEST_CASE("event_loop: closing destroys pending tasks with a report each, in order of creation",
          "[loop][event_loop]") {
  reporting_loop test;
  const auto blocks = ouro::detail::frame_pool::live();
  std::string log;
  test.loop->create_task(sleeps(traced(log, 'a')), {.name = "first"});
  test.loop->create_task(sleeps_deeper(traced(log, 'b'), log), {.name = "second"});
  test.turn();
  test.loop->create_task(sleeps(traced(log, 'd')), {.name = "never started"});

  test.loop->close();

  CHECK(test.reports ==
        "Task was destroyed but it is pending! first\n"
        "Task was destroyed but it is pending! second\n"
        "Task was destroyed but it is pending! never started\n");
  CHECK(log == "acbd");
  CHECK(test.loop->pending_timers() == 0);
  CHECK(ouro::detail::frame_pool::live() == blocks);
}

TEST_CASE("event_loop: closing tells the place where the pending task was made",
          "[loop][event_loop]") {
  reporting_loop test;
  std::string log;
  unsigned line = 0;
  bool has_task = false;
  test.loop->set_exception_handler([&](ouro::event_loop&, const ouro::exception_context& context) {
    line = context.place.line();
    has_task = context.task != nullptr;
  });
  test.loop->create_task(sleeps(traced(log, 'a')));
  const unsigned line_of_creation = __LINE__ - 1;

  test.loop->close();

  CHECK(line == line_of_creation);
  CHECK(has_task);
}

TEST_CASE("event_loop: closing destroys tasks that wait for each other", "[loop][event_loop]") {
  reporting_loop test;
  std::string log;
  auto inner = test.loop->create_task(sleeps(traced(log, 'i')), {.name = "inner"});
  auto outer = test.loop->create_task(awaits(inner, traced(log, 'o')), {.name = "outer"});
  auto last = test.loop->create_task(awaits(outer, traced(log, 'l')), {.name = "last"});
  test.turn();

  test.loop->close();

  CHECK(log == "iol");
  CHECK(last.cancelled());
  CHECK(test.reports.find("last") != std::string::npos);
}

TEST_CASE("event_loop: closing destroys a task whose wake-up is in the queue",
          "[loop][event_loop]") {
  reporting_loop test;
  std::string log;
  test.loop->create_task(sleeps(traced(log, 'a')), {.name = "due"});
  test.turn();
  test.clock.pass(2h);
  test.loop->call_soon([&] { test.loop->stop(); });
  test.loop->run_forever();  // the timer is due in this turn

  test.loop->close();

  CHECK(log == "a");
}

TEST_CASE("event_loop: handles and futures may outlive their loop", "[loop][event_loop]") {
  reporting_loop test;
  std::string log;
  auto soon = test.loop->call_soon([guard = traced(log, 's')] { static_cast<void>(guard); });
  auto later = test.loop->call_later(1s, [guard = traced(log, 't')] { static_cast<void>(guard); });
  const auto future = test.loop->create_future<int>();
  future.add_done_callback([guard = traced(log, 'f')] { static_cast<void>(guard); });
  const auto task = test.loop->create_task(sleeps(traced(log, 'k')));

  test.loop.reset();

  soon.cancel();
  later.cancel();
  CHECK(soon.cancelled());
  CHECK(later.cancelled());
  CHECK(task.cancelled());
  CHECK(!future.done());
  CHECK(log.find('f') == std::string::npos);
}

TEST_CASE("event_loop: what a destructor schedules while the loop closes is dropped",
          "[loop][event_loop]") {
  struct schedules {
    ouro::event_loop* loop;
    int* calls;
    ~schedules() {
      if (!loop->is_closed()) loop->call_soon([count = calls] { ++*count; });
    }
  };
  reporting_loop test;
  int calls = 0;
  auto guard = std::make_shared<schedules>(&*test.loop, &calls);
  std::string log;
  const auto body = [](std::shared_ptr<schedules>) -> ouro::task<> { co_await ouro::sleep(1h); };
  test.loop->create_task(body(std::move(guard)));
  test.turn();

  test.loop->close();

  CHECK(calls == 0);
}

TEST_CASE("event_loop: a loop closed before it ever ran leaves nothing", "[loop][event_loop]") {
  reporting_loop test;
  std::string log;
  test.loop->create_task(sleeps(traced(log, 'a')));

  test.loop.reset();

  CHECK(log == "a");
  CHECK(test.reports.starts_with("Task was destroyed but it is pending!"));
}

TEST_CASE("event_loop: the place of what run_until_complete() was given is that of the call",
          "[loop][event_loop]") {
  reporting_loop test;
  std::string log;
  unsigned line = 0;
  std::string file;
  test.loop->set_exception_handler([&](ouro::event_loop&, const ouro::exception_context& context) {
    line = context.place.line();
    file = context.place.file_name();
  });
  test.loop->call_soon([&] { test.loop->stop(); });
  unsigned line_of_call = 0;
  try {
    line_of_call = __LINE__ + 1;
    test.loop->run_until_complete(sleeps(traced(log, 'a')));
  } catch (const ouro::usage_error&) {
  }

  test.loop->close();

  CHECK(file.ends_with("event_loop_close_test.cpp"));
  CHECK(line == line_of_call);
}
