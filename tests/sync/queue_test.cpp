// SPDX-License-Identifier: BSL-1.0
#include "ouro/sync/queue.hpp"

#include "tests/support/loop_test.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace std::chrono_literals;

namespace {

ouro::task<> append_next(ouro::queue<char>& queue, std::string& log, char name) {
  const char item = co_await queue.get();
  log += name;
  log += item;
}

ouro::task<> put_and_tell(ouro::queue<char>& queue, std::string& log, char item) {
  co_await queue.put(item);
  log += item;
}

ouro::task<> join_and_tell(ouro::queue<char>& queue, std::string& log) {
  co_await queue.join();
  log += "joined";
}

}  // namespace

OURO_TEST_CASE("queue: qsize(), empty() and full() tell what is in it", "[sync][queue]") {
  ouro::queue<int> queue(2);
  CHECK(queue.maxsize() == 2);
  CHECK(queue.qsize() == 0);
  CHECK(queue.empty());
  CHECK(!queue.full());

  queue.put_nowait(1);
  CHECK(queue.qsize() == 1);
  CHECK(!queue.empty());
  CHECK(!queue.full());

  queue.put_nowait(2);
  CHECK(queue.qsize() == 2);
  CHECK(queue.full());
  co_return;
}

OURO_TEST_CASE("queue: without a maxsize it is never full", "[sync][queue]") {
  ouro::queue<int> queue;

  for (int i = 0; i < 1000; ++i) queue.put_nowait(i);

  CHECK(queue.maxsize() == 0);
  CHECK(queue.qsize() == 1000);
  CHECK(!queue.full());
  co_return;
}

OURO_TEST_CASE("queue: gives items in the order in which they were put in", "[sync][queue]") {
  ouro::queue<int> queue;
  for (int i = 0; i < 300; ++i) co_await queue.put(i);

  std::vector<int> wrong;
  for (int i = 0; i < 300; ++i) {
    const int item = i % 2 == 0 ? co_await queue.get() : queue.get_nowait();
    if (item != i) wrong.push_back(item);
  }

  CHECK(wrong == std::vector<int>());
  CHECK(queue.empty());
}

OURO_TEST_CASE("queue: put() with room and get() with an item take no turn", "[sync][queue]") {
  ouro::queue<int> queue(1);
  bool turn = false;
  auto ticking = ouro::get_running_loop().call_soon([&] { turn = true; });

  co_await queue.put(1);
  const int first = co_await queue.get();
  co_await queue.put(2);
  const auto second = co_await queue.anext();

  CHECK(first == 1);
  CHECK(second == 2);
  CHECK(!turn);
  ticking.cancel();
}

OURO_TEST_CASE("queue: an operation looks at the queue when it is awaited, not when it is made",
               "[sync][queue]") {
  ouro::queue<int> queue;
  auto get = queue.get();
  auto join = queue.join();
  queue.put_nowait(1);
  auto late_join = queue.join();

  const int item = co_await get;
  queue.task_done();
  co_await join;
  co_await late_join;

  CHECK(item == 1);
}

OURO_TEST_CASE("queue: put_nowait() of a full queue and get_nowait() of an empty one throw",
               "[sync][queue][error]") {
  ouro::queue<int> queue(1);
  CHECK_THROWS_AS(queue.get_nowait(), ouro::queue_empty);
  queue.put_nowait(1);
  CHECK_THROWS_AS(queue.put_nowait(2), ouro::queue_full);
  CHECK(queue.get_nowait() == 1);
  CHECK(queue.empty());
  co_return;
}

OURO_TEST_CASE("queue: get() waits for an item", "[sync][queue]") {
  ouro::queue<char> queue;
  std::string log;
  auto getter = ouro::create_task(append_next(queue, log, 'g'));
  co_await ouro::sleep(5s);
  CHECK(!getter.done());

  queue.put_nowait('1');
  CHECK(log == "");
  CHECK(queue.qsize() == 1);  // the getter was woken, and has not run

  co_await getter;
  CHECK(log == "g1");
}

OURO_TEST_CASE("queue: put() waits for room", "[sync][queue]") {
  ouro::queue<char> queue(1);
  std::string log;
  queue.put_nowait('1');
  auto putter = ouro::create_task(put_and_tell(queue, log, '2'));
  co_await ouro::sleep(5s);
  CHECK(!putter.done());
  CHECK(queue.qsize() == 1);

  CHECK(queue.get_nowait() == '1');
  CHECK(log == "");
  CHECK(queue.empty());

  co_await putter;
  CHECK(log == "2");
  CHECK(queue.get_nowait() == '2');
}

OURO_TEST_CASE("queue: getters are served in the order in which they began to wait",
               "[sync][queue]") {
  ouro::queue<char> queue;
  std::string log;
  std::vector<ouro::task_handle<>> getters;
  for (const char name : {'a', 'b', 'c'}) {
    getters.push_back(ouro::create_task(append_next(queue, log, name)));
  }
  co_await ouro::sleep(0s);

  for (const char item : {'1', '2', '3'}) queue.put_nowait(item);
  CHECK(queue.qsize() == 3);

  for (const auto& getter : getters) co_await getter;
  CHECK(log == "a1b2c3");
}

OURO_TEST_CASE("queue: putters are served in the order in which they began to wait",
               "[sync][queue]") {
  ouro::queue<char> queue(1);
  std::string log;
  queue.put_nowait('0');
  std::vector<ouro::task_handle<>> putters;
  for (const char item : {'1', '2', '3'}) {
    putters.push_back(ouro::create_task(put_and_tell(queue, log, item)));
  }
  co_await ouro::sleep(0s);

  std::string items;
  for (int i = 0; i < 4; ++i) {
    const char item = co_await queue.get();
    items += item;
    co_await ouro::sleep(0s);
  }

  CHECK(items == "0123");
  CHECK(log == "123");
  for (const auto& putter : putters) co_await putter;
}

OURO_TEST_CASE("queue: a running get() overtakes a woken one, which waits again behind the others",
               "[sync][queue]") {
  ouro::queue<char> queue;
  std::string log;
  auto overtaken = ouro::create_task(append_next(queue, log, 'o'));
  auto other = ouro::create_task(append_next(queue, log, 'p'));
  co_await ouro::sleep(0s);

  queue.put_nowait('1');
  const char item = co_await queue.get();
  co_await test::settle();
  CHECK(item == '1');
  CHECK(!overtaken.done());
  CHECK(!other.done());

  queue.put_nowait('2');
  queue.put_nowait('3');
  co_await overtaken;
  co_await other;
  CHECK(log == "p2o3");
}

OURO_TEST_CASE("queue: a running put() overtakes a woken one, which waits again", "[sync][queue]") {
  ouro::queue<char> queue(1);
  std::string log;
  queue.put_nowait('1');
  auto overtaken = ouro::create_task(put_and_tell(queue, log, '3'));
  co_await ouro::sleep(0s);

  CHECK(queue.get_nowait() == '1');
  co_await queue.put('2');
  co_await test::settle();
  CHECK(!overtaken.done());

  CHECK(queue.get_nowait() == '2');
  co_await overtaken;
  CHECK(queue.get_nowait() == '3');
}

OURO_TEST_CASE("queue: join() waits for task_done(), not for an empty queue", "[sync][queue]") {
  ouro::queue<char> queue;
  std::string log;
  queue.put_nowait('1');
  queue.put_nowait('2');
  auto joiner = ouro::create_task(join_and_tell(queue, log));

  CHECK(queue.get_nowait() == '1');
  CHECK(queue.get_nowait() == '2');
  co_await test::settle();
  CHECK(queue.empty());
  CHECK(!joiner.done());

  queue.task_done();
  co_await test::settle();
  CHECK(!joiner.done());

  queue.task_done();
  CHECK(log == "");
  co_await joiner;
  CHECK(log == "joined");
}

OURO_TEST_CASE("queue: join() that was woken ends, whatever is put in before it runs",
               "[sync][queue]") {
  ouro::queue<char> queue;
  std::string log;
  queue.put_nowait('1');
  auto joiner = ouro::create_task(join_and_tell(queue, log));
  co_await ouro::sleep(0s);

  CHECK(queue.get_nowait() == '1');
  queue.task_done();
  queue.put_nowait('2');

  co_await joiner;
  CHECK(log == "joined");
}

OURO_TEST_CASE("queue: join() of a queue without work takes no turn", "[sync][queue]") {
  ouro::queue<int> queue;
  bool turn = false;
  auto ticking = ouro::get_running_loop().call_soon([&] { turn = true; });

  co_await queue.join();
  queue.put_nowait(1);
  static_cast<void>(queue.get_nowait());
  queue.task_done();
  co_await queue.join();

  CHECK(!turn);
  ticking.cancel();
}

OURO_TEST_CASE("queue: task_done() more often than items were put in throws",
               "[sync][queue][error]") {
  ouro::queue<int> queue;
  CHECK_THROWS_AS(queue.task_done(), std::invalid_argument);

  queue.put_nowait(1);
  queue.task_done();

  CHECK_THROWS_WITH(queue.task_done(), "task_done() called too many times");
  co_return;
}

OURO_TEST_CASE("queue: items go through a chain of full queues", "[sync][queue]") {
  std::vector<std::unique_ptr<ouro::queue<int>>> stages;
  for (int i = 0; i < 5; ++i) stages.push_back(std::make_unique<ouro::queue<int>>(1));
  const auto hand_on = [](ouro::queue<int>& from, ouro::queue<int>& to) -> ouro::task<> {
    while (auto item = co_await from.anext()) co_await to.put(*item + 1);
    to.shutdown();
  };
  const auto feed = [](ouro::queue<int>& to) -> ouro::task<> {
    for (int i = 0; i < 100; ++i) co_await to.put(i * 10);
    to.shutdown();
  };
  std::vector<ouro::task_handle<>> tasks;
  tasks.push_back(ouro::create_task(feed(*stages[0])));
  for (std::size_t i = 0; i + 1 < stages.size(); ++i) {
    tasks.push_back(ouro::create_task(hand_on(*stages[i], *stages[i + 1])));
  }

  int sum = 0;
  while (auto item = co_await stages.back()->anext()) sum += *item;

  CHECK(sum == 10 * (99 * 100 / 2) + 4 * 100);
  for (const auto& task : tasks) co_await task;
}

OURO_TEST_CASE("queue: a callback puts items in", "[sync][queue]") {
  ouro::queue<int> queue;
  ouro::get_running_loop().call_later(2s, [&] { queue.put_nowait(7); });
  const auto start = ouro::get_running_loop().time();

  const int item = co_await queue.get();

  CHECK(item == 7);
  CHECK(ouro::get_running_loop().time() - start == 2s);
}
