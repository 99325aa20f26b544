// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/errors.hpp"
#include "ouro/sync/queue.hpp"
#include "ouro/task/deadline_scope.hpp"
#include "ouro/task/wait_for.hpp"
#include "ouro/testing/cancel_everywhere.hpp"

#include "tests/support/loop_test.hpp"

#include <memory>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using ouro::testing::cancel_everywhere;
using ouro::testing::cancel_run;

namespace {

ouro::task<int> gets(ouro::queue<int>& queue) { co_return co_await queue.get(); }

ouro::task<> puts(ouro::queue<int>& queue, int item) { co_await queue.put(item); }

ouro::task<> joins(ouro::queue<int>& queue) { co_await queue.join(); }

ouro::task<> gets_with_a_deadline(ouro::queue<int>& queue) {
  ouro::fail_after guard(1s);
  co_await queue.get();
}

ouro::task<> cancels_itself_and_gets(ouro::queue<int>& queue, std::string& log) {
  ouro::current_task().cancel();
  co_await queue.get();
  log += "got ";
  co_await ouro::sleep(0s);
  log += "not reached";
}

ouro::task<> cancels_itself_and_puts(ouro::queue<int>& queue) {
  ouro::current_task().cancel();
  co_await queue.put(9);
  co_await ouro::sleep(0s);
}

}  // namespace

OURO_TEST_CASE("queue: a cancelled getter leaves, and the item goes to the next",
               "[sync][queue][cancel]") {
  ouro::queue<int> queue;
  auto cancelled = ouro::create_task(gets(queue));
  auto waiting = ouro::create_task(gets(queue));
  co_await ouro::sleep(0s);

  cancelled.cancel();
  queue.put_nowait(1);

  CHECK_THROWS_AS(co_await cancelled, ouro::cancelled_error);
  const int item = co_await waiting;
  CHECK(item == 1);
}

OURO_TEST_CASE("queue: a getter cancelled after it was woken passes the item on",
               "[sync][queue][cancel]") {
  ouro::queue<int> queue;
  auto cancelled = ouro::create_task(gets(queue));
  auto waiting = ouro::create_task(gets(queue));
  co_await ouro::sleep(0s);

  queue.put_nowait(1);
  cancelled.cancel();

  CHECK_THROWS_AS(co_await cancelled, ouro::cancelled_error);
  const int item = co_await waiting;
  CHECK(item == 1);
}

OURO_TEST_CASE("queue: an item that a cancelled getter was woken for stays if nobody else waits",
               "[sync][queue][cancel]") {
  ouro::queue<int> queue;
  auto cancelled = ouro::create_task(gets(queue));
  co_await ouro::sleep(0s);

  queue.put_nowait(1);
  cancelled.cancel();

  CHECK_THROWS_AS(co_await cancelled, ouro::cancelled_error);
  CHECK(queue.qsize() == 1);
  CHECK(queue.get_nowait() == 1);
}

OURO_TEST_CASE("queue: a getter that was overtaken and waits again is cancelled as any",
               "[sync][queue][cancel]") {
  ouro::queue<int> queue;
  auto overtaken = ouro::create_task(gets(queue));
  co_await ouro::sleep(0s);
  queue.put_nowait(1);
  CHECK(queue.get_nowait() == 1);
  co_await test::settle();
  REQUIRE(!overtaken.done());

  overtaken.cancel();

  CHECK_THROWS_AS(co_await overtaken, ouro::cancelled_error);
  queue.put_nowait(2);
  CHECK(queue.qsize() == 1);
}

OURO_TEST_CASE("queue: a cancelled putter leaves, and its item is not in the queue",
               "[sync][queue][cancel]") {
  ouro::queue<int> queue(1);
  queue.put_nowait(1);
  auto cancelled = ouro::create_task(puts(queue, 2));
  auto waiting = ouro::create_task(puts(queue, 3));
  co_await ouro::sleep(0s);

  cancelled.cancel();
  CHECK(queue.get_nowait() == 1);

  CHECK_THROWS_AS(co_await cancelled, ouro::cancelled_error);
  co_await waiting;
  CHECK(queue.get_nowait() == 3);
  CHECK(queue.empty());
}

OURO_TEST_CASE("queue: a putter cancelled after it was woken passes the room on",
               "[sync][queue][cancel]") {
  ouro::queue<int> queue(1);
  queue.put_nowait(1);
  auto cancelled = ouro::create_task(puts(queue, 2));
  auto waiting = ouro::create_task(puts(queue, 3));
  co_await ouro::sleep(0s);

  CHECK(queue.get_nowait() == 1);
  cancelled.cancel();

  CHECK_THROWS_AS(co_await cancelled, ouro::cancelled_error);
  co_await waiting;
  CHECK(queue.get_nowait() == 3);
}

OURO_TEST_CASE("queue: a cancelled join() leaves the others waiting", "[sync][queue][cancel]") {
  ouro::queue<int> queue;
  queue.put_nowait(1);
  auto cancelled = ouro::create_task(joins(queue));
  auto woken = ouro::create_task(joins(queue));
  auto waiting = ouro::create_task(joins(queue));
  co_await ouro::sleep(0s);

  cancelled.cancel();
  CHECK_THROWS_AS(co_await cancelled, ouro::cancelled_error);
  CHECK(!waiting.done());
  queue.task_done();
  woken.cancel();

  CHECK_THROWS_AS(co_await woken, ouro::cancelled_error);
  co_await waiting;
}

OURO_TEST_CASE("queue: tasks cancelled before their first step take and give nothing",
               "[sync][queue][cancel]") {
  ouro::queue<int> queue;
  queue.put_nowait(1);
  auto getter = ouro::create_task(gets(queue));
  auto putter = ouro::create_task(puts(queue, 2));
  auto joiner = ouro::create_task(joins(queue));

  for (const ouro::task_handle<>& each : {ouro::task_handle<>(getter), putter, joiner}) {
    each.cancel();
  }

  CHECK_THROWS_AS(co_await getter, ouro::cancelled_error);
  CHECK_THROWS_AS(co_await putter, ouro::cancelled_error);
  CHECK_THROWS_AS(co_await joiner, ouro::cancelled_error);
  CHECK(queue.qsize() == 1);
}

OURO_TEST_CASE("queue: with a cancel pending, a get() or put() that would wait does not begin",
               "[sync][queue][cancel]") {
  ouro::queue<int> queue(1);
  std::string log;
  auto getter = ouro::create_task(cancels_itself_and_gets(queue, log));
  CHECK_THROWS_AS(co_await getter, ouro::cancelled_error);
  CHECK(log == "");

  queue.put_nowait(1);
  auto putter = ouro::create_task(cancels_itself_and_puts(queue));
  CHECK_THROWS_AS(co_await putter, ouro::cancelled_error);
  CHECK(queue.get_nowait() == 1);
  CHECK(queue.empty());
}

OURO_TEST_CASE("queue: with a cancel pending, a get() or put() that need not wait is done",
               "[sync][queue][cancel]") {
  ouro::queue<int> queue;
  std::string log;
  queue.put_nowait(1);

  auto getter = ouro::create_task(cancels_itself_and_gets(queue, log));
  CHECK_THROWS_AS(co_await getter, ouro::cancelled_error);
  auto putter = ouro::create_task(cancels_itself_and_puts(queue));
  CHECK_THROWS_AS(co_await putter, ouro::cancelled_error);

  CHECK(log == "got ");
  CHECK(queue.qsize() == 1);
  CHECK(queue.get_nowait() == 9);
}

OURO_TEST_CASE("queue: a get() that times out leaves the next item to the next get()",
               "[sync][queue][cancel]") {
  ouro::queue<int> queue;
  CHECK_THROWS_AS(co_await ouro::wait_for(queue.get(), 1s), ouro::timeout_error);
  CHECK_THROWS_AS(co_await gets_with_a_deadline(queue), ouro::timeout_error);

  queue.put_nowait(1);

  CHECK(queue.qsize() == 1);
  const int item = co_await ouro::wait_for(queue.get(), 1s);
  CHECK(item == 1);
}

OURO_TEST_CASE("queue: a put() that times out puts nothing in", "[sync][queue][cancel]") {
  ouro::queue<int> queue(1);
  queue.put_nowait(1);

  CHECK_THROWS_AS(co_await ouro::wait_for(queue.put(2), 1s), ouro::timeout_error);

  CHECK(queue.get_nowait() == 1);
  CHECK(queue.empty());
}

OURO_TEST_CASE("queue: an item that comes in the turn of the deadline is not lost",
               "[sync][queue][cancel]") {
  ouro::queue<int> queue;
  ouro::get_running_loop().call_later(1s, [&] { queue.put_nowait(1); });
  auto by_scope = ouro::create_task(gets_with_a_deadline(queue));
  auto other = ouro::create_task(gets(queue));

  CHECK_THROWS_AS(co_await by_scope, ouro::timeout_error);
  const int item = co_await other;
  CHECK(item == 1);
}

TEST_CASE("cancel_everywhere: producers and consumers lose no item wherever one is interrupted",
          "[sync][queue][cancel]") {
  struct shared {
    ouro::queue<int> queue{1};
    int put = 0;
    int got = 0;
  };
  const auto report = cancel_everywhere([](cancel_run& run) -> ouro::task<> {
    const auto all = std::make_shared<shared>();
    const auto consume = [](std::shared_ptr<shared> in) -> ouro::task<> {
      while (co_await in->queue.anext()) {
        ++in->got;
        in->queue.task_done();
      }
    };
    std::vector<ouro::task_handle<>> helpers;
    for (int i = 0; i < 2; ++i) helpers.push_back(ouro::create_task(consume(all)));
    run.at_end([all, helpers, &run]() -> ouro::task<> {
      all->queue.shutdown();
      for (const auto& each : helpers) co_await each;
      co_await all->queue.join();
      run.expect(all->got == all->put, "each item that was put in came out once");
    });
    for (int i = 0; i < 5; ++i) {
      co_await all->queue.put(i);
      ++all->put;
    }
    co_await all->queue.join();
  });

  CHECK(report.problems == std::vector<std::string>());
  CHECK(report.suspensions > 2);
}

TEST_CASE("cancel_everywhere: a consumer leaves what it did not take, wherever it is interrupted",
          "[sync][queue][cancel]") {
  struct shared {
    ouro::queue<int> queue{1};
    int put = 0;
    int got = 0;
  };
  const auto report = cancel_everywhere([](cancel_run& run) -> ouro::task<> {
    const auto all = std::make_shared<shared>();
    const auto produce = [](std::shared_ptr<shared> in) -> ouro::task<> {
      for (int i = 0; i < 4; ++i) {
        co_await in->queue.put(i);
        ++in->put;
      }
      in->queue.shutdown();
    };
    const auto producer = ouro::create_task(produce(all));
    run.at_end([all, producer, &run]() -> ouro::task<> {
      while (co_await all->queue.anext()) ++all->got;
      co_await producer;
      run.expect(all->put == 4 && all->got == 4, "each item came out once");
    });
    while (co_await all->queue.anext()) {
      ++all->got;
      co_await ouro::sleep(0s);
    }
  });

  CHECK(report.problems == std::vector<std::string>());
  CHECK(report.suspensions > 2);
}
