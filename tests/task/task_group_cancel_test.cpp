// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/errors.hpp"
#include "ouro/task/task_group.hpp"

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

ouro::task<> fails_after(ouro::duration delay, const char* text) {
  co_await ouro::sleep(delay);
  throw std::runtime_error(text);
}

ouro::task<> fails_in_clean_up(const char* text) {
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    throw std::runtime_error(text);
  }
}

ouro::task<> swallows() {
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
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

ouro::task<> cancels_itself_around_a_group(std::string& log) {
  ouro::current_task().cancel();
  co_await waits_for_children(log);
}

ouro::task<> fails_while_cancelled() {
  co_await ouro::task_group::run([](ouro::task_group& group) -> ouro::task<> {
    group.create_task(fails_in_clean_up("clean-up"));
    co_return;
  });
}

ouro::task<> swallowing_group() {
  co_await ouro::task_group::run([](ouro::task_group& group) -> ouro::task<> {
    group.create_task(swallows());
    co_return;
  });
}

/// Case 908: a child fails, and the owner is cancelled in the same turn.
ouro::task<> handles_a_group_error(std::string& log) {
  try {
    co_await ouro::task_group::run([](ouro::task_group& group) -> ouro::task<> {
      group.create_task(fails_after(1s, "child"));
      co_await ouro::sleep(1h);
    });
  } catch (const ouro::exception_group&) {
    log += "handled " + std::to_string(ouro::current_task().cancelling());
  }
  co_await ouro::sleep(0s);
  log += " not reached";
}

/// A group whose failure is handled, in a task that was cancelled before and went on.
ouro::task<> groups_in_a_clean_up(std::string& log) {
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
  }
  ouro::current_task().uncancel();
  try {
    co_await ouro::task_group::run([](ouro::task_group& group) -> ouro::task<> {
      group.create_task(fails_after(1s, "child"));
      co_await ouro::sleep(1h);
    });
  } catch (const ouro::exception_group&) {
    log += "handled ";
  }
  co_await ouro::sleep(1s);
  log += std::to_string(ouro::current_task().cancelling());
}

ouro::task<> cancels_its_group(ouro::task_group& group, std::string& log) {
  group.cancel();
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    log += "cancelled";
    throw;
  }
}

ouro::time_point now() { return ouro::get_running_loop().time(); }

}  // namespace

OURO_TEST_CASE("task_group: a cancel while the body waits comes out bare, after the children",
               "[task][task_group][cancel]") {
  std::string log;
  auto owner = ouro::create_task(waits_in_body(log));
  co_await test::settle();

  owner.cancel("enough");
  std::string message;
  try {
    co_await owner;
  } catch (const ouro::cancelled_error& error) {
    message = error.message();
  }

  CHECK(log == "abAB");
  CHECK(message == "enough");
}

OURO_TEST_CASE("task_group: a cancel while it waits for the children comes out bare",
               "[task][task_group][cancel]") {
  std::string log;
  auto owner = ouro::create_task(waits_for_children(log));
  co_await test::settle();

  owner.cancel("enough");
  std::string message;
  try {
    co_await owner;
  } catch (const ouro::cancelled_error& error) {
    message = error.message();
  }

  CHECK(log == "abAB");
  CHECK(message == "enough");
}

OURO_TEST_CASE("task_group: with a cancel pending its children never run",
               "[task][task_group][cancel]") {
  std::string log;
  auto owner = ouro::create_task(cancels_itself_around_a_group(log));

  CHECK_THROWS_AS(co_await owner, ouro::cancelled_error);

  CHECK(log == "");
  CHECK(ouro::all_tasks().size() == 1);
}

OURO_TEST_CASE("task_group: a task cancelled before its first step makes no group",
               "[task][task_group][cancel]") {
  std::string log;
  auto owner = ouro::create_task(waits_in_body(log));

  owner.cancel();
  CHECK_THROWS_AS(co_await owner, ouro::cancelled_error);

  CHECK(log == "");
}

OURO_TEST_CASE("task_group: an error during an outer cancel wins, and the cancel follows",
               "[task][task_group][cancel][error]") {
  auto owner = ouro::create_task(fails_while_cancelled());
  co_await test::settle();

  owner.cancel();

  CHECK_THROWS_AS(co_await owner, ouro::exception_group);
}

OURO_TEST_CASE("task_group: children that swallow an outer cancel do not hide it",
               "[task][task_group][cancel]") {
  auto owner = ouro::create_task(swallowing_group());
  co_await test::settle();

  owner.cancel();

  CHECK_THROWS_AS(co_await owner, ouro::cancelled_error);
}

OURO_TEST_CASE("task_group: a second cancel does not leave the clean-up of a child alone",
               "[task][task_group][cancel]") {
  std::string log;
  auto owner = ouro::create_task(waits_for_children(log));
  co_await test::settle();
  const auto start = now();

  owner.cancel();
  co_await test::settle();
  owner.cancel();
  CHECK_THROWS_AS(co_await owner, ouro::cancelled_error);

  // As in asyncio the children are cancelled once, and joined.
  CHECK(log == "abAB");
  CHECK(now() - start == 1s);
  CHECK(owner.cancelling() == 2);
}

OURO_TEST_CASE("task_group: an outer cancel that coincides with a failure survives it",
               "[task][task_group][cancel]") {
  for (const bool cancel_first : {true, false}) {
    std::string log;
    ouro::task_handle<> owner;
    const auto soon = now() + 1s;
    if (cancel_first) ouro::get_running_loop().call_at(soon, [&] { owner.cancel(); });
    owner = ouro::create_task(handles_a_group_error(log));
    co_await test::settle();
    if (!cancel_first) ouro::get_running_loop().call_at(soon, [&] { owner.cancel(); });

    CHECK_THROWS_AS(co_await owner, ouro::cancelled_error);

    CHECK(log == (cancel_first ? "" : "handled 1"));
  }
}

OURO_TEST_CASE("task_group: after a handled failure the cancel count is balanced",
               "[task][task_group][cancel]") {
  std::string log;
  auto owner = ouro::create_task(groups_in_a_clean_up(log));
  co_await test::settle();

  owner.cancel();
  co_await owner;

  CHECK(log == "handled 0");
}

OURO_TEST_CASE("task_group: cancel() ends children and body without an error",
               "[task][task_group][cancel]") {
  std::string log;

  co_await ouro::task_group::run([&](ouro::task_group& group) -> ouro::task<> {
    group.create_task(notes(log, 'a', 2s));
    co_await ouro::sleep(1s);
    group.cancel();
    co_await ouro::sleep(1h);
    log += "not reached";
  });
  co_await ouro::sleep(0s);  // no cancel is left behind

  CHECK(log == "aA");
  CHECK(ouro::current_task().cancelling() == 0);
}

OURO_TEST_CASE("task_group: cancel() by a child while the group closes ends it",
               "[task][task_group][cancel]") {
  std::string log;

  co_await ouro::task_group::run([&](ouro::task_group& group) -> ouro::task<> {
    group.create_task(notes(log, 'a'));
    group.create_task(cancels_its_group(group, log));
    co_return;
  });

  CHECK(log == "acancelledA");
  CHECK(ouro::current_task().cancelling() == 0);
}

OURO_TEST_CASE("task_group: cancel() by an eager child reaches that child too",
               "[task][task_group][cancel]") {
  std::string log;
  const auto start = now();

  co_await ouro::task_group::run([&](ouro::task_group& group) -> ouro::task<> {
    group.create_task(cancels_its_group(group, log), {.eager_start = true});
    co_return;
  });

  CHECK(log == "cancelled");
  CHECK(now() == start);
}

OURO_TEST_CASE("task_group: a body cancelled by cancel() that has no value gives cancelled_error",
               "[task][task_group][cancel]") {
  auto body = [](ouro::task_group& group) -> ouro::task<int> {
    group.cancel();
    co_await ouro::sleep(1h);
    co_return 1;
  };

  CHECK_THROWS_AS(co_await ouro::task_group::run(body), ouro::cancelled_error);

  CHECK(ouro::current_task().cancelling() == 0);
}

OURO_TEST_CASE("task_group: a child of a nested group sees the cancel of the outer one",
               "[task][task_group][cancel]") {
  std::string log;

  co_await ouro::task_group::run([&](ouro::task_group& outer) -> ouro::task<> {
    outer.create_task(waits_for_children(log));
    co_await ouro::sleep(1s);
    outer.cancel();
  });

  CHECK(log == "abAB");
}
