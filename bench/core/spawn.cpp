// SPDX-License-Identifier: BSL-1.0
// What does a task cost that is made, run and awaited, beside a thread?
#include "ouro/task/create_task.hpp"
#include "ouro/task/sleep.hpp"

#include "loop_bench.hpp"

#include <benchmark/benchmark.h>

#include <future>
#include <thread>

namespace ouro_bench {
namespace {

using namespace std::chrono_literals;

ouro::task<int> give(int value) { co_return value; }
int plain(int value) { return value; }

// Two turns of the loop: the task's, and the one in which its end wakes the joiner.
ouro::task<> join(benchmark::State& state) {
  for (auto _ : state) {
    auto task = ouro::create_task(give(1));
    benchmark::DoNotOptimize(co_await task);
  }
}

// The task ends inside create_task(), so the await finds it done.
ouro::task<> join_eager(benchmark::State& state) {
  for (auto _ : state) {
    auto task = ouro::create_task(give(1), {.eager_start = true});
    benchmark::DoNotOptimize(co_await task);
  }
}

// The handle is dropped, and the loop owns the task.
ouro::task<> detach(benchmark::State& state) {
  for (auto _ : state) {
    ouro::create_task(give(1));
    co_await ouro::sleep(0s);
  }
}

// A thousand tasks share a turn: the cost of a task without that of a turn.
ouro::task<> detach_1000(benchmark::State& state) {
  while (state.KeepRunningBatch(1000)) {
    for (int i = 0; i < 1000; ++i) ouro::create_task(give(i));
    co_await ouro::sleep(0s);
  }
}

void std_thread(benchmark::State& state) {
  for (auto _ : state) {
    int result = 0;
    std::thread thread([&result] { result = plain(1); });
    thread.join();
    benchmark::DoNotOptimize(result);
  }
}

void std_async(benchmark::State& state) {
  for (auto _ : state) {
    auto running = std::async(std::launch::async, &plain, 1);
    benchmark::DoNotOptimize(running.get());
  }
}

BENCHMARK(in_loop<join>)->Name("spawn/join");
BENCHMARK(in_loop<join_eager>)->Name("spawn/join_eager");
BENCHMARK(in_loop<detach>)->Name("spawn/detach");
BENCHMARK(in_loop<detach_1000>)->Name("spawn/detach_1000");
BENCHMARK(std_thread)->Name("spawn/std_thread")->UseRealTime();
BENCHMARK(std_async)->Name("spawn/std_async")->UseRealTime();

}  // namespace
}  // namespace ouro_bench
