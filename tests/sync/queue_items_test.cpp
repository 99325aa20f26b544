// SPDX-License-Identifier: BSL-1.0
#include "ouro/sync/lifo_queue.hpp"
#include "ouro/sync/priority_queue.hpp"
#include "ouro/sync/queue.hpp"

#include "tests/support/loop_test.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

/// An item whose moves and copies fail when they are told to.
class fragile {
 public:
  explicit fragile(int value) : value_(value) {}
  fragile(const fragile& other) : value_(other.value_) { may_fail(); }
  fragile(fragile&& other) : value_(other.value_) {  // NOLINT: it is to throw
    may_fail();
    other.value_ = 0;
  }
  fragile& operator=(const fragile&) = delete;

  int value() const noexcept { return value_; }
  bool operator<(const fragile& other) const { return value_ < other.value_; }

  static inline int fail_after = -1;  // moves until one fails; negative: none does

 private:
  static void may_fail() {
    if (fail_after >= 0 && fail_after-- == 0) throw std::runtime_error("cannot move");
  }

  int value_;
};

ouro::task<> get_value(ouro::queue<fragile>& queue, std::string& log) {
  try {
    const fragile item = co_await queue.get();
    log += std::to_string(item.value());
  } catch (const std::runtime_error&) {
    log += "failed ";
  }
}

ouro::task<> put_value(ouro::queue<fragile>& queue, std::string& log, int value) {
  try {
    co_await queue.put(fragile(value));
    log += std::to_string(value);
  } catch (const std::runtime_error&) {
    log += "failed ";
  }
}

/// Fails when it is told to.
struct fragile_order {
  bool* fails;
  bool operator()(int a, int b) const {
    if (*fails) throw std::runtime_error("cannot compare");
    return a < b;
  }
};

}  // namespace

OURO_TEST_CASE("queue: takes items that can only be moved", "[sync][queue]") {
  ouro::queue<std::unique_ptr<int>> queue;
  auto named = std::make_unique<int>(2);

  co_await queue.put(std::make_unique<int>(1));
  queue.put_nowait(std::move(named));
  queue.put_nowait(std::make_unique<int>(3));

  const std::unique_ptr<int> first = co_await queue.get();
  const std::optional<std::unique_ptr<int>> second = co_await queue.anext();
  const std::unique_ptr<int> third = queue.get_nowait();
  CHECK(*first == 1);
  REQUIRE(second.has_value());
  CHECK(**second == 2);
  CHECK(*third == 3);
}

OURO_TEST_CASE("queue: put_nowait() copies what it is lent", "[sync][queue]") {
  ouro::queue<std::string> queue;
  const std::string lent = "a text that is too long for the object itself";

  queue.put_nowait(lent);
  co_await queue.put(lent);

  CHECK(queue.get_nowait() == lent);
  CHECK(queue.get_nowait() == lent);
}

OURO_TEST_CASE("queue: put_nowait() that throws has not moved its item", "[sync][queue][error]") {
  ouro::queue<std::unique_ptr<int>> queue(1);
  queue.put_nowait(nullptr);
  auto item = std::make_unique<int>(1);

  CHECK_THROWS_AS(queue.put_nowait(std::move(item)), ouro::queue_full);
  CHECK(item != nullptr);
  queue.shutdown();
  CHECK_THROWS_AS(queue.put_nowait(std::move(item)), ouro::queue_shut_down);
  CHECK(item != nullptr);
  co_return;
}

OURO_TEST_CASE("queue: of optional items anext() tells an empty one from the end",
               "[sync][queue]") {
  ouro::queue<std::optional<int>> queue;
  queue.put_nowait(std::nullopt);
  queue.shutdown();

  const auto item = co_await queue.anext();
  const auto end = co_await queue.anext();

  REQUIRE(item.has_value());
  CHECK(!item->has_value());
  CHECK(!end.has_value());
}

OURO_TEST_CASE("queue: items that are left end with the queue", "[sync][queue]") {
  const auto item = std::make_shared<int>(1);
  {
    ouro::queue<std::shared_ptr<int>> queue;
    ouro::lifo_queue<std::shared_ptr<int>> newest_first;
    ouro::priority_queue<std::shared_ptr<int>> smallest_first;
    queue.put_nowait(item);
    newest_first.put_nowait(item);
    smallest_first.put_nowait(item);
    CHECK(item.use_count() == 4);
  }
  CHECK(item.use_count() == 1);
  co_return;
}

OURO_TEST_CASE("queue: an item whose move out fails stays, and the next getter is woken for it",
               "[sync][queue][error]") {
  ouro::queue<fragile> queue;
  std::string log;
  auto failing = ouro::create_task(get_value(queue, log));
  auto waiting = ouro::create_task(get_value(queue, log));
  co_await ouro::sleep(0s);
  queue.put_nowait(fragile(1));

  fragile::fail_after = 0;
  co_await failing;
  co_await waiting;

  CHECK(log == "failed 1");
  CHECK(queue.empty());
}

OURO_TEST_CASE("queue: an item whose move in fails leaves the room to the next putter",
               "[sync][queue][error]") {
  ouro::queue<fragile> queue(1);
  std::string log;
  queue.put_nowait(fragile(1));
  auto failing = ouro::create_task(put_value(queue, log, 2));
  auto waiting = ouro::create_task(put_value(queue, log, 3));
  co_await ouro::sleep(0s);
  CHECK(queue.get_nowait().value() == 1);

  fragile::fail_after = 0;
  co_await failing;
  co_await waiting;

  CHECK(log == "failed 3");
  CHECK(queue.qsize() == 1);
  CHECK(queue.get_nowait().value() == 3);
}

OURO_TEST_CASE("lifo_queue: an item whose move fails harms no other", "[sync][queue][error]") {
  ouro::lifo_queue<fragile> queue;
  for (int i = 1; i <= 100; ++i) queue.put_nowait(fragile(i));

  fragile::fail_after = 0;
  CHECK_THROWS_AS(queue.put_nowait(fragile(101)), std::runtime_error);
  fragile::fail_after = 0;
  CHECK_THROWS_AS(queue.get_nowait(), std::runtime_error);

  CHECK(queue.qsize() == 100);
  int wrong = 0;
  for (int i = 100; i >= 1; --i) wrong += queue.get_nowait().value() == i ? 0 : 1;
  CHECK(wrong == 0);
  co_return;
}

OURO_TEST_CASE("priority_queue: an item whose move fails harms no other", "[sync][queue][error]") {
  ouro::priority_queue<fragile> queue;
  for (int i = 100; i >= 1; --i) queue.put_nowait(fragile(i));

  fragile::fail_after = 0;
  CHECK_THROWS_AS(queue.put_nowait(fragile(50)), std::runtime_error);
  fragile::fail_after = 0;
  CHECK_THROWS_AS(queue.get_nowait(), std::runtime_error);

  CHECK(queue.qsize() == 100);
  int wrong = 0;
  for (int i = 1; i <= 100; ++i) wrong += queue.get_nowait().value() == i ? 0 : 1;
  CHECK(wrong == 0);
  co_return;
}

OURO_TEST_CASE("priority_queue: a comparison that fails leaves the queue as it was",
               "[sync][queue][error]") {
  bool fails = false;
  ouro::priority_queue<int, fragile_order> queue(0, fragile_order{&fails});
  for (const int item : {5, 3, 4, 1, 2}) queue.put_nowait(item);

  fails = true;
  CHECK_THROWS_AS(queue.put_nowait(0), std::runtime_error);
  CHECK_THROWS_AS(co_await queue.put(0), std::runtime_error);

  CHECK(queue.qsize() == 5);
  CHECK(queue.get_nowait() == 1);
  fails = false;
  std::vector<int> rest;
  while (!queue.empty()) rest.push_back(queue.get_nowait());
  CHECK(rest == std::vector<int>{2, 3, 4, 5});
}
