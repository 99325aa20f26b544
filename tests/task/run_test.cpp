// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/run.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/sync/event.hpp"
#include "ouro/task/sleep.hpp"

#include "tests/support/loop_test.hpp"
#include "tests/task/captured_log.hpp"
#include "tests/task/run_support.hpp"

#include <memory>
#include <string>

using namespace std::chrono_literals;
using run_test::take_reports;
using run_test::virtual_loop;

namespace {

ouro::task<int> number(int value) {
  co_await ouro::sleep(0s);
  co_return value;
}

ouro::task<std::unique_ptr<int>> move_only() { co_return std::make_unique<int>(5); }

ouro::task<int&> reference(int& value) { co_return value; }

ouro::task<> fails() {
  co_await ouro::sleep(0s);
  throw std::runtime_error("broken");
}

ouro::task<> cancels_itself() {
  ouro::current_task().cancel("own");
  co_await ouro::sleep(1s);
}

/// Sleeps until cancelled, cleans up for `clean_up`, and notes both.
ouro::task<> background(std::string& log, char name, ouro::duration clean_up) {
  bool cancelled = false;
  try {
    co_await ouro::sleep(1000h);
  } catch (const ouro::cancelled_error&) {
    cancelled = true;
  }
  if (cancelled) {
    log += name;
    co_await ouro::sleep(clean_up);
    log += static_cast<char>(name - 'a' + 'A');
    throw ouro::cancelled_error{};
  }
}

ouro::task<int> leaves_three_tasks(std::string& log, ouro::duration clean_up) {
  ouro::create_task(background(log, 'a', clean_up));
  ouro::create_task(background(log, 'b', clean_up));
  ouro::create_task(background(log, 'c', clean_up));
  co_await ouro::sleep(0s);
  log += '-';
  co_return 3;
}

ouro::task<> fails_when_cancelled() {
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    throw std::runtime_error("in the clean-up");
  }
}

ouro::task<> leaves_a_failing_task() {
  ouro::create_task(fails_when_cancelled(), {.name = "left"});
  co_await ouro::sleep(0s);
}

ouro::task<> leaves_a_task_and_fails(std::string& log) {
  ouro::create_task(background(log, 'a', 1s));
  co_await ouro::sleep(0s);
  throw std::runtime_error("main broken");
}

/// The task is made in the turn in which run() learns that main has ended.
ouro::task<> leaves_an_unstarted_task(std::string& log) {
  ouro::get_running_loop().call_soon([&log] { ouro::create_task(background(log, 'a', 1s)); });
  co_return;
}

/// Never ends, whatever is asked.
ouro::task<> stubborn(std::string& log) {
  struct noted_end {
    explicit noted_end(std::string& log_) : log(&log_) {}
    ~noted_end() { *log += "destroyed"; }
    std::string* log;
  };
  const noted_end local(log);
  for (;;) {
    try {
      co_await ouro::sleep(1000h);
    } catch (const ouro::cancelled_error&) {
      log += "ignored ";
    }
  }
}

ouro::task<> leaves_a_stubborn_task(std::string& log) {
  ouro::create_task(stubborn(log), {.name = "stubborn"});
  co_await ouro::sleep(0s);
}

ouro::task<> makes_a_task_when_cancelled(std::string& log) {
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    ouro::create_task(background(log, 'n', 1h), {.name = "new"});
  }
}

ouro::task<> leaves_a_task_that_makes_one(std::string& log) {
  ouro::create_task(makes_a_task_when_cancelled(log));
  co_await ouro::sleep(0s);
}

ouro::task<bool> debug_mode() { co_return ouro::get_running_loop().get_debug(); }

ouro::task<> stops_its_loop() {
  ouro::get_running_loop().stop();
  co_await ouro::sleep(1s);
}

ouro::task<std::string> runs_nested() {
  std::string text;
  try {
    ouro::run(number(1));
  } catch (const ouro::usage_error& error) {
    text = error.what();
  }
  co_return text;
}

}  // namespace

TEST_CASE("run: gives the value of main", "[task][run]") {
  CHECK(ouro::run(number(7)) == 7);
  CHECK(*ouro::run(move_only()) == 5);
  int value = 1;
  CHECK(&ouro::run(reference(value)) == &value);
}

TEST_CASE("run: throws what main throws", "[task][run][error]") {
  CHECK_THROWS_AS(ouro::run(fails()), std::runtime_error);
}

TEST_CASE("run: a main that is cancelled without Ctrl-C is a cancelled_error",
          "[task][run][cancel]") {
  std::string message;
  try {
    ouro::run(cancels_itself());
  } catch (const ouro::cancelled_error& error) {
    message = error.message();
  }

  CHECK(message == "own");
}

TEST_CASE("run: an empty task is a usage_error", "[task][run][error]") {
  CHECK_THROWS_AS(ouro::run(ouro::task<int>()), ouro::usage_error);
}

TEST_CASE("run: inside a running loop is a usage_error", "[task][run][error]") {
  const test::captured_log log;

  const std::string text = ouro::run(runs_nested());

  CHECK(text == "run() cannot be called from a running event loop: co_await instead");
  CHECK(log.contains("coroutine 'number' was never awaited"));
}

TEST_CASE("run: may be called again and again and leaves no loop and no descriptor",
          "[task][run]") {
  const std::size_t fds = test::open_fds();

  for (int i = 0; i < 5; ++i) CHECK(ouro::run(number(i)) == i);

  CHECK(test::open_fds() == fds);
  CHECK(ouro::try_get_running_loop() == nullptr);
}

TEST_CASE("run: cancels what is left in the reverse order of creation and joins it",
          "[task][run][cancel]") {
  std::string log;

  const int value = ouro::run(leaves_three_tasks(log, 5s), {.loop_factory = &virtual_loop});

  CHECK(value == 3);
  CHECK(log == "-cbaCBA");
  CHECK(take_reports().empty());
}

TEST_CASE("run: a task that has not started is cancelled without a step", "[task][run][cancel]") {
  std::string log;
  const auto blocks = ouro::detail::frame_pool::live();

  ouro::run(leaves_an_unstarted_task(log), {.loop_factory = &virtual_loop});

  CHECK(log == "");
  CHECK(ouro::detail::frame_pool::live() == blocks);
  CHECK(take_reports().empty());
}

TEST_CASE("run: reports the error of a task that is left", "[task][run][error]") {
  ouro::run(leaves_a_failing_task(), {.loop_factory = &virtual_loop});

  CHECK(take_reports() ==
        std::vector<std::string>{"unhandled exception during run() shutdown | left | "
                                 "std::runtime_error: in the clean-up"});
}

TEST_CASE("run: joins what is left also when main fails", "[task][run][error]") {
  std::string log;

  CHECK_THROWS_AS(ouro::run(leaves_a_task_and_fails(log), {.loop_factory = &virtual_loop}),
                  std::runtime_error);

  CHECK(log == "aA");
}

TEST_CASE("run: a task that is made during the shutdown is destroyed and reported",
          "[task][run][cancel]") {
  std::string log;
  const auto blocks = ouro::detail::frame_pool::live();

  ouro::run(leaves_a_task_that_makes_one(log), {.loop_factory = &virtual_loop});

  CHECK(log == "");
  CHECK(take_reports() == std::vector<std::string>{"Task was destroyed but it is pending! | new"});
  CHECK(ouro::detail::frame_pool::live() == blocks);
}

TEST_CASE("run: after the shutdown grace a task that ignores the cancel is told of and destroyed",
          "[task][run][cancel]") {
  std::string log;
  const test::captured_log logged;
  const auto blocks = ouro::detail::frame_pool::live();

  ouro::run(leaves_a_stubborn_task(log), {.loop_factory = &virtual_loop, .shutdown_grace = 2s});

  CHECK(log == "ignored destroyed");
  CHECK(logged.contains("Task 'stubborn' did not end within the shutdown grace"));
  CHECK(logged.contains("run_test.cpp"));
  CHECK(take_reports() ==
        std::vector<std::string>{"Task was destroyed but it is pending! | stubborn"});
  CHECK(ouro::detail::frame_pool::live() == blocks);
}

TEST_CASE("run: within the shutdown grace tasks may clean up", "[task][run][cancel]") {
  std::string log;
  const test::captured_log logged;

  ouro::run(leaves_three_tasks(log, 1s), {.loop_factory = &virtual_loop, .shutdown_grace = 2s});

  CHECK(log == "-cbaCBA");
  CHECK(logged.lines().empty());
}

TEST_CASE("run: a shutdown grace of zero destroys what needs more than the turns it is given",
          "[task][run][cancel]") {
  std::string log;
  const test::captured_log logged;

  ouro::run(leaves_a_stubborn_task(log), {.loop_factory = &virtual_loop, .shutdown_grace = 0s});

  CHECK(log.ends_with("destroyed"));
  CHECK(logged.contains("stubborn"));
  CHECK(take_reports().size() == 1);
}

TEST_CASE("run: debug switches the debug mode of the loop on and off", "[task][run]") {
  CHECK(ouro::run(debug_mode(), {.debug = true}));
  CHECK(!ouro::run(debug_mode(), {.debug = false}));
}

TEST_CASE("run: uses the loop that loop_factory makes", "[task][run]") {
  const int before = run_test::loops_made;

  CHECK(ouro::run(number(1), {.loop_factory = &virtual_loop}) == 1);

  CHECK(run_test::loops_made == before + 1);
}

TEST_CASE("run: a loop that is stopped before main has ended is a usage_error",
          "[task][run][error]") {
  CHECK_THROWS_AS(ouro::run(stops_its_loop(), {.loop_factory = &virtual_loop}), ouro::usage_error);

  CHECK(take_reports().empty());
}
