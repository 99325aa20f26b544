// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/isolated_asyncio_test_case.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/loop/context.hpp"

#include "tests/support/loop_test.hpp"

#include <stdexcept>

using namespace std::chrono_literals;
using ouro::testing::isolated_asyncio_test_case;
using ouro::testing::problem;
using ouro::testing::run_isolated;

namespace {

std::string steps;      // what ran
std::string failing;  // the step that throws
const ouro::event_loop* loop = nullptr;
bool one_loop = true;

void step(const std::string& name) {
  steps += name + ' ';
  if (loop == nullptr) loop = &ouro::get_running_loop();
  one_loop &= loop == &ouro::get_running_loop();
  if (name == failing) throw std::runtime_error(name);
}

ouro::task<> async_step(std::string name) {
  co_await ouro::sleep(1s);
  step(name);
}

struct recording_case : isolated_asyncio_test_case {
  recording_case() { steps += "( "; }
  ~recording_case() override { steps += ")"; }
  void set_up() override {
    add_async_cleanup(&async_step, "cleanup1");
    step("set_up");
  }
  ouro::task<> async_set_up() override {
    co_await async_step("async_set_up");
    add_cleanup(&step, "cleanup2");
  }
  ouro::task<> async_tear_down() override { return async_step("async_tear_down"); }
  void tear_down() override { step("tear_down"); }

  ouro::task<> test() {
    add_async_cleanup(&async_step, "cleanup3");
    return async_step("test");
  }
};

std::vector<std::string> run_with_failure_in(const std::string& name) {
  steps.clear();
  loop = nullptr;
  one_loop = true;
  failing = name;
  std::vector<std::string> texts;
  for (const problem& each : run_isolated(&recording_case::test)) texts.push_back(each.text);
  return texts;
}

struct async_resource {
  ouro::task<int> aenter() {
    co_await ouro::sleep(1s);
    steps += "enter ";
    if (failing == "enter") throw std::runtime_error("enter");
    co_return 7;
  }
  ouro::task<> aexit() {
    co_await ouro::sleep(1s);
    steps += "exit ";
  }
};

struct entering_case : isolated_asyncio_test_case {
  ouro::task<> test() {
    const int value = co_await enter_async_context(async_resource());
    steps += "test" + std::to_string(value) + ' ';
  }
  ouro::task<> async_tear_down() override {
    steps += "async_tear_down ";
    co_return;
  }
};

ouro::context_var<int> variable("variable", 0);

struct context_case : isolated_asyncio_test_case {
  int seen = 0;
  void set_up() override { variable.set(1); }
  ouro::task<> async_set_up() override {
    seen = variable.get();
    variable.set(2);
    co_return;
  }
  ouro::task<> test() {
    CHECK(seen == 1);
    CHECK(variable.get() == 2);
    co_return;
  }
};

struct nested_cleanup_case : isolated_asyncio_test_case {
  ouro::task<> test() {
    add_cleanup([this] {
      steps += "outer ";
      add_cleanup([] { steps += "inner "; });
    });
    add_cleanup([] { steps += "last "; });
    co_return;
  }
};

struct hanging_case : isolated_asyncio_test_case {
  ouro::task<> test() {
    add_async_cleanup(&async_step, "cleanup");
    for (;;) co_await ouro::sleep(1s);
  }
  void tear_down() override { steps += "tear_down "; }
};

}  // namespace

TEST_CASE("isolated_asyncio_test_case: runs everything on one loop, in asyncio's order",
          "[testing][isolated_asyncio_test_case]") {
  const auto problems = run_with_failure_in("");

  CHECK(problems == std::vector<std::string>{});
  CHECK(one_loop);
  CHECK(steps == "( set_up async_set_up test async_tear_down tear_down cleanup3 cleanup2 cleanup1 )");
}

TEST_CASE("isolated_asyncio_test_case: a failing set_up skips all but the clean-ups",
          "[testing][isolated_asyncio_test_case][error]") {
  const auto problems = run_with_failure_in("set_up");

  CHECK(problems == std::vector<std::string>{"set_up: std::runtime_error: set_up"});
  CHECK(steps == "( set_up cleanup1 )");
}

TEST_CASE("isolated_asyncio_test_case: a failing async_set_up skips test and tear-down",
          "[testing][isolated_asyncio_test_case][error]") {
  const auto problems = run_with_failure_in("async_set_up");

  CHECK(problems == std::vector<std::string>{"async_set_up: std::runtime_error: async_set_up"});
  CHECK(steps == "( set_up async_set_up cleanup1 )");
}

TEST_CASE("isolated_asyncio_test_case: a failing test is torn down and cleaned up",
          "[testing][isolated_asyncio_test_case][error]") {
  const auto problems = run_with_failure_in("test");

  CHECK(problems == std::vector<std::string>{"the test: std::runtime_error: test"});
  CHECK(steps == "( set_up async_set_up test async_tear_down tear_down cleanup3 cleanup2 cleanup1 )");
}

TEST_CASE("isolated_asyncio_test_case: a failing async_tear_down skips tear_down only",
          "[testing][isolated_asyncio_test_case][error]") {
  const auto problems = run_with_failure_in("async_tear_down");

  CHECK(problems.size() == 1);
  CHECK(steps == "( set_up async_set_up test async_tear_down cleanup3 cleanup2 cleanup1 )");
}

TEST_CASE("isolated_asyncio_test_case: a failing tear_down does not stop the clean-ups",
          "[testing][isolated_asyncio_test_case][error]") {
  const auto problems = run_with_failure_in("tear_down");

  CHECK(problems == std::vector<std::string>{"tear_down: std::runtime_error: tear_down"});
  CHECK(steps == "( set_up async_set_up test async_tear_down tear_down cleanup3 cleanup2 cleanup1 )");
}

TEST_CASE("isolated_asyncio_test_case: a failing clean-up does not stop the others",
          "[testing][isolated_asyncio_test_case][error]") {
  const auto problems = run_with_failure_in("cleanup3");

  CHECK(problems == std::vector<std::string>{"a clean-up: std::runtime_error: cleanup3"});
  CHECK(steps == "( set_up async_set_up test async_tear_down tear_down cleanup3 cleanup2 cleanup1 )");
}

TEST_CASE("isolated_asyncio_test_case: a clean-up may add another, which runs next",
          "[testing][isolated_asyncio_test_case]") {
  steps.clear();

  CHECK(run_isolated(&nested_cleanup_case::test).empty());
  CHECK(steps == "last outer inner ");
}

TEST_CASE("isolated_asyncio_test_case: enter_async_context() leaves among the clean-ups",
          "[testing][isolated_asyncio_test_case]") {
  steps.clear();
  failing.clear();

  CHECK(run_isolated(&entering_case::test).empty());
  CHECK(steps == "enter test7 async_tear_down exit ");
}

TEST_CASE("isolated_asyncio_test_case: a context that was not entered is not left",
          "[testing][isolated_asyncio_test_case][error]") {
  steps.clear();
  failing = "enter";

  CHECK(run_isolated(&entering_case::test).size() == 1);
  CHECK(steps == "enter async_tear_down ");
}

TEST_CASE("isolated_asyncio_test_case: all steps share one context",
          "[testing][isolated_asyncio_test_case]") {
  CHECK(run_isolated(&context_case::test).empty());
  CHECK(variable.get() == 0);
}

TEST_CASE("isolated_asyncio_test_case: a test that hangs is torn down and cleaned up",
          "[testing][isolated_asyncio_test_case]") {
  steps.clear();
  failing.clear();
  loop = nullptr;

  const auto problems = run_isolated(&hanging_case::test, {.time_limit = 50ms});

  CHECK(problems.size() == 1);
  CHECK(problems.at(0).kind == ouro::testing::problem_kind::hang);
  CHECK(steps == "tear_down cleanup ");
}
