// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/wait_list.hpp"

#include "ouro/base/errors.hpp"

#include "tests/support/loop_test.hpp"
#include "tests/task/cancel_support.hpp"

#include <string>
#include <utility>

using namespace std::chrono_literals;
using namespace cancel_test;

namespace {

ouro::task<> wait_in(ouro::wait_list& list, std::string& log, char name) {
  try {
    const bool woken = co_await list.wait();
    if (woken) log += name;
  } catch (const ouro::cancelled_error&) {
    log += '-';
    log += name;
    throw;
  }
}

/// Waits again as soon as it is woken.
ouro::task<> wait_twice(ouro::wait_list& list, std::string& log, char name) {
  co_await list.wait();
  log += name;
  co_await list.wait();
  log += name;
}

}  // namespace

OURO_TEST_CASE("wait_list: a wait that is ready does not suspend and is in no list",
               "[task][wait_list]") {
  ouro::wait_list list;
  bool turned = false;
  ouro::get_running_loop().call_soon([&turned] { turned = true; });

  const bool woken = co_await list.wait(true);

  CHECK(woken);
  CHECK(!turned);
  CHECK(list.empty());
  co_await ouro::sleep(0s);
}

OURO_TEST_CASE("wait_list: wait_unless() looks at the flag when the wait begins",
               "[task][wait_list]") {
  ouro::wait_list list;
  bool flag = false;
  auto wait = list.wait_unless(flag);
  flag = true;

  const bool woken = co_await std::move(wait);

  CHECK(woken);
  CHECK(list.empty());
}

OURO_TEST_CASE("wait_list: wake_one() wakes the one that has waited longest", "[task][wait_list]") {
  std::string log;
  ouro::wait_list list;
  auto a = ouro::create_task(wait_in(list, log, 'a'));
  auto b = ouro::create_task(wait_in(list, log, 'b'));
  co_await ouro::sleep(0s);

  CHECK(list.wake_one());
  co_await ouro::sleep(0s);
  CHECK(log == "a");
  CHECK(!list.empty());
  CHECK(list.wake_one());
  co_await ouro::sleep(0s);

  CHECK(log == "ab");
  CHECK(list.empty());
  CHECK(a.done());
}

OURO_TEST_CASE("wait_list: wake_one() of an empty list is false and is not remembered",
               "[task][wait_list]") {
  std::string log;
  ouro::wait_list list;
  CHECK(list.empty());
  CHECK(!list.wake_one());

  auto late = ouro::create_task(wait_in(list, log, 'l'));
  co_await test::run_turns(3);

  CHECK(log == "");
  list.wake_all();
  co_await late;
}

OURO_TEST_CASE("wait_list: wake_all() wakes all in their order and runs none",
               "[task][wait_list]") {
  std::string log;
  ouro::wait_list list;
  auto a = ouro::create_task(wait_in(list, log, 'a'));
  auto b = ouro::create_task(wait_in(list, log, 'b'));
  auto c = ouro::create_task(wait_in(list, log, 'c'));
  co_await ouro::sleep(0s);

  list.wake_all();
  CHECK(log == "");
  CHECK(list.empty());
  co_await c;

  CHECK(log == "abc");
}

OURO_TEST_CASE("wait_list: one that waits again after wake_all() waits for the next",
               "[task][wait_list]") {
  std::string log;
  ouro::wait_list list;
  auto a = ouro::create_task(wait_twice(list, log, 'a'));
  co_await ouro::sleep(0s);

  list.wake_all();
  co_await test::run_turns(3);
  CHECK(log == "a");
  list.wake_all();
  co_await a;

  CHECK(log == "aa");
}

OURO_TEST_CASE("wait_list: a cancelled waiter leaves at once and the others keep their places",
               "[task][wait_list][cancel]") {
  std::string log;
  ouro::wait_list list;
  auto a = ouro::create_task(wait_in(list, log, 'a'));
  auto b = ouro::create_task(wait_in(list, log, 'b'));
  auto c = ouro::create_task(wait_in(list, log, 'c'));
  co_await ouro::sleep(0s);

  a.cancel();
  CHECK(list.wake_one());
  co_await b;
  CHECK(log == "-ab");
  CHECK(list.wake_one());
  co_await c;

  CHECK_THROWS_AS(co_await a, ouro::cancelled_error);
}

OURO_TEST_CASE("wait_list: the last waiter to be cancelled leaves an empty list",
               "[task][wait_list][cancel]") {
  std::string log;
  ouro::wait_list list;
  auto a = ouro::create_task(wait_in(list, log, 'a'));
  co_await ouro::sleep(0s);

  a.cancel();

  CHECK(list.empty());
  CHECK_THROWS_AS(co_await a, ouro::cancelled_error);
}

OURO_TEST_CASE("wait_list: a wait does not begin while a cancel is pending",
               "[task][wait_list][cancel]") {
  ouro::wait_list list;
  ouro::current_task().cancel();

  CHECK_THROWS_AS(co_await list.wait(), ouro::cancelled_error);

  CHECK(list.empty());
  ouro::current_task().uncancel();
}

OURO_TEST_CASE("wait_list: a waiter that was woken and then cancelled is cancelled",
               "[task][wait_list][cancel]") {
  std::string log;
  ouro::wait_list list;
  auto a = ouro::create_task(wait_in(list, log, 'a'));
  co_await ouro::sleep(0s);

  CHECK(list.wake_one());
  a.cancel();
  CHECK_THROWS_AS(co_await a, ouro::cancelled_error);

  CHECK(log == "-a");
}

TEST_CASE("wait_list: a loop that closes takes its waiters out of the list", "[task][wait_list]") {
  std::string log;
  ouro::wait_list list;
  {
    ouro::event_loop loop;
    loop.set_exception_handler([](ouro::event_loop&, const ouro::exception_context&) {});
    static_cast<void>(loop.create_task(wait_in(list, log, 'a')));
    loop.run_until_complete(test::run_turns(2));
    CHECK(!list.empty());
  }

  CHECK(list.empty());
  CHECK(log == "");
}
