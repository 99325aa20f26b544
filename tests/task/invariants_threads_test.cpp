// SPDX-License-Identifier: BSL-1.0
// The named invariant one_thread.
#include "ouro/base/errors.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/future.hpp"

#include "tests/support/loop_test.hpp"
#include "tests/task/captured_log.hpp"

#include <atomic>
#include <string>
#include <thread>

using namespace std::chrono_literals;

namespace {

/// Whether `body` throws a usage_error on a thread of its own; the caller's waits meanwhile.
template <class Body>
bool refused_elsewhere(Body body) {
  bool refused = false;
  std::thread([&] {
    try {
      body();
    } catch (const ouro::usage_error&) {
      refused = true;
    } catch (...) {
      refused = false;
    }
  }).join();
  return refused;
}

ouro::task<int> number(int value) { co_return value; }

ouro::task<int> number_of_a_turn(int turns) {
  co_await test::run_turns(turns);
  co_return turns;
}

}  // namespace

OURO_TEST_CASE("one_thread: scheduling on a loop that another thread runs is a usage_error",
               "[task][invariants][threads][error]") {
  auto& loop = ouro::get_running_loop();

  CHECK(refused_elsewhere([&] { loop.call_soon([] {}); }));
  CHECK(refused_elsewhere([&] { loop.call_later(1s, [] {}); }));
  CHECK(refused_elsewhere([&] { loop.call_at(loop.time(), [] {}); }));
  co_return;
}

OURO_TEST_CASE("one_thread: a task for a loop that another thread runs is a usage_error",
               "[task][invariants][threads][error]") {
  auto& loop = ouro::get_running_loop();
  const test::captured_log log;

  CHECK(refused_elsewhere([&] { loop.create_task(number(1)); }));

  CHECK(log.contains("never awaited"));
  co_return;
}

OURO_TEST_CASE("one_thread: a loop is not the running loop of another thread",
               "[task][invariants][threads][error]") {
  CHECK(refused_elsewhere([] { ouro::get_running_loop(); }));
  CHECK(refused_elsewhere([] { ouro::current_task(); }));
  co_return;
}

TEST_CASE("one_thread: running a loop on a second thread is a usage_error",
          "[task][invariants][threads][error]") {
  ouro::event_loop loop;
  loop.run_until_complete(test::run_turns(1));

  CHECK(refused_elsewhere([&] { loop.run_forever(); }));

  loop.run_until_complete(test::run_turns(2));
}

TEST_CASE("one_thread: a loop may be made on one thread and run on another",
          "[task][invariants][threads]") {
  ouro::event_loop loop;
  int value = 0;

  std::thread([&] {
    value = loop.run_until_complete(number_of_a_turn(3));
    loop.close();
  }).join();

  CHECK(value == 3);
}

TEST_CASE("one_thread: loops on several threads are independent of each other",
          "[task][invariants][threads]") {
  std::atomic<int> sum{0};
  const auto work = [&sum] {
    for (int round = 0; round < 10; ++round) {
      ouro::event_loop loop;
      sum += loop.run_until_complete(number_of_a_turn(20));
    }
  };
  std::thread first(work);
  std::thread second(work);
  first.join();
  second.join();

  CHECK(sum == 400);
}

OURO_TEST_CASE("one_thread: in debug mode ending a future from another thread is a usage_error",
               "[task][invariants][threads][error]") {
  ouro::get_running_loop().set_debug(true);
  auto future = ouro::get_running_loop().create_future<int>();

  CHECK(refused_elsewhere([&] { future.set_result(1); }));
  CHECK(refused_elsewhere([&] { future.set_exception(std::runtime_error("x")); }));
  CHECK(refused_elsewhere([&] { future.cancel(); }));
  CHECK(!future.done());
  co_return;
}

OURO_TEST_CASE("one_thread: in debug mode cancelling a task from another thread is a usage_error",
               "[task][invariants][threads][error]") {
  ouro::get_running_loop().set_debug(true);
  auto task = ouro::create_task(number(1));

  CHECK(refused_elsewhere([&] { task.cancel(); }));
  CHECK(refused_elsewhere([&] { task.add_done_callback([] {}); }));

  co_await task;
}
