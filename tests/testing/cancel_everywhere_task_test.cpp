// SPDX-License-Identifier: BSL-1.0
// The library's own combinators, interrupted everywhere.
#include "ouro/task/as_completed.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/future.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/shield.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/staggered_race.hpp"
#include "ouro/task/task_group.hpp"
#include "ouro/task/timeout.hpp"
#include "ouro/task/wait.hpp"
#include "ouro/task/wait_for.hpp"
#include "ouro/testing/cancel_everywhere.hpp"

#include "tests/support/catch.hpp"

#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;
using ouro::testing::cancel_everywhere;
using ouro::testing::cancel_run;

template <class Scenario>
void stands_everything(Scenario scenario) {
  for (std::uint64_t seed = 0; seed <= 3; ++seed) {
    const auto report = cancel_everywhere(scenario, {.shake_seed = seed});
    std::string problems;
    for (const std::string& problem : report.problems) problems += problem + "\n";
    INFO("seed " << seed);
    CHECK(problems == "");
    CHECK(report.runs > 7);
  }
}

ouro::task<int> number(ouro::duration delay, int value) {
  co_await ouro::sleep(delay);
  co_await ouro::sleep(0s);
  co_return value;
}

/// Takes its time to clean up.
ouro::task<int> slow_to_leave(ouro::duration delay) {
  bool leaving = false;
  try {
    co_await ouro::sleep(delay);
  } catch (const ouro::cancelled_error&) {
    leaving = true;
  }
  if (leaving) {
    co_await ouro::sleep(2ms);
    throw ouro::cancelled_error();
  }
  co_return 1;
}

ouro::task<> gathers() {
  co_await ouro::gather(number(1ms, 1), number(2ms, 2), number(3ms, 3));
  co_await ouro::try_gather(number(1ms, 1), slow_to_leave(2ms), number(3ms, 3));
  std::vector<ouro::task<int>> many;
  for (int i = 0; i < 4; ++i) many.push_back(number(1ms, i));
  co_await ouro::try_gather(std::move(many));
}

ouro::task<> groups() {
  co_await ouro::task_group::run([](ouro::task_group& group) -> ouro::task<> {
    group.create_task(number(1ms, 1));
    group.create_task(slow_to_leave(3ms));
    co_await ouro::sleep(1ms);
    co_await ouro::task_group::run([](ouro::task_group& inner) -> ouro::task<> {
      inner.create_task(number(1ms, 2));
      co_return;
    });
  });
}

ouro::task<> time_outs() {
  co_await ouro::wait_for(number(1ms, 1), 5ms);
  bool expired = false;
  try {
    co_await ouro::wait_for(slow_to_leave(5ms), 1ms);
  } catch (const ouro::timeout_error&) {
    expired = true;
  }
  if (expired) co_await ouro::sleep(1ms);
  co_await ouro::timeout(5ms, []() -> ouro::task<> { co_await ouro::sleep(1ms); });
}

ouro::task<> races() {
  std::vector<ouro::task<int> (*)()> functions{
      +[]() -> ouro::task<int> { return slow_to_leave(3ms); },
      +[]() -> ouro::task<int> { return number(1ms, 2); }};
  co_await ouro::staggered_race(functions, ouro::duration(1ms));
}

/// Three tasks that do not outlive it: wait() and as_completed() leave theirs running, as asyncio's
/// do.
struct three_tasks {
  std::vector<ouro::task_handle<int>> handles;
  three_tasks() {
    for (int i = 3; i > 0; --i) handles.push_back(ouro::create_task(number(i * 1ms, i)));
  }
  ~three_tasks() {
    for (auto& each : handles) each.cancel();
  }
};

ouro::task<> waits() {
  three_tasks tasks;
  co_await ouro::wait(tasks.handles, {.return_when = ouro::first_completed});
  co_await ouro::wait(tasks.handles);
}

ouro::task<> completions() {
  three_tasks tasks;
  auto answers = ouro::as_completed(tasks.handles);
  while (auto next = co_await answers.anext()) co_await *next;
}

ouro::task<> shields(cancel_run& run) {
  auto inner = ouro::create_task(number(2ms, 1));
  run.at_end([inner]() -> ouro::task<> { co_await inner; });
  co_await ouro::shield(inner);
}

}  // namespace

TEST_CASE("cancel_everywhere: gather and try_gather join their children",
          "[testing][cancel_everywhere]") {
  stands_everything(&gathers);
}

TEST_CASE("cancel_everywhere: task groups join their children", "[testing][cancel_everywhere]") {
  stands_everything(&groups);
}

TEST_CASE("cancel_everywhere: time-outs join what they cancel", "[testing][cancel_everywhere]") {
  stands_everything(&time_outs);
}

TEST_CASE("cancel_everywhere: a race leaves no loser behind", "[testing][cancel_everywhere]") {
  stands_everything(&races);
}

TEST_CASE("cancel_everywhere: wait and as_completed leave nothing",
          "[testing][cancel_everywhere]") {
  stands_everything(&waits);
  stands_everything(&completions);
}

TEST_CASE("cancel_everywhere: a shielded task ends by itself", "[testing][cancel_everywhere]") {
  stands_everything(&shields);
}
