// SPDX-License-Identifier: BSL-1.0
// What does it cost to end a task that waits? Making it and starting it is part of each figure; the
// exception that is thrown in it is most.
#include "ouro/sync/event.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/sleep.hpp"

#include "loop_bench.hpp"

#include <benchmark/benchmark.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <span>
#include <stop_token>
#include <thread>

namespace ouro_bench {
namespace {

using namespace std::chrono_literals;

/// Waits for ever, `depth` coroutines deep: the exception passes that many of them.
ouro::task<> wait_in(std::int64_t depth, ouro::event& never) {
  if (depth > 1) {
    co_await wait_in(depth - 1, never);
  } else {
    co_await never.wait();
  }
}

// wait() tells that the task has ended, and throws nothing.
ouro::task<> look_at_state(benchmark::State& state) {
  ouro::event never;
  for (auto _ : state) {
    auto task = ouro::create_task(wait_in(1, never));
    co_await ouro::sleep(0s);
    task.cancel();
    co_await ouro::wait(std::span<const ouro::task_handle<>>(&task, 1));
    benchmark::DoNotOptimize(task.cancelled());
  }
}

// The await throws what the task threw. The argument is the depth.
ouro::task<> rethrow(benchmark::State& state) {
  ouro::event never;
  for (auto _ : state) {
    auto task = ouro::create_task(wait_in(state.range(0), never));
    co_await ouro::sleep(0s);
    task.cancel();
    try {
      co_await task;
    } catch (const ouro::cancelled_error&) {
    }
  }
}

// A task that has not begun: nothing is thrown at all.
ouro::task<> before_start(benchmark::State& state) {
  ouro::event never;
  for (auto _ : state) {
    auto task = ouro::create_task(wait_in(1, never));
    task.cancel();
    co_await ouro::wait(std::span<const ouro::task_handle<>>(&task, 1));
    benchmark::DoNotOptimize(task.cancelled());
  }
}

// The standard's way to end a thread that waits; it, too, throws nothing.
void std_jthread(benchmark::State& state) {
  for (auto _ : state) {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::jthread thread([&](std::stop_token stop) {
      std::unique_lock lock(mutex);
      changed.wait(lock, stop, [] { return false; });
    });
    thread.request_stop();
    thread.join();
  }
}

BENCHMARK(in_loop<look_at_state>)->Name("cancel/look_at_state");
BENCHMARK(in_loop<rethrow>)->Name("cancel/rethrow")->Arg(1)->Arg(5);
BENCHMARK(in_loop<before_start>)->Name("cancel/before_start");
BENCHMARK(std_jthread)->Name("cancel/std_jthread")->UseRealTime();

}  // namespace
}  // namespace ouro_bench
