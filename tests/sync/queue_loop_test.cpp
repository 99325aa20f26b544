// SPDX-License-Identifier: BSL-1.0
// A queue and the loop of the tasks that wait: order of turns, closing, threads, instruments.
#include "ouro/base/errors.hpp"
#include "ouro/sync/queue.hpp"
#include "ouro/task/task_hooks.hpp"

#include "tests/support/loop_test.hpp"
#include "tests/task/captured_log.hpp"

#include <memory>
#include <string>
#include <thread>

using namespace std::chrono_literals;

namespace {

ouro::task<> append_next(ouro::queue<char>& queue, std::string& log) {
  const char item = co_await queue.get();
  log += item;
}

ouro::task<bool> has_next(ouro::queue<char>& queue) {
  const auto item = co_await queue.anext();
  co_return item.has_value();
}

ouro::task<> puts(ouro::queue<char>& queue, char item) { co_await queue.put(item); }

ouro::task<> gets(ouro::queue<std::unique_ptr<int>>& queue) { co_await queue.get(); }

/// Cancels a task when it is about to run.
class cancels_at_step final : public ouro::task_hooks {
 public:
  ouro::task_handle<> victim;
  void on_step(const ouro::task_handle<>& task) noexcept override {
    if (task == victim) task.cancel();
  }
};

}  // namespace

OURO_TEST_CASE("queue: a woken getter runs where it was put into the ready queue",
               "[sync][queue]") {
  ouro::queue<char> queue;
  std::string log;
  auto& loop = ouro::get_running_loop();
  auto getter = ouro::create_task(append_next(queue, log));
  co_await ouro::sleep(0s);

  loop.call_soon([&] { log += 'a'; });
  queue.put_nowait('b');
  loop.call_soon([&] { log += 'c'; });
  co_await getter;

  CHECK(log == "abc");
}

OURO_TEST_CASE("queue: a getter that is cancelled when it is about to run passes its item on",
               "[sync][queue][cancel]") {
  ouro::queue<char> queue;
  std::string log;
  auto cancelled = ouro::create_task(append_next(queue, log));
  auto waiting = ouro::create_task(append_next(queue, log));
  co_await ouro::sleep(0s);
  cancels_at_step hooks;
  hooks.victim = cancelled;

  queue.put_nowait('1');
  ouro::get_running_loop().set_task_hooks(&hooks);
  co_await test::settle();
  ouro::get_running_loop().set_task_hooks(nullptr);

  CHECK_THROWS_AS(co_await cancelled, ouro::cancelled_error);
  co_await waiting;
  CHECK(log == "1");
}

TEST_CASE("queue: a loop that closes takes those who wait and those who were woken along",
          "[sync][queue]") {
  const test::captured_log quiet;
  ouro::queue<std::unique_ptr<int>> queue;
  {
    ouro::event_loop loop;
    for (int i = 0; i < 3; ++i) loop.create_task(gets(queue));
    loop.run_until_complete(ouro::sleep(0s));
    queue.put_nowait(std::make_unique<int>(1));
    queue.put_nowait(std::make_unique<int>(2));
  }

  CHECK(quiet.lines().size() == 3);
  CHECK(queue.qsize() == 2);
  CHECK(*queue.get_nowait() == 1);
  queue.put_nowait(nullptr);
}

OURO_TEST_CASE("queue: whoever was woken and has not run when the queue ends finds it shut down",
               "[sync][queue][error]") {
  auto queue = std::make_unique<ouro::queue<char>>();
  std::string log;
  auto getter = ouro::create_task(append_next(*queue, log));
  auto reader = ouro::create_task(has_next(*queue));
  auto cancelled = ouro::create_task(append_next(*queue, log));
  co_await ouro::sleep(0s);

  for (const char item : {'1', '2', '3'}) queue->put_nowait(item);
  cancelled.cancel();
  queue.reset();

  CHECK_THROWS_AS(co_await getter, ouro::queue_shut_down);
  const bool more = co_await reader;
  CHECK(!more);
  CHECK_THROWS_AS(co_await cancelled, ouro::cancelled_error);
  CHECK(log == "");
}

OURO_TEST_CASE("queue: a putter that was woken and has not run when the queue ends is refused",
               "[sync][queue][error]") {
  auto queue = std::make_unique<ouro::queue<char>>(1);
  queue->put_nowait('1');
  auto putter = ouro::create_task(puts(*queue, '2'));
  co_await ouro::sleep(0s);

  CHECK(queue->get_nowait() == '1');
  queue.reset();

  CHECK_THROWS_AS(co_await putter, ouro::queue_shut_down);
}

TEST_CASE("queue: works without a loop as long as nobody waits", "[sync][queue]") {
  ouro::queue<int> queue(1);

  queue.put_nowait(1);
  CHECK_THROWS_AS(queue.put_nowait(2), ouro::queue_full);
  CHECK(queue.get_nowait() == 1);
  queue.task_done();
  queue.shutdown();
}

TEST_CASE("queue: serves one loop after the other", "[sync][queue]") {
  ouro::queue<char> queue;
  std::string log;
  for (int round = 0; round < 2; ++round) {
    ouro::event_loop loop;
    auto getter = loop.create_task(append_next(queue, log));
    loop.call_soon([&] { queue.put_nowait('1'); });
    loop.run_until_complete(getter);
  }
  CHECK(log == "11");
}

OURO_TEST_CASE("queue: waking a task from another thread is a usage_error",
               "[sync][queue][threads][error]") {
  ouro::queue<char> queue;
  std::string log;
  auto getter = ouro::create_task(append_next(queue, log));
  co_await ouro::sleep(0s);
  int refused = 0;

  std::thread([&] {
    try {
      queue.put_nowait('x');
    } catch (const ouro::usage_error&) {
      ++refused;
    }
    try {
      queue.shutdown();
    } catch (const ouro::usage_error&) {
      ++refused;
    }
  }).join();

  CHECK(refused == 2);
  CHECK(queue.empty());
  queue.put_nowait('1');
  co_await getter;
  CHECK(log == "1");
}

TEST_CASE("queue: a slow step of a woken task is reported under the task's name", "[sync][queue]") {
  const test::captured_log log;
  ouro::queue<char> queue;
  std::string got;
  ouro::event_loop loop;
  auto getter = loop.create_task(append_next(queue, got), {.name = "slow one"});
  loop.run_until_complete(ouro::sleep(0s));
  loop.set_debug(true);
  loop.slow_callback_duration = 0s;

  queue.put_nowait('1');
  loop.run_until_complete(getter);

  CHECK(log.contains("Executing task 'slow one' append_next "));
}
