// SPDX-License-Identifier: BSL-1.0
#include "ouro/loop/timer_heap.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <random>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

struct timer final : ouro::detail::timer_node {
  explicit timer(int its_number = 0) noexcept : number(its_number) {}
  void run() noexcept override {}
  int number;
};

using heap = ouro::detail::timer_heap;

ouro::time_point at(std::int64_t nanoseconds) {
  return ouro::time_point(ouro::duration(nanoseconds));
}

/// Takes everything out; the numbers in the order in which they came.
std::vector<int> drain(heap& timers) {
  std::vector<int> numbers;
  while (!timers.empty()) numbers.push_back(static_cast<timer&>(timers.pop()).number);
  return numbers;
}

}  // namespace

TEST_CASE("timer_heap: gives the earliest deadline first", "[loop][timer_heap]") {
  timer a(0), b(1), c(2);
  heap timers;
  timers.insert(c, at(30));
  timers.insert(a, at(10));
  timers.insert(b, at(20));

  CHECK(timers.size() == 3);
  CHECK(timers.next_deadline() == at(10));
  CHECK(drain(timers) == std::vector<int>{0, 1, 2});
  CHECK(timers.empty());
}

TEST_CASE("timer_heap: equal deadlines come in the order in which they were scheduled",
          "[loop][timer_heap]") {
  std::deque<timer> nodes;
  std::vector<int> expected;
  heap timers;
  for (int i = 0; i < 1000; ++i) {
    nodes.emplace_back(i);
    timers.insert(nodes.back(), at(5));
    expected.push_back(i);
  }

  CHECK(drain(timers) == expected);
}

TEST_CASE("timer_heap: a node that is scheduled again stands behind its equals",
          "[loop][timer_heap]") {
  timer a(0), b(1);
  heap timers;
  timers.insert(a, at(5));
  timers.insert(b, at(5));

  timers.remove(a);
  timers.insert(a, at(5));

  CHECK(drain(timers) == std::vector<int>{1, 0});
}

TEST_CASE("timer_heap: a node knows whether it is scheduled", "[loop][timer_heap]") {
  timer a, b;
  heap timers;
  CHECK(!a.scheduled());

  timers.insert(a, at(1));
  timers.insert(b, at(2));
  CHECK(a.scheduled());

  timers.remove(a);
  timers.pop();
  CHECK(!a.scheduled());
  CHECK(!b.scheduled());
}

TEST_CASE("timer_heap: takes the extremes of time", "[loop][timer_heap]") {
  timer a(0), b(1), c(2);
  heap timers;
  timers.insert(b, at(0));
  timers.insert(c, ouro::time_point::max());
  timers.insert(a, ouro::time_point::min());

  CHECK(drain(timers) == std::vector<int>{0, 1, 2});
}

TEST_CASE("timer_heap: orders random deadlines as std::stable_sort does", "[loop][timer_heap]") {
  std::mt19937 random(11);
  for (const std::uint32_t range : {3U, 100U, 1'000'000U}) {
    std::deque<timer> nodes;
    std::vector<std::pair<std::uint32_t, int>> expected;
    heap timers;
    for (int i = 0; i < 20'000; ++i) {
      const std::uint32_t when = static_cast<std::uint32_t>(random()) % range;
      nodes.emplace_back(i);
      timers.insert(nodes.back(), at(when));
      expected.emplace_back(when, i);
    }
    std::stable_sort(expected.begin(), expected.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });

    const std::vector<int> order = drain(timers);

    const bool same =
        std::equal(order.begin(), order.end(), expected.begin(), expected.end(),
                   [](int number, const auto& pair) { return number == pair.second; });
    CHECK(same);
  }
}

TEST_CASE("timer_heap: stays in order while timers come and go at random", "[loop][timer_heap]") {
  std::mt19937 random(12);
  std::deque<timer> nodes;
  std::vector<std::pair<std::int64_t, int>> model;  // deadline, number; unordered
  for (int i = 0; i < 300; ++i) nodes.emplace_back(i);
  heap timers;
  bool right = true;

  for (int round = 0; round < 100'000; ++round) {
    timer& node = nodes[random() % nodes.size()];
    const auto entry = std::find_if(model.begin(), model.end(),
                                    [&](const auto& pair) { return pair.second == node.number; });
    if (entry != model.end()) {
      timers.remove(node);
      model.erase(entry);
    } else {
      const std::int64_t when =
          (static_cast<std::int64_t>(random()) % 1'000'000) * 1000 + round % 7;
      timers.insert(node, at(when));
      model.emplace_back(when, node.number);
    }
    if (!model.empty()) {
      const auto first = std::min_element(model.begin(), model.end());
      right = right && timers.next_deadline() == at(first->first);
    }
    right = right && timers.size() == model.size();
  }

  CHECK(right);
  drain(timers);
}

TEST_CASE("timer_heap: a million timers, cancelled, leave nothing behind",
          "[loop][timer_heap][slow]") {
  constexpr int million = 1'000'000;
  std::mt19937 random(13);
  std::vector<timer> nodes(million);
  std::vector<timer*> order;
  heap timers;
  for (timer& node : nodes) {
    timers.insert(node, at(static_cast<std::int64_t>(random())));
    order.push_back(&node);
  }
  REQUIRE(timers.size() == million);
  std::shuffle(order.begin(), order.end(), random);

  for (timer* node : order) timers.remove(*node);

  CHECK(timers.empty());
  const bool all_out =
      std::none_of(nodes.begin(), nodes.end(), [](const timer& node) { return node.scheduled(); });
  CHECK(all_out);
}
