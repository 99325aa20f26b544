// SPDX-License-Identifier: BSL-1.0
// How long does it take to have a function called on another thread that sleeps, and to hear back?
// One iteration is there and back; both sides sleep in between.
#include "ouro/loop/event_loop.hpp"
#include "ouro/sync/event.hpp"

#include "loop_bench.hpp"

#include <benchmark/benchmark.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <utility>

namespace ouro_bench {
namespace {

/// A loop on a thread of its own.
class loop_thread {
 public:
  loop_thread() : thread_([this] { run(); }), loop_(*made_.get_future().get()) {}
  ~loop_thread() {
    loop_.call_soon_threadsafe([this] { loop_.stop(); });
    thread_.join();
  }
  ouro::event_loop& loop() const noexcept { return loop_; }

 private:
  void run() {
    ouro::event_loop loop;  // a loop dies on the thread that ran it
    made_.set_value(&loop);
    loop.run_forever();
  }

  std::promise<ouro::event_loop*> made_;
  std::thread thread_;
  ouro::event_loop& loop_;
};

ouro::task<> call_soon_threadsafe(benchmark::State& state) {
  ouro::event_loop& here = ouro::get_running_loop();
  const loop_thread there;
  ouro::event answered;
  for (auto _ : state) {
    there.loop().call_soon_threadsafe([&] { here.call_soon_threadsafe([&] { answered.set(); }); });
    co_await answered.wait();
    answered.clear();
  }
}

// A loop that posts to itself never sleeps: what a post costs without the wake-up.
ouro::task<> post_awake(benchmark::State& state) {
  ouro::event_loop& here = ouro::get_running_loop();
  ouro::event answered;
  for (auto _ : state) {
    here.call_soon_threadsafe([&] { answered.set(); });
    co_await answered.wait();
    answered.clear();
  }
}

/// What one writes with the standard library: functions that a thread runs in order.
class function_queue {
 public:
  void post(std::function<void()> function) {
    {
      const std::lock_guard lock(mutex_);
      functions_.push_back(std::move(function));
    }
    changed_.notify_one();
  }

  void run_one() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !functions_.empty(); });
    const std::function<void()> function = std::move(functions_.front());
    functions_.pop_front();
    lock.unlock();
    function();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> functions_;
};

void std_condition_variable(benchmark::State& state) {
  function_queue here;
  function_queue there;
  bool over = false;  // of the other thread
  std::thread other([&] {
    while (!over) there.run_one();
  });
  for (auto _ : state) {
    there.post([&] { here.post([] {}); });
    here.run_one();
  }
  there.post([&] { over = true; });
  other.join();
}

BENCHMARK(in_loop<call_soon_threadsafe>)->Name("wake/call_soon_threadsafe")->UseRealTime();
BENCHMARK(in_loop<post_awake>)->Name("wake/post_awake");
BENCHMARK(std_condition_variable)->Name("wake/std_condition_variable")->UseRealTime();

}  // namespace
}  // namespace ouro_bench
