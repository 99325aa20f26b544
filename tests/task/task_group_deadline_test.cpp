// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/errors.hpp"
#include "ouro/task/deadline_scope.hpp"
#include "ouro/task/task_group.hpp"
#include "ouro/task/timeout.hpp"

#include "tests/support/loop_test.hpp"

#include <stdexcept>
#include <string>
#include <utility>

using namespace std::chrono_literals;

namespace {

/// Notes its name when it starts, in upper case when it has cleaned up after a cancel.
ouro::task<> notes(std::string& log, char name, ouro::duration clean_up = 0s) {
  log += name;
  bool cancelled = false;
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    cancelled = true;
  }
  if (!cancelled) co_return;
  if (clean_up > 0s) co_await ouro::sleep(clean_up);
  log += static_cast<char>(name - 'a' + 'A');
  throw ouro::cancelled_error{};
}

ouro::task<> fails_in_clean_up(const char* text) {
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    throw std::runtime_error(text);
  }
}

ouro::task<> waits_in_body(std::string& log) {
  co_await ouro::task_group::run([&](ouro::task_group& group) -> ouro::task<> {
    group.create_task(notes(log, 'a'));
    group.create_task(notes(log, 'b', 1s));
    co_await ouro::sleep(1h);
  });
}

ouro::task<> waits_for_children(std::string& log) {
  co_await ouro::task_group::run([&](ouro::task_group& group) -> ouro::task<> {
    group.create_task(notes(log, 'a'));
    group.create_task(notes(log, 'b', 1s));
    co_return;
  });
}

ouro::task<> fails_while_cancelled() {
  co_await ouro::task_group::run([](ouro::task_group& group) -> ouro::task<> {
    group.create_task(fails_in_clean_up("clean-up"));
    co_return;
  });
}

ouro::time_point now() { return ouro::get_running_loop().time(); }

}  // namespace

OURO_TEST_CASE("task_group: cancel() that coincides with a time-out around leaves the time-out",
               "[task][task_group][cancel]") {
  std::string log;
  auto& loop = ouro::get_running_loop();
  for (const bool group_first : {true, false}) {
    ouro::task_group* running = nullptr;
    const auto soon = now() + 1s;
    if (group_first) loop.call_at(soon, [&] { running->cancel(); });
    auto in_group = [&](ouro::task_group& group) -> ouro::task<> {
      running = &group;
      group.create_task(notes(log, 'a'));
      co_await ouro::sleep(1h);
    };
    auto limited = [&]() -> ouro::task<> {
      if (!group_first) loop.call_at(soon, [&] { running->cancel(); });
      co_await ouro::task_group::run(in_group);
      co_await ouro::sleep(1h);
    };

    CHECK_THROWS_AS(co_await ouro::timeout(1s, limited), ouro::timeout_error);

    CHECK(ouro::current_task().cancelling() == 0);
  }
}

OURO_TEST_CASE("task_group: a time-out around it joins the children, then throws",
               "[task][task_group][cancel]") {
  std::string log;
  const auto start = now();
  auto body = [&]() -> ouro::task<> { co_await waits_for_children(log); };

  CHECK_THROWS_AS(co_await ouro::timeout(1s, body), ouro::timeout_error);

  CHECK(log == "abAB");
  CHECK(now() - start == 2s);
  CHECK(ouro::current_task().cancelling() == 0);
}

OURO_TEST_CASE("task_group: fail_after around it reaches the children as a cancel and joins them",
               "[task][task_group][cancel]") {
  std::string log;
  const auto start = now();
  auto guarded = [&](bool in_body) -> ouro::task<> {
    ouro::fail_after guard(1s);
    if (in_body) {
      co_await waits_in_body(log);
    } else {
      co_await waits_for_children(log);
    }
  };

  CHECK_THROWS_AS(co_await guarded(true), ouro::timeout_error);
  CHECK_THROWS_AS(co_await guarded(false), ouro::timeout_error);

  CHECK(log == "abABabAB");
  CHECK(now() - start == 4s);
  CHECK(ouro::current_task().cancelling() == 0);
}

OURO_TEST_CASE("task_group: a child's error while fail_after ends the group wins",
               "[task][task_group][cancel][error]") {
  auto guarded = []() -> ouro::task<> {
    ouro::fail_after guard(1s);
    co_await fails_while_cancelled();
  };

  CHECK_THROWS_AS(co_await guarded(), ouro::exception_group);
}

OURO_TEST_CASE("task_group: fail_after inside the body is an error of the body",
               "[task][task_group][cancel][error]") {
  std::string log;
  auto body = [&](ouro::task_group& group) -> ouro::task<> {
    group.create_task(notes(log, 'a'));
    ouro::fail_after guard(1s);
    co_await ouro::sleep(1h);
  };
  bool wrapped = false;
  try {
    co_await ouro::task_group::run(body);
  } catch (const ouro::exception_group& errors) {
    wrapped = errors.split<ouro::timeout_error>().first.has_value();
  }

  CHECK(wrapped);
  CHECK(log == "aA");
}
