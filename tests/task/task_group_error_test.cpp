// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/errors.hpp"
#include "ouro/task/task_group.hpp"

#include "tests/support/loop_test.hpp"

#include <stdexcept>
#include <string>
#include <utility>

using namespace std::chrono_literals;

namespace {

ouro::task<int> number_after(ouro::duration delay, int value) {
  co_await ouro::sleep(delay);
  co_return value;
}

ouro::task<> log_after(ouro::duration delay, std::string& log, char name) {
  co_await ouro::sleep(delay);
  log += name;
}

ouro::task<> fails_after(ouro::duration delay, const char* text) {
  co_await ouro::sleep(delay);
  throw std::runtime_error(text);
}

/// Notes its name when it starts, in upper case when it is cancelled.
ouro::task<> notes(std::string& log, char name) {
  log += name;
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    log += static_cast<char>(name - 'a' + 'A');
    throw;
  }
}

ouro::task<> fails_in_clean_up(const char* text) {
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    throw std::runtime_error(text);
  }
}

ouro::task<> interrupts_after(ouro::duration delay) {
  co_await ouro::sleep(delay);
  throw ouro::keyboard_interrupt{};
}

/// The texts of the members, in order.
std::string texts_of(const ouro::exception_group& group) {
  std::string text;
  for (const auto& error : group.exceptions()) text += ouro::detail::describe(error) + ", ";
  return text;
}

/// How a group ends; its failures as text.
ouro::task<std::string> ending_of(ouro::task<> group) {
  try {
    co_await std::move(group);
  } catch (const ouro::exception_group& errors) {
    co_return texts_of(errors);
  } catch (const ouro::cancelled_error&) {
    co_return "cancelled";
  }
  co_return "well";
}

}  // namespace

OURO_TEST_CASE("task_group: a failure cancels siblings and body, in order of creation",
               "[task][task_group][error]") {
  std::string log;
  const auto start = ouro::get_running_loop().time();
  auto body = [&](ouro::task_group& group) -> ouro::task<> {
    group.create_task(notes(log, 'a'));
    group.create_task(fails_after(1s, "broken"));
    group.create_task(notes(log, 'b'));
    try {
      co_await ouro::sleep(1h);
    } catch (const ouro::cancelled_error&) {
      log += "|body|";
      throw;
    }
  };

  const std::string ending = co_await ending_of(ouro::task_group::run(body));

  CHECK(ending == "std::runtime_error: broken, ");
  CHECK(log == "abAB|body|");
  CHECK(ouro::get_running_loop().time() - start == 1s);
  CHECK(ouro::current_task().cancelling() == 0);
}

OURO_TEST_CASE("task_group: all failures are in one group, in the order in which they came",
               "[task][task_group][error]") {
  auto body = [](ouro::task_group& group) -> ouro::task<> {
    group.create_task(fails_in_clean_up("third"));
    group.create_task(fails_after(1s, "first"));
    group.create_task(fails_after(1s, "second"));
    co_return;
  };
  std::string what;
  std::string texts;
  try {
    co_await ouro::task_group::run(body);
  } catch (const ouro::exception_group& errors) {
    what = errors.what();
    texts = texts_of(errors);
  }

  CHECK(texts ==
        "std::runtime_error: first, std::runtime_error: second, "
        "std::runtime_error: third, ");
  CHECK(what.starts_with("unhandled errors in a TaskGroup (3 sub-exceptions)"));
}

OURO_TEST_CASE("task_group: a cancelled child is no failure", "[task][task_group][cancel]") {
  std::string log;
  ouro::task_handle<> victim;
  auto body = [&](ouro::task_group& group) -> ouro::task<> {
    victim = group.create_task(notes(log, 'v'));
    group.create_task(log_after(2s, log, 's'));
    co_await ouro::sleep(1s);
    victim.cancel();
  };

  const std::string ending = co_await ending_of(ouro::task_group::run(body));

  CHECK(ending == "well");
  CHECK(log == "vVs");
  CHECK(victim.cancelled());
}

OURO_TEST_CASE("task_group: an error of the body is wrapped too", "[task][task_group][error]") {
  std::string log;
  auto body = [&](ouro::task_group& group) -> ouro::task<> {
    group.create_task(notes(log, 'a'));
    co_await ouro::sleep(1s);
    throw std::domain_error("body");
  };

  const std::string ending = co_await ending_of(ouro::task_group::run(body));

  CHECK(ending == "std::domain_error: body, ");
  CHECK(log == "aA");
}

OURO_TEST_CASE("task_group: a body that awaits the child that fails is cancelled, as any other",
               "[task][task_group][error]") {
  auto body = [](ouro::task_group& group) -> ouro::task<> {
    auto child = group.create_task(fails_after(1s, "broken"));
    CHECK_THROWS_AS(co_await child, ouro::cancelled_error);
  };

  const std::string ending = co_await ending_of(ouro::task_group::run(body));

  CHECK(ending == "std::runtime_error: broken, ");
}

OURO_TEST_CASE("task_group: groups nest, and so do their exceptions", "[task][task_group][error]") {
  auto inner = [](ouro::task_group& group) -> ouro::task<> {
    group.create_task(fails_after(1s, "inner"));
    co_return;
  };
  auto outer = [&](ouro::task_group& group) -> ouro::task<> {
    group.create_task(fails_in_clean_up("outer"));
    co_await ouro::task_group::run(inner);
  };
  std::size_t nested = 0;
  std::string rest;
  try {
    co_await ouro::task_group::run(outer);
  } catch (const ouro::exception_group& errors) {
    REQUIRE(errors.exceptions().size() == 2);
    nested = errors.split<ouro::exception_group>().first->exceptions().size();
    rest = texts_of(*errors.split<ouro::exception_group>().second);
  }

  CHECK(nested == 1);
  CHECK(rest == "std::runtime_error: outer, ");
}

OURO_TEST_CASE("task_group: a keyboard_interrupt of a child or the body comes out bare",
               "[task][task_group][error]") {
  std::string log;
  auto in_child = [&](ouro::task_group& group) -> ouro::task<> {
    group.create_task(interrupts_after(1s));
    group.create_task(notes(log, 'a'));
    co_return;
  };
  auto in_body = [&](ouro::task_group& group) -> ouro::task<> {
    group.create_task(notes(log, 'b'));
    co_await interrupts_after(1s);
  };

  CHECK_THROWS_AS(co_await ouro::task_group::run(in_child), ouro::keyboard_interrupt);
  CHECK_THROWS_AS(co_await ouro::task_group::run(in_body), ouro::keyboard_interrupt);

  CHECK(log == "aAbB");
  CHECK(ouro::current_task().cancelling() == 0);
}

OURO_TEST_CASE("task_group: unwrap_single throws one failure as it is, but wraps two",
               "[task][task_group][error]") {
  auto one = [](ouro::task_group& group) -> ouro::task<> {
    group.create_task(fails_after(1s, "alone"));
    co_return;
  };
  auto two = [](ouro::task_group& group) -> ouro::task<> {
    group.create_task(fails_after(1s, "first"));
    group.create_task(fails_after(1s, "second"));
    co_return;
  };

  CHECK_THROWS_AS(co_await ouro::task_group::run(one, {.unwrap_single = true}), std::runtime_error);
  CHECK_THROWS_AS(co_await ouro::task_group::run(two, {.unwrap_single = true}),
                  ouro::exception_group);
}

OURO_TEST_CASE("task_group: a group that is being cancelled takes no more tasks",
               "[task][task_group][error]") {
  bool refused = false;
  auto body = [&](ouro::task_group& group) -> ouro::task<> {
    group.create_task(fails_after(1s, "broken"));
    try {
      co_await ouro::sleep(1h);
    } catch (const ouro::cancelled_error&) {
      try {
        group.create_task(number_after(1s, 1));
      } catch (const ouro::usage_error&) {
        refused = true;
      }
      throw;
    }
  };

  const std::string ending = co_await ending_of(ouro::task_group::run(body));

  CHECK(refused);
  CHECK(ending == "std::runtime_error: broken, ");
}

OURO_TEST_CASE("task_group: an eager child that fails at once cancels the body and the others",
               "[task][task_group][error]") {
  std::string log;
  auto body = [&](ouro::task_group& group) -> ouro::task<> {
    group.create_task(notes(log, 'a'), {.eager_start = true});
    group.create_task(fails_in_clean_up("unused"));
    auto failing = [](int) -> ouro::task<> {
      throw std::runtime_error("eager");
      co_return;
    };
    group.create_task(failing(0), {.eager_start = true});
    co_await ouro::sleep(1h);
    log += "not reached";
  };

  const std::string ending = co_await ending_of(ouro::task_group::run(body));

  CHECK(ending == "std::runtime_error: eager, std::runtime_error: unused, ");
  CHECK(log == "aA");
}
