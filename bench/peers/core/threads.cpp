// SPDX-License-Identifier: BSL-1.0
// The core workloads with a thread where the others have a task.
#include "harness.hpp"

#include <barrier>
#include <condition_variable>
#include <exception>
#include <future>
#include <latch>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace {

using peers::trial;

void spawn_join(trial& run) {
  run.begin();
  for (long i = 0; i < run.count; ++i) {
    int result = 0;
    std::thread thread([&result] { result = 1; });
    thread.join();
    peers::keep(result);
  }
  run.end();
}

// Starting and ending the threads is not in the figure.
void yield_100(trial& run) {
  std::barrier all_are_here(101);
  std::latch over(100);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 100; ++i) {
    threads.emplace_back([&] {
      all_are_here.arrive_and_wait();
      for (long times = run.count / 100 + 1; times > 0; --times) std::this_thread::yield();
      over.count_down();
    });
  }
  all_are_here.arrive_and_wait();
  run.begin();
  over.wait();
  run.end();
}

class event {
 public:
  void set() {
    {
      const std::lock_guard lock(mutex_);
      set_ = true;
    }
    changed_.notify_all();
  }

  void wait(bool clear) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return set_; });
    if (clear) set_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool set_ = false;
};

void ping_pong(trial& run) {
  event ping;
  event pong;
  std::thread other([&] {
    for (long i = 0; i < run.count; ++i) {
      ping.wait(true);
      pong.set();
    }
  });
  run.begin();
  for (long i = 0; i < run.count; ++i) {
    ping.set();
    pong.wait(true);
  }
  run.end();
  other.join();
}

void future(trial& run) {
  run.begin();
  for (long i = 0; i < run.count; ++i) {
    std::promise<int> promised;
    std::future<int> value = promised.get_future();
    std::thread other([&promised] { promised.set_value(1); });
    peers::keep(value.get());
    other.join();
  }
  run.end();
}

template <int Count>
void gather(trial& run) {
  run.begin();
  for (long i = 0; i < run.count; ++i) {
    std::vector<int> results(Count);
    std::vector<std::thread> threads;
    threads.reserve(Count);
    for (int value = 0; value < Count; ++value) {
      threads.emplace_back(
          [&slot = results[static_cast<std::size_t>(value)], value] { slot = value; });
    }
    for (std::thread& each : threads) each.join();
    peers::keep(results.data());
  }
  run.end();
}

void cancel_join(trial& run) {
  std::mutex mutex;
  std::condition_variable_any changed;
  run.begin();
  for (long i = 0; i < run.count; ++i) {
    std::jthread thread([&](std::stop_token stop) {
      std::unique_lock lock(mutex);
      changed.wait(lock, stop, [] { return false; });
    });
    std::this_thread::yield();
    thread.request_stop();
    thread.join();
  }
  run.end();
}

void suspended(const peers::options& chosen) {
  trial started(chosen.clock, chosen.count);
  trial ended(chosen.clock, chosen.count);
  std::mutex mutex;
  std::condition_variable changed;
  long waiting = 0;
  event go;
  const auto body = [&] {
    {
      const std::lock_guard lock(mutex);
      ++waiting;
    }
    changed.notify_one();
    go.wait(false);
  };
  std::vector<std::thread> threads;
  threads.reserve(static_cast<std::size_t>(chosen.count));
  const double before = peers::resident();
  started.begin();
  for (long i = 0; i < chosen.count; ++i) threads.emplace_back(body);
  {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return waiting == chosen.count; });
  }
  started.end();
  const double bytes = peers::resident() - before;
  ended.begin();
  go.set();
  for (std::thread& each : threads) each.join();
  ended.end();
  peers::print_tasks(started, ended, bytes);
}

}  // namespace

int main(int argc, char** argv) try {
  const peers::options chosen = peers::parse(argc, argv);
  if (chosen.count > 0) return suspended(chosen), 0;
  peers::measure(chosen, {{"spawn_join", spawn_join},
                          {"yield_100", yield_100},
                          {"ping_pong", ping_pong},
                          {"future", future},
                          {"gather_2", gather<2>},
                          {"gather_100", gather<100>},
                          {"gather_10000", gather<10'000>},
                          {"cancel_join", cancel_join}});
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
