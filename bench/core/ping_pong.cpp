// SPDX-License-Identifier: BSL-1.0
// How fast do two tasks answer each other, beside two threads? One iteration is there and back.
#include "ouro/sync/event.hpp"
#include "ouro/sync/queue.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/future.hpp"
#include "ouro/task/sleep.hpp"

#include "loop_bench.hpp"

#include <benchmark/benchmark.h>

#include <condition_variable>
#include <mutex>
#include <thread>

namespace ouro_bench {
namespace {

using namespace std::chrono_literals;

ouro::task<> answer(ouro::event& ping, ouro::event& pong) {
  for (;;) {
    co_await ping.wait();
    ping.clear();
    pong.set();
  }
}

ouro::task<> event(benchmark::State& state) {
  ouro::event ping;
  ouro::event pong;
  auto other = ouro::create_task(answer(ping, pong));
  co_await ouro::sleep(0s);  // it waits now
  for (auto _ : state) {
    ping.set();
    co_await pong.wait();
    pong.clear();
  }
  co_await cancel_and_join(other);
}

ouro::task<> answer(ouro::queue<int>& ping, ouro::queue<int>& pong) {
  for (;;) {
    const int item = co_await ping.get();
    co_await pong.put(item);
  }
}

ouro::task<> queue(benchmark::State& state) {
  ouro::queue<int> ping(1);
  ouro::queue<int> pong(1);
  auto other = ouro::create_task(answer(ping, pong));
  co_await ouro::sleep(0s);  // it waits now
  for (auto _ : state) {
    co_await ping.put(1);
    benchmark::DoNotOptimize(co_await pong.get());
  }
  co_await cancel_and_join(other);
}

ouro::task<> set_each_turn(const ouro::future<int>& promised) {
  for (;;) {
    if (!promised.done()) promised.set_result(1);
    co_await ouro::sleep(0s);
  }
}

// A new future for each answer; the task that sets it yields in between, which is in the figure.
ouro::task<> future(benchmark::State& state) {
  ouro::event_loop& loop = ouro::get_running_loop();
  auto promised = loop.create_future<int>();
  auto other = ouro::create_task(set_each_turn(promised));
  for (auto _ : state) {
    promised = loop.create_future<int>();
    benchmark::DoNotOptimize(co_await promised);
  }
  co_await cancel_and_join(other);
}

/// A flag for one waiting thread, as ouro::event is for tasks.
class thread_event {
 public:
  void set() {
    {
      const std::lock_guard lock(mutex_);
      set_ = true;
    }
    changed_.notify_one();
  }

  void wait_and_clear() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return set_; });
    set_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

void std_condition_variable(benchmark::State& state) {
  thread_event ping;
  thread_event pong;
  bool over = false;  // written before ping.set(), read after it
  std::thread other([&] {
    for (;;) {
      ping.wait_and_clear();
      if (over) return;
      pong.set();
    }
  });
  for (auto _ : state) {
    ping.set();
    pong.wait_and_clear();
  }
  over = true;
  ping.set();
  other.join();
}

BENCHMARK(in_loop<event>)->Name("ping_pong/event");
BENCHMARK(in_loop<queue>)->Name("ping_pong/queue");
BENCHMARK(in_loop<future>)->Name("ping_pong/future");
BENCHMARK(std_condition_variable)->Name("ping_pong/std_condition_variable")->UseRealTime();

}  // namespace
}  // namespace ouro_bench
