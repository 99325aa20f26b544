// SPDX-License-Identifier: BSL-1.0
#include "ouro/sync/queue.hpp"
#include "ouro/task/as_result.hpp"

#include "tests/support/loop_test.hpp"

#include <memory>
#include <string>
#include <utility>

using namespace std::chrono_literals;

namespace {

ouro::task<int> gets(ouro::queue<int>& queue) { co_return co_await queue.get(); }

ouro::task<bool> has_next(ouro::queue<int>& queue) {
  const auto item = co_await queue.anext();
  co_return item.has_value();
}

ouro::task<> puts(ouro::queue<int>& queue, int item) { co_await queue.put(item); }

ouro::task<> joins(ouro::queue<int>& queue) { co_await queue.join(); }

/// Puts something into another queue when it ends.
class last_words {
 public:
  explicit last_words(ouro::queue<int>& heard_by) : heard_by_(&heard_by) {}
  last_words(last_words&& other) noexcept : heard_by_(std::exchange(other.heard_by_, nullptr)) {}
  last_words& operator=(last_words&&) = delete;
  ~last_words() {
    if (heard_by_ != nullptr) heard_by_->put_nowait(1);
  }

 private:
  ouro::queue<int>* heard_by_;
};

}  // namespace

OURO_TEST_CASE("queue: after shutdown() nothing can be put in", "[sync][queue][shutdown]") {
  ouro::queue<int> queue;

  queue.shutdown();

  CHECK_THROWS_AS(queue.put_nowait(1), ouro::queue_shut_down);
  CHECK_THROWS_AS(co_await queue.put(1), ouro::queue_shut_down);
  CHECK(queue.empty());
}

OURO_TEST_CASE("queue: after shutdown() what is in it can be taken out, then get() throws",
               "[sync][queue][shutdown]") {
  ouro::queue<int> queue;
  queue.put_nowait(1);
  queue.put_nowait(2);
  queue.put_nowait(3);

  queue.shutdown();

  const int first = co_await queue.get();
  const int second = queue.get_nowait();
  const auto third = co_await queue.anext();
  CHECK(first == 1);
  CHECK(second == 2);
  CHECK(third == 3);
  CHECK_THROWS_AS(co_await queue.get(), ouro::queue_shut_down);
  CHECK_THROWS_AS(queue.get_nowait(), ouro::queue_shut_down);
}

OURO_TEST_CASE("queue: after shutdown() anext() of an empty queue gives nothing and takes no turn",
               "[sync][queue][shutdown]") {
  ouro::queue<int> queue;
  queue.shutdown();
  bool turn = false;
  auto ticking = ouro::get_running_loop().call_soon([&] { turn = true; });

  const auto item = co_await queue.anext();

  CHECK(!item.has_value());
  CHECK(!turn);
  ticking.cancel();
}

OURO_TEST_CASE("queue: shutdown() ends the getters that wait", "[sync][queue][shutdown]") {
  ouro::queue<int> queue;
  auto getter = ouro::create_task(gets(queue));
  auto reader = ouro::create_task(has_next(queue));
  co_await ouro::sleep(0s);

  queue.shutdown();
  CHECK(!getter.done());

  CHECK_THROWS_AS(co_await getter, ouro::queue_shut_down);
  const bool more = co_await reader;
  CHECK(!more);
}

OURO_TEST_CASE("queue: shutdown() lets a getter have the item that it was woken for",
               "[sync][queue][shutdown]") {
  ouro::queue<int> queue;
  auto first = ouro::create_task(gets(queue));
  auto second = ouro::create_task(gets(queue));
  co_await ouro::sleep(0s);

  queue.put_nowait(1);
  queue.shutdown();

  const int item = co_await first;
  CHECK(item == 1);
  CHECK_THROWS_AS(co_await second, ouro::queue_shut_down);
}

OURO_TEST_CASE("queue: shutdown() ends the putters that wait, also one that was woken",
               "[sync][queue][shutdown]") {
  ouro::queue<int> queue(1);
  queue.put_nowait(1);
  auto woken = ouro::create_task(puts(queue, 2));
  auto waiting = ouro::create_task(puts(queue, 3));
  co_await ouro::sleep(0s);

  CHECK(queue.get_nowait() == 1);
  queue.shutdown();

  CHECK_THROWS_AS(co_await woken, ouro::queue_shut_down);
  CHECK_THROWS_AS(co_await waiting, ouro::queue_shut_down);
  CHECK(queue.empty());
}

OURO_TEST_CASE("queue: shutdown() leaves join() waiting for the items in the queue",
               "[sync][queue][shutdown]") {
  ouro::queue<int> queue;
  queue.put_nowait(1);
  auto joiner = ouro::create_task(joins(queue));
  co_await ouro::sleep(0s);

  queue.shutdown();
  co_await test::settle();
  CHECK(!joiner.done());

  CHECK(queue.get_nowait() == 1);
  queue.task_done();
  co_await joiner;
}

OURO_TEST_CASE("queue: shutdown({.immediate}) drops the items and ends join()",
               "[sync][queue][shutdown]") {
  ouro::queue<int> queue;
  for (int i = 0; i < 3; ++i) queue.put_nowait(i);
  auto joiner = ouro::create_task(joins(queue));
  co_await ouro::sleep(0s);

  queue.shutdown({.immediate = true});

  co_await joiner;
  CHECK(queue.qsize() == 0);
  CHECK_THROWS_AS(queue.get_nowait(), ouro::queue_shut_down);
}

OURO_TEST_CASE("queue: shutdown({.immediate}) takes the item from a getter that was woken for it",
               "[sync][queue][shutdown]") {
  ouro::queue<int> queue;
  auto getter = ouro::create_task(gets(queue));
  co_await ouro::sleep(0s);

  queue.put_nowait(1);
  queue.shutdown({.immediate = true});

  CHECK_THROWS_AS(co_await getter, ouro::queue_shut_down);
}

OURO_TEST_CASE("queue: shutdown({.immediate}) leaves join() waiting for what was taken out before",
               "[sync][queue][shutdown]") {
  ouro::queue<int> queue;
  queue.put_nowait(1);
  queue.put_nowait(2);
  CHECK(queue.get_nowait() == 1);
  auto joiner = ouro::create_task(joins(queue));
  co_await ouro::sleep(0s);

  queue.shutdown({.immediate = true});
  co_await test::settle();
  CHECK(!joiner.done());

  queue.task_done();
  co_await joiner;
}

OURO_TEST_CASE("queue: shutdown() can be called again, and then be immediate",
               "[sync][queue][shutdown]") {
  ouro::queue<int> queue;
  queue.put_nowait(1);

  queue.shutdown();
  queue.shutdown();
  CHECK(queue.qsize() == 1);
  queue.shutdown({.immediate = true});
  queue.shutdown({.immediate = true});

  CHECK(queue.empty());
  co_await queue.join();
}

OURO_TEST_CASE("queue: items that shutdown({.immediate}) drops may use the queue",
               "[sync][queue][shutdown]") {
  ouro::queue<int> heard;
  ouro::queue<std::shared_ptr<void>> queue;
  std::string log;
  queue.put_nowait(std::make_shared<last_words>(heard));
  queue.put_nowait(std::shared_ptr<void>(nullptr, [&](void*) {
    log += queue.empty() ? "empty " : "not empty ";
    try {
      queue.put_nowait(nullptr);
    } catch (const ouro::queue_shut_down&) {
      log += "refused";
    }
  }));

  queue.shutdown({.immediate = true});

  CHECK(heard.qsize() == 1);
  CHECK(log == "empty refused");
  co_return;
}

OURO_TEST_CASE("queue: a cancel that comes with shutdown() wins",
               "[sync][queue][shutdown][cancel]") {
  ouro::queue<int> queue;
  auto getter = ouro::create_task(gets(queue));
  co_await ouro::sleep(0s);

  queue.shutdown();
  getter.cancel();

  CHECK_THROWS_AS(co_await getter, ouro::cancelled_error);
}

OURO_TEST_CASE("queue: as_result() of a get() tells that the queue was shut down",
               "[sync][queue][shutdown][error]") {
  ouro::queue<int> queue;
  queue.shutdown();

  const auto outcome = co_await ouro::as_result(queue.get());

  REQUIRE(!outcome);
  CHECK_THROWS_AS(std::rethrow_exception(outcome.exception()), ouro::queue_shut_down);
}
