// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/run_isolated.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/io/socket.hpp"
#include "ouro/sync/event.hpp"

#include "tests/support/loop_test.hpp"

#include <fcntl.h>
#include <optional>
#include <unistd.h>

using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using ouro::testing::problem_kind;
using ouro::testing::run_isolated;

namespace {

ouro::task<> wait_for_ever() {
  ouro::event never;
  co_await never.wait();
}

ouro::task<> level_two() {
  co_await ouro::sleep(1s);
  throw std::domain_error("deep");
}
ouro::task<> level_one() { co_await level_two(); }

ouro::task<> swallow_cancel(bool& caught) {
  try {
    co_await wait_for_ever();
  } catch (const ouro::cancelled_error&) {
    caught = true;
    throw;
  }
}

}  // namespace

TEST_CASE("run_isolated: a test that leaves nothing behind has no problem",
          "[testing][run_isolated]") {
  bool ran = false;
  const auto problems = run_isolated([&]() -> ouro::task<> {
    auto child = ouro::create_task(ouro::sleep(1h));
    co_await child;
    ran = true;
  });

  CHECK(ran);
  CHECK(problems.empty());
}

TEST_CASE("run_isolated: an exception comes through every co_await, with its type",
          "[testing][run_isolated][error]") {
  const auto problems = run_isolated(&level_one);

  REQUIRE(problems.size() == 1);
  CHECK(problems[0].kind == problem_kind::exception);
  CHECK(problems[0].text == "the test: std::domain_error: deep");
  CHECK_THROWS_AS(std::rethrow_exception(problems[0].exception), std::domain_error);
}

TEST_CASE("run_isolated: what is thrown before there is a coroutine is a problem too",
          "[testing][run_isolated][error]") {
  const auto problems = run_isolated([]() -> ouro::task<> { throw std::domain_error("early"); });

  REQUIRE(problems.size() == 1);
  CHECK(problems[0].text == "the test: std::domain_error: early");
}

TEST_CASE("run_isolated: a pending task is named with its place and where it waits",
          "[testing][run_isolated]") {
  bool caught = false;
  const auto problems = run_isolated([&]() -> ouro::task<> {
    ouro::create_task(swallow_cancel(caught), {.name = "forgotten"});
    co_return;
  });

  REQUIRE(problems.size() == 1);
  CHECK(problems[0].kind == problem_kind::pending_task);
  CHECK_THAT(problems[0].text, Contains("'forgotten'"));
  CHECK_THAT(problems[0].text, Contains("swallow_cancel"));
  CHECK_THAT(problems[0].text, Contains("wait_for_ever"));
  CHECK_THAT(problems[0].text, Contains("run_isolated_test.cpp:"));
  CHECK(caught);  // it was cancelled and could clean up
}

TEST_CASE("run_isolated: what is ready at the end may still end", "[testing][run_isolated]") {
  const auto problems = run_isolated([]() -> ouro::task<> {
    auto child = ouro::create_task(wait_for_ever());
    co_await ouro::sleep(0s);
    child.cancel();
  });

  CHECK(problems.empty());
}

TEST_CASE("run_isolated: a coroutine that nobody awaits is named", "[testing][run_isolated]") {
  const auto problems = run_isolated([]() -> ouro::task<> {
    static_cast<void>(wait_for_ever());
    co_return;
  });

  REQUIRE(problems.size() == 1);
  CHECK(problems[0].kind == problem_kind::never_awaited);
  CHECK_THAT(problems[0].text, Contains("'wait_for_ever' was never awaited"));
  CHECK_THAT(problems[0].text, Contains("run_isolated_test.cpp:"));
}

TEST_CASE("run_isolated: a timer that is left is named with its place", "[testing][run_isolated]") {
  const auto problems = run_isolated([]() -> ouro::task<> {
    ouro::get_running_loop().call_later(1h, [] {});
    co_return;
  });

  REQUIRE(problems.size() == 1);
  CHECK(problems[0].kind == problem_kind::pending_timer);
  CHECK_THAT(problems[0].text, Contains("run_isolated_test.cpp:"));
}

TEST_CASE("run_isolated: a descriptor that is left open is named", "[testing][run_isolated]") {
  int leaked = -1;
  const auto problems = run_isolated([&]() -> ouro::task<> {
    leaked = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    co_return;
  });
  ::close(leaked);

  REQUIRE(problems.size() == 1);
  CHECK(problems[0].kind == problem_kind::open_fd);
  CHECK_THAT(problems[0].text, Contains(std::to_string(leaked) + " was left open: /dev/null"));
}

TEST_CASE("run_isolated: closing a descriptor of somebody else is a problem",
          "[testing][run_isolated]") {
  const int mine = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const auto problems = run_isolated([&]() -> ouro::task<> {
    ::close(mine);
    co_return;
  });

  REQUIRE(problems.size() == 1);
  CHECK(problems[0].kind == problem_kind::open_fd);
  CHECK_THAT(problems[0].text, Contains("was closed"));
}

TEST_CASE("run_isolated: pooled memory that outlives the test is a problem",
          "[testing][run_isolated]") {
  std::optional<ouro::task_handle<>> kept;
  const auto problems = run_isolated([&]() -> ouro::task<> {
    kept = ouro::create_task(ouro::sleep(1s));
    co_await *kept;
  });

  REQUIRE(problems.size() == 1);
  CHECK(problems[0].kind == problem_kind::kept_memory);
}

TEST_CASE("run_isolated: a report that nobody reads is a problem", "[testing][run_isolated]") {
  const auto problems = run_isolated([]() -> ouro::task<> {
    ouro::create_task(level_one(), {.name = "background"});
    co_await ouro::sleep(2s);
  });

  REQUIRE(problems.size() == 1);
  CHECK(problems[0].kind == problem_kind::unread_report);
  CHECK_THAT(problems[0].text, Contains("never retrieved"));
  CHECK_THAT(problems[0].text, Contains("'background'"));
  CHECK_THAT(problems[0].text, Contains("std::domain_error: deep"));
}

TEST_CASE("run_isolated: take_reports() reads them", "[testing][run_isolated]") {
  std::vector<std::string> reports;
  const auto problems = run_isolated([&]() -> ouro::task<> {
    ouro::create_task(level_one(), {.name = "background"});
    co_await ouro::sleep(2s);
    reports = ouro::testing::take_reports();
  });

  CHECK(problems.empty());
  CHECK(reports ==
        std::vector<std::string>{
            "Task exception was never retrieved | background | std::domain_error: deep"});
  CHECK_THROWS_AS(ouro::testing::take_reports(), ouro::usage_error);
}

TEST_CASE("run_isolated: a test that failed is not blamed for what it leaves",
          "[testing][run_isolated][error]") {
  const auto problems = run_isolated([]() -> ouro::task<> {
    ouro::create_task(wait_for_ever());
    ouro::get_running_loop().call_later(1h, [] {});
    throw std::domain_error("first");
    co_return;
  });

  REQUIRE(problems.size() == 1);
  CHECK(problems[0].kind == problem_kind::exception);
}

TEST_CASE("run_isolated: a test that hangs is cancelled, and the tasks are listed",
          "[testing][run_isolated]") {
  bool cleaned_up = false;
  const auto problems = run_isolated(
      [&]() -> ouro::task<> {
        ouro::create_task(wait_for_ever(), {.name = "culprit"});
        co_await swallow_cancel(cleaned_up);
      },
      {.time_limit = 50ms});

  REQUIRE(problems.size() == 1);
  CHECK(problems[0].kind == problem_kind::hang);
  CHECK_THAT(problems[0].text, Contains("0.05 s of real time"));
  CHECK_THAT(problems[0].text, Contains("'culprit'"));
  CHECK_THAT(problems[0].text, Contains("swallow_cancel"));
  CHECK(cleaned_up);
}

TEST_CASE("run_isolated: a loop that is busy for ever is a hang too", "[testing][run_isolated]") {
  const auto problems = run_isolated(
      []() -> ouro::task<> {
        for (;;) co_await ouro::sleep(1s);
      },
      {.time_limit = 50ms});

  REQUIRE(problems.size() == 1);
  CHECK(problems[0].kind == problem_kind::hang);
}

TEST_CASE("run_isolated: a test that swallows its cancel is ended all the same",
          "[testing][run_isolated]") {
  const auto problems = run_isolated(
      []() -> ouro::task<> {
        for (;;) {
          try {
            co_await wait_for_ever();
          } catch (const ouro::cancelled_error&) {
          }
        }
      },
      {.time_limit = 50ms});

  REQUIRE(problems.size() >= 2);
  CHECK(problems[0].kind == problem_kind::hang);
  CHECK_THAT(problems[1].text, Contains("did not end either"));
}

TEST_CASE("run_isolated: a test that stops its loop has failed", "[testing][run_isolated][error]") {
  const auto problems = run_isolated([]() -> ouro::task<> {
    ouro::get_running_loop().stop();
    co_await wait_for_ever();
  });

  REQUIRE(problems.size() == 1);
  CHECK_THAT(problems[0].text, Contains("the loop was stopped"));
}

TEST_CASE("run_isolated: a cancelled test has failed", "[testing][run_isolated][cancel]") {
  const auto problems = run_isolated([]() -> ouro::task<> {
    ouro::current_task().cancel("enough");
    co_await ouro::sleep(1s);
  });

  REQUIRE(problems.size() == 1);
  CHECK(problems[0].text == "the test: cancelled_error: enough");
}

TEST_CASE("run_isolated: without autojump the test moves the clock", "[testing][run_isolated]") {
  const auto problems = run_isolated(
      []() -> ouro::task<> {
        CHECK_FALSE(ouro::testing::current_clock().autojump());
        co_return;
      },
      {.autojump = false});

  CHECK(problems.empty());
}

TEST_CASE("run_isolated: refuses to run inside a loop", "[testing][run_isolated][error]") {
  const auto problems = run_isolated([]() -> ouro::task<> {
    CHECK_THROWS_AS(run_isolated(&wait_for_ever), ouro::usage_error);
    co_return;
  });

  CHECK(problems.empty());
}
