// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/task_group.hpp"

#include "ouro/base/errors.hpp"

#include "tests/support/loop_test.hpp"

#include <functional>
#include <memory>
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

ouro::task<std::unique_ptr<int>> boxed(int value) { co_return std::make_unique<int>(value); }

/// A child that makes another one, `depth` times, while the group closes.
ouro::task<> spawns(ouro::task_group& group, int depth, int& ran) {
  co_await ouro::sleep(1s);
  ++ran;
  if (depth > 0) group.create_task(spawns(group, depth - 1, ran));
}

ouro::task<> takes_a_closure(std::shared_ptr<int> owned, int& seen) {
  co_await ouro::sleep(1s);
  seen = *owned;
}

}  // namespace

OURO_TEST_CASE("task_group: leaves when all children are done, and the handles have the results",
               "[task][task_group]") {
  const auto start = ouro::get_running_loop().time();
  ouro::task_handle<int> a;
  ouro::task_handle<int> b;

  co_await ouro::task_group::run([&](ouro::task_group& group) -> ouro::task<> {
    a = group.create_task(number_after(2s, 1));
    b = group.create_task(number_after(1s, 2));
    co_return;
  });

  CHECK(a.result() == 1);
  CHECK(b.result() == 2);
  CHECK(ouro::get_running_loop().time() - start == 2s);
}

OURO_TEST_CASE("task_group: returns what the body returns", "[task][task_group]") {
  int local = 1;
  auto makes_box = [&](ouro::task_group& group) -> ouro::task<std::unique_ptr<int>> {
    group.create_task(number_after(1s, 1));
    co_return std::make_unique<int>(4);
  };
  auto gives_local = [&](ouro::task_group&) -> ouro::task<int&> { co_return local; };

  const std::unique_ptr<int> box = co_await ouro::task_group::run(makes_box);
  int& reference = co_await ouro::task_group::run(gives_local);

  CHECK(*box == 4);
  CHECK(&reference == &local);
}

OURO_TEST_CASE("task_group: children start when the body suspends or ends, in order of creation",
               "[task][task_group]") {
  std::string log;

  co_await ouro::task_group::run([&](ouro::task_group& group) -> ouro::task<> {
    group.create_task(log_after(0s, log, 'a'));
    group.create_task(log_after(0s, log, 'b'));
    log += '|';
    co_await test::settle();
    group.create_task(log_after(0s, log, 'c'));
    log += '|';
  });

  CHECK(log == "|ab|c");
}

OURO_TEST_CASE("task_group: an empty one costs no turn", "[task][task_group]") {
  bool turn = false;
  auto ticking = ouro::get_running_loop().call_soon([&] { turn = true; });

  co_await ouro::task_group::run([](ouro::task_group&) -> ouro::task<> { co_return; });

  CHECK(!turn);
  ticking.cancel();
}

OURO_TEST_CASE("task_group: waits for children that were done before the body",
               "[task][task_group]") {
  ouro::task_handle<int> child;

  co_await ouro::task_group::run([&](ouro::task_group& group) -> ouro::task<> {
    child = group.create_task(number_after(0s, 1));
    co_await ouro::sleep(5s);
    CHECK(child.done());
  });

  CHECK(child.result() == 1);
}

OURO_TEST_CASE("task_group: children add children while the group closes", "[task][task_group]") {
  int ran = 0;

  co_await ouro::task_group::run([&](ouro::task_group& group) -> ouro::task<> {
    group.create_task(spawns(group, 3, ran));
    co_return;
  });

  CHECK(ran == 4);
}

OURO_TEST_CASE("task_group: takes options, functions with arguments, and any awaitable",
               "[task][task_group]") {
  int seen = 0;
  ouro::task_handle<> named;

  co_await ouro::task_group::run([&](ouro::task_group& group) -> ouro::task<> {
    named = group.create_task(ouro::sleep(1s), {.name = "named"});
    group.create_task(takes_a_closure, std::make_shared<int>(5), std::ref(seen));
    co_return;
  });

  CHECK(named.get_name() == "named");
  CHECK(seen == 5);
}

OURO_TEST_CASE("task_group: a move-only result is moved out of the child's handle",
               "[task][task_group]") {
  ouro::task_handle<std::unique_ptr<int>> child;

  co_await ouro::task_group::run([&](ouro::task_group& group) -> ouro::task<> {
    child = group.create_task(boxed(5));
    co_return;
  });

  const std::unique_ptr<int> box = co_await std::move(child);
  CHECK(*box == 5);
}

OURO_TEST_CASE("task_group: an eager child runs inside create_task", "[task][task_group]") {
  std::string log;

  co_await ouro::task_group::run([&](ouro::task_group& group) -> ouro::task<> {
    auto done = group.create_task(boxed(1), {.eager_start = true});
    CHECK(done.done());
    group.create_task(notes(log, 'a'), {.eager_start = true});
    CHECK(log == "a");
    co_await ouro::sleep(1s);
    group.cancel();
  });

  CHECK(log == "aA");
}

OURO_TEST_CASE("task_group: hundreds of children end", "[task][task_group]") {
  int ran = 0;

  co_await ouro::task_group::run([&](ouro::task_group& group) -> ouro::task<> {
    for (int i = 0; i < 700; ++i) {
      group.create_task(spawns(group, i % 2, ran), {.eager_start = i % 3 == 0});
    }
    co_return;
  });

  CHECK(ran == 1050);
}
