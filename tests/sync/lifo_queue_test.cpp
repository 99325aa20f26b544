// SPDX-License-Identifier: BSL-1.0
#include "ouro/sync/lifo_queue.hpp"

#include "tests/support/loop_test.hpp"

#include <memory>
#include <string>
#include <vector>

using namespace std::chrono_literals;

namespace {

ouro::task<> append_next(ouro::lifo_queue<char>& queue, std::string& log, char name) {
  const char item = co_await queue.get();
  log += name;
  log += item;
}

}  // namespace

OURO_TEST_CASE("lifo_queue: gives the newest item first", "[sync][lifo_queue]") {
  ouro::lifo_queue<int> queue;
  for (const int item : {1, 2, 3}) co_await queue.put(item);

  const int first = co_await queue.get();
  co_await queue.put(9);
  std::vector<int> rest;
  while (!queue.empty()) rest.push_back(queue.get_nowait());

  CHECK(first == 3);
  CHECK(rest == std::vector<int>{9, 2, 1});
}

OURO_TEST_CASE("lifo_queue: those who wait are served first come, first served",
               "[sync][lifo_queue]") {
  ouro::lifo_queue<char> queue;
  std::string log;
  auto a = ouro::create_task(append_next(queue, log, 'a'));
  auto b = ouro::create_task(append_next(queue, log, 'b'));
  co_await ouro::sleep(0s);

  queue.put_nowait('1');
  queue.put_nowait('2');

  co_await a;
  co_await b;
  CHECK(log == "a2b1");
}

OURO_TEST_CASE("lifo_queue: has a maxsize, join() and shutdown()", "[sync][lifo_queue]") {
  ouro::lifo_queue<std::unique_ptr<int>> queue(2);
  queue.put_nowait(std::make_unique<int>(1));
  queue.put_nowait(std::make_unique<int>(2));
  CHECK(queue.full());
  CHECK_THROWS_AS(queue.put_nowait(nullptr), ouro::queue_full);

  queue.shutdown();

  int sum = 0;
  while (auto item = co_await queue.anext()) {
    sum = sum * 10 + **item;
    queue.task_done();
  }
  co_await queue.join();
  CHECK(sum == 21);
}
