// SPDX-License-Identifier: BSL-1.0
#include "ouro/sync/priority_queue.hpp"

#include "tests/support/loop_test.hpp"

#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

struct job {
  int priority;
  int number;
};

struct by_priority {
  bool operator()(const job& a, const job& b) const { return a.priority < b.priority; }
};

struct by_value {
  bool operator()(const std::unique_ptr<int>& a, const std::unique_ptr<int>& b) const {
    return *a < *b;
  }
};

ouro::task<> append_next(ouro::priority_queue<int>& queue, std::string& log, char name) {
  const int item = co_await queue.get();
  log += name + std::to_string(item);
}

}  // namespace

OURO_TEST_CASE("priority_queue: gives the smallest item first", "[sync][priority_queue]") {
  ouro::priority_queue<int> queue;
  for (const int item : {3, 1, 2}) co_await queue.put(item);

  const int first = co_await queue.get();
  co_await queue.put(0);
  std::vector<int> rest;
  while (!queue.empty()) rest.push_back(queue.get_nowait());

  CHECK(first == 1);
  CHECK(rest == std::vector<int>{0, 2, 3});
}

OURO_TEST_CASE("priority_queue: gives the largest first if the order is turned round",
               "[sync][priority_queue]") {
  ouro::priority_queue<std::string, std::greater<>> queue;
  for (const char* item : {"b", "c", "a"}) queue.put_nowait(item);

  std::string all;
  while (!queue.empty()) all += queue.get_nowait();

  CHECK(all == "cba");
  co_return;
}

OURO_TEST_CASE("priority_queue: gives equal items in the order in which they were put in",
               "[sync][priority_queue]") {
  std::mt19937 random(7);
  ouro::priority_queue<job, by_priority> queue;
  int number = 0;
  std::vector<job> taken;

  for (int i = 0; i < 3000; ++i) {
    if (random() % 3 != 0) {
      queue.put_nowait(job{.priority = static_cast<int>(random() % 5), .number = number++});
    } else if (!queue.empty()) {
      taken.push_back(queue.get_nowait());
    }
  }
  taken.clear();
  while (!queue.empty()) taken.push_back(queue.get_nowait());

  int wrong = 0;
  for (std::size_t i = 1; i < taken.size(); ++i) {
    const bool right = std::pair(taken[i - 1].priority, taken[i - 1].number) <
                       std::pair(taken[i].priority, taken[i].number);
    if (!right) ++wrong;
  }
  CHECK(taken.size() > 500);
  CHECK(wrong == 0);
  co_return;
}

OURO_TEST_CASE("priority_queue: takes items that can only be moved, and any order of them",
               "[sync][priority_queue]") {
  ouro::priority_queue<std::unique_ptr<int>, by_value> queue;
  for (const int item : {2, 3, 1}) co_await queue.put(std::make_unique<int>(item));
  queue.shutdown();

  int all = 0;
  while (auto item = co_await queue.anext()) all = all * 10 + **item;

  CHECK(all == 123);
}

OURO_TEST_CASE("priority_queue: those who wait are served first come, first served",
               "[sync][priority_queue]") {
  ouro::priority_queue<int> queue;
  std::string log;
  auto a = ouro::create_task(append_next(queue, log, 'a'));
  auto b = ouro::create_task(append_next(queue, log, 'b'));
  co_await ouro::sleep(0s);

  queue.put_nowait(2);
  queue.put_nowait(1);

  co_await a;
  co_await b;
  CHECK(log == "a1b2");
}

OURO_TEST_CASE("priority_queue: has a maxsize and an immediate shutdown()",
               "[sync][priority_queue]") {
  ouro::priority_queue<int> queue(2);
  queue.put_nowait(2);
  queue.put_nowait(1);
  CHECK(queue.full());
  CHECK_THROWS_AS(queue.put_nowait(0), ouro::queue_full);

  queue.shutdown({.immediate = true});

  CHECK(queue.empty());
  co_await queue.join();
  CHECK_THROWS_AS(queue.get_nowait(), ouro::queue_shut_down);
}
