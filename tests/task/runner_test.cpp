// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/runner.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/task/sleep.hpp"

#include "tests/support/catch.hpp"
#include "tests/task/captured_log.hpp"
#include "tests/task/run_support.hpp"

#include <memory>
#include <optional>
#include <string>

using namespace std::chrono_literals;
using run_test::take_reports;
using run_test::virtual_loop;

namespace {

ouro::context_var<int> level("level", 0);

ouro::task<int> number(int value) {
  co_await ouro::sleep(0s);
  co_return value;
}

ouro::task<ouro::event_loop*> loop_in_use() { co_return &ouro::get_running_loop(); }

ouro::task<> fails() {
  throw std::runtime_error("broken");
  co_return;
}

ouro::task<> set_level(int value) {
  level.set(value);
  co_return;
}

ouro::task<int> read_level() { co_return level.get(); }

ouro::task<> count_seconds(int& seconds) {
  for (;;) {
    co_await ouro::sleep(1s);
    ++seconds;
  }
}

ouro::task<> start_counting(int& seconds) {
  ouro::create_task(count_seconds(seconds));
  co_return;
}

ouro::task<> sleep_for(ouro::duration delay) { co_await ouro::sleep(delay); }

ouro::task<> note_cancel(std::string& log) {
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    log += "cancelled";
    throw;
  }
}

ouro::task<> leave_a_task(std::string& log) {
  ouro::create_task(note_cancel(log));
  co_await ouro::sleep(0s);
}

ouro::task<bool> use_inside(ouro::runner& runner) {
  bool refused = false;
  try {
    runner.run(number(1));
  } catch (const ouro::usage_error&) {
    refused = true;
  }
  co_return refused;
}

ouro::task<> keep_task(ouro::task_handle<int>& kept) {
  kept = ouro::create_task(number(4));
  co_return;
}

ouro::task<int> await_kept(ouro::task_handle<int> kept) {
  const int value = co_await kept;
  co_return value;
}

}  // namespace

TEST_CASE("runner: runs one coroutine after the other on one loop", "[task][runner]") {
  ouro::runner runner;

  ouro::event_loop* first = runner.run(loop_in_use());
  ouro::event_loop* second = runner.run(loop_in_use());

  CHECK(first == second);
  CHECK(first == &runner.get_loop());
  CHECK(runner.run(number(3)) == 3);
}

TEST_CASE("runner: goes on after a coroutine that failed", "[task][runner][error]") {
  ouro::runner runner;
  CHECK_THROWS_AS(runner.run(fails()), std::runtime_error);

  CHECK(runner.run(number(3)) == 3);
}

TEST_CASE("runner: other tasks stand still between the runs", "[task][runner]") {
  int seconds = 0;
  ouro::runner runner({.loop_factory = &virtual_loop});
  runner.run(start_counting(seconds));
  CHECK(seconds == 0);

  runner.run(sleep_for(2500ms));
  CHECK(seconds == 2);
  runner.run(sleep_for(1s));

  CHECK(seconds == 3);
}

TEST_CASE("runner: a task of one run may be awaited in the next", "[task][runner]") {
  ouro::task_handle<int> kept;
  ouro::runner runner;
  runner.run(keep_task(kept));

  CHECK(runner.run(await_kept(kept)) == 4);
}

TEST_CASE("runner: context variables stay set from run to run, and outside they do not change",
          "[task][runner]") {
  ouro::runner runner;

  runner.run(set_level(5));

  CHECK(runner.run(read_level()) == 5);
  CHECK(level.get() == 0);
}

TEST_CASE("runner: a run may have a context of its own", "[task][runner]") {
  ouro::context given = ouro::copy_context();
  ouro::runner runner;

  runner.run(set_level(6), {.context = &given});

  CHECK(given.get(level) == 6);
  CHECK(runner.run(read_level()) == 0);
}

TEST_CASE("runner: makes its loop at the first need", "[task][runner]") {
  const int before = run_test::loops_made;
  ouro::runner runner({.loop_factory = &virtual_loop});
  CHECK(run_test::loops_made == before);

  runner.run(number(1));
  runner.run(number(1));

  CHECK(run_test::loops_made == before + 1);
}

TEST_CASE("runner: close() cancels what is left and closes the loop", "[task][runner][cancel]") {
  std::string log;
  ouro::runner runner;
  runner.run(leave_a_task(log));
  ouro::event_loop& loop = runner.get_loop();
  CHECK(!loop.is_closed());

  runner.close();

  CHECK(log == "cancelled");
  CHECK(loop.is_closed());
}

TEST_CASE("runner: close() may be called twice, and before any run", "[task][runner]") {
  const int before = run_test::loops_made;
  ouro::runner runner({.loop_factory = &virtual_loop});

  runner.close();
  runner.close();

  CHECK(run_test::loops_made == before);
}

TEST_CASE("runner: the destructor closes it", "[task][runner][cancel]") {
  std::string log;
  {
    ouro::runner runner;
    runner.run(leave_a_task(log));
    CHECK(log == "");
  }

  CHECK(log == "cancelled");
}

TEST_CASE("runner: a closed one is a usage_error", "[task][runner][error]") {
  const test::captured_log log;
  ouro::runner runner;
  runner.close();

  CHECK_THROWS_AS(runner.run(number(1)), ouro::usage_error);
  CHECK_THROWS_AS(runner.get_loop(), ouro::usage_error);

  CHECK(log.contains("coroutine 'number' was never awaited"));
}

TEST_CASE("runner: run() inside a running loop is a usage_error", "[task][runner][error]") {
  const test::captured_log log;
  ouro::runner outer;
  ouro::runner inner;

  CHECK(outer.run(use_inside(outer)));
  CHECK(outer.run(use_inside(inner)));

  CHECK(log.lines().size() == 2);  // the two that were never awaited
}

TEST_CASE("runner: sets the debug mode of its loop", "[task][runner]") {
  ouro::runner on({.debug = true});
  ouro::runner off({.debug = false});

  CHECK(on.get_loop().get_debug());
  CHECK(!off.get_loop().get_debug());
}

TEST_CASE("runner: its loop may be used by hand", "[task][runner]") {
  ouro::runner runner;
  std::optional<int> value;
  runner.get_loop().call_soon([&value] { value = 4; });

  runner.run(number(1));

  CHECK(value == 4);
}
