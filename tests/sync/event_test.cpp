// SPDX-License-Identifier: BSL-1.0
#include "ouro/sync/event.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/task/deadline_scope.hpp"
#include "ouro/task/wait_for.hpp"

#include "tests/support/loop_test.hpp"

#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

// Each task that waits pays for it.
static_assert(sizeof(decltype(std::declval<ouro::event&>().wait())) ==
              sizeof(ouro::wait_list::awaiter));

namespace {

ouro::task<> append_when_set(ouro::event& go, std::string& log, char name) {
  co_await go.wait();
  log += name;
}

ouro::task<bool> waits(ouro::event& go) { co_return co_await go.wait(); }

ouro::task<> cancels_itself_and_waits(ouro::event& go, std::string& log) {
  ouro::current_task().cancel();
  co_await go.wait();
  log += "went on ";
  co_await ouro::sleep(0s);
  log += "not reached";
}

ouro::task<> waits_with_a_deadline(ouro::event& go) {
  ouro::fail_after guard(1s);
  co_await go.wait();
}

}  // namespace

OURO_TEST_CASE("event: is clear at first, then as set() and clear() say", "[sync][event]") {
  ouro::event go;
  CHECK(!go.is_set());
  go.set();
  go.set();
  CHECK(go.is_set());
  go.clear();
  go.clear();
  CHECK(!go.is_set());
  co_return;
}

OURO_TEST_CASE("event: wait() returns at once when the event is set", "[sync][event]") {
  ouro::event go;
  go.set();
  bool turn = false;
  auto ticking = ouro::get_running_loop().call_soon([&] { turn = true; });

  const bool value = co_await go.wait();

  CHECK(value);
  CHECK(!turn);
  ticking.cancel();
}

OURO_TEST_CASE("event: wait() looks at the event when it is awaited, not when it is made",
               "[sync][event]") {
  ouro::event go;
  auto made_clear = go.wait();
  go.set();
  auto made_set = go.wait();

  const bool value = co_await ouro::wait_for(std::move(made_clear), 1s);
  go.clear();

  CHECK(value);
  CHECK_THROWS_AS(co_await ouro::wait_for(std::move(made_set), 1s), ouro::timeout_error);
}

OURO_TEST_CASE("event: wait() suspends until set() and gives true", "[sync][event]") {
  ouro::event go;
  auto waiting = ouro::create_task(waits(go));
  co_await ouro::sleep(5s);
  CHECK(!waiting.done());

  go.set();

  const bool value = co_await waiting;
  CHECK(value);
}

OURO_TEST_CASE("event: set() wakes every waiter, in arrival order, and runs none",
               "[sync][event]") {
  ouro::event go;
  std::string log;
  auto a = ouro::create_task(append_when_set(go, log, 'a'));
  auto b = ouro::create_task(append_when_set(go, log, 'b'));
  auto c = ouro::create_task(append_when_set(go, log, 'c'));
  co_await ouro::sleep(0s);

  go.set();
  CHECK(log == "");

  co_await a;
  co_await b;
  co_await c;
  CHECK(log == "abc");
}

OURO_TEST_CASE("event: cleared at once, it still lets those go on that it woke", "[sync][event]") {
  ouro::event go;
  std::string log;
  auto early = ouro::create_task(append_when_set(go, log, 'e'));
  co_await ouro::sleep(0s);

  go.set();
  go.clear();
  auto late = ouro::create_task(append_when_set(go, log, 'l'));
  co_await test::settle();
  CHECK(log == "e");
  CHECK(!late.done());

  go.set();
  co_await late;
  co_await early;
  CHECK(log == "el");
}

OURO_TEST_CASE("event: can be used again", "[sync][event]") {
  ouro::event go;
  std::string log;
  for (int round = 0; round < 3; ++round) {
    auto waiting = ouro::create_task(append_when_set(go, log, 'w'));
    co_await ouro::sleep(0s);
    CHECK(!waiting.done());
    go.set();
    co_await waiting;
    go.clear();
  }
  CHECK(log == "www");
}

OURO_TEST_CASE("event: is set from a callback", "[sync][event]") {
  ouro::event go;
  ouro::get_running_loop().call_later(2s, [&] { go.set(); });
  const auto start = ouro::get_running_loop().time();

  co_await go.wait();

  CHECK(ouro::get_running_loop().time() - start == 2s);
}

OURO_TEST_CASE("event: a cancelled waiter leaves the others waiting", "[sync][event][cancel]") {
  ouro::event go;
  std::string log;
  auto cancelled = ouro::create_task(append_when_set(go, log, 'x'));
  auto waiting = ouro::create_task(append_when_set(go, log, 'w'));
  co_await ouro::sleep(0s);

  cancelled.cancel();
  CHECK_THROWS_AS(co_await cancelled, ouro::cancelled_error);
  CHECK(!waiting.done());

  go.set();
  co_await waiting;
  CHECK(log == "w");
}

OURO_TEST_CASE("event: a task cancelled before its first step does not wait",
               "[sync][event][cancel]") {
  ouro::event go;
  std::string log;
  auto waiting = ouro::create_task(append_when_set(go, log, 'w'));

  waiting.cancel();
  go.set();

  CHECK_THROWS_AS(co_await waiting, ouro::cancelled_error);
  CHECK(log == "");
}

OURO_TEST_CASE("event: with a cancel pending, wait() on a clear event does not begin",
               "[sync][event][cancel]") {
  ouro::event go;
  std::string log;
  auto waiting = ouro::create_task(cancels_itself_and_waits(go, log));

  CHECK_THROWS_AS(co_await waiting, ouro::cancelled_error);

  CHECK(log == "");
}

OURO_TEST_CASE("event: with a cancel pending, wait() on a set event returns, the next wait throws",
               "[sync][event][cancel]") {
  ouro::event go;
  go.set();
  std::string log;
  auto waiting = ouro::create_task(cancels_itself_and_waits(go, log));

  CHECK_THROWS_AS(co_await waiting, ouro::cancelled_error);

  CHECK(log == "went on ");
}

OURO_TEST_CASE("event: a cancel that comes with set() wins", "[sync][event][cancel]") {
  ouro::event go;
  std::string log;
  auto woken = ouro::create_task(append_when_set(go, log, 'a'));
  auto left = ouro::create_task(append_when_set(go, log, 'b'));
  auto other = ouro::create_task(append_when_set(go, log, 'c'));
  co_await ouro::sleep(0s);

  left.cancel();
  go.set();
  woken.cancel();

  CHECK_THROWS_AS(co_await woken, ouro::cancelled_error);
  CHECK_THROWS_AS(co_await left, ouro::cancelled_error);
  co_await other;
  CHECK(log == "c");
}

OURO_TEST_CASE("event: a time-out leaves the event and its other waiters alone",
               "[sync][event][cancel]") {
  ouro::event go;
  auto other = ouro::create_task(waits(go));

  CHECK_THROWS_AS(co_await ouro::wait_for(go.wait(), 1s), ouro::timeout_error);
  CHECK_THROWS_AS(co_await waits_with_a_deadline(go), ouro::timeout_error);

  CHECK(!go.is_set());
  go.set();
  const bool value = co_await other;
  CHECK(value);
}

OURO_TEST_CASE("event: a thousand waiters wake in order", "[sync][event]") {
  ouro::event go;
  std::vector<int> order;
  std::vector<ouro::task_handle<>> all;
  const auto waiter = [](ouro::event& on, std::vector<int>& log, int number) -> ouro::task<> {
    co_await on.wait();
    log.push_back(number);
  };
  for (int i = 0; i < 1000; ++i) all.push_back(ouro::create_task(waiter(go, order, i)));
  co_await ouro::sleep(0s);

  go.set();
  for (const auto& each : all) co_await each;

  REQUIRE(order.size() == 1000);
  for (int i = 0; i < 1000; ++i) CHECK(order[static_cast<std::size_t>(i)] == i);
}
