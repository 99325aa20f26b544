// SPDX-License-Identifier: BSL-1.0
// What does it cost to await a coroutine that does not suspend? No turn of the loop is involved.
#include "ouro/task/sleep.hpp"

#include "loop_bench.hpp"

#include <benchmark/benchmark.h>

#include <future>

namespace ouro_bench {
namespace {

using namespace std::chrono_literals;

ouro::task<int> give(int value) { co_return value; }
ouro::task<> nothing() { co_return; }

ouro::task<int> give_through(int depth, int value) {
  if (depth == 1) co_return value;
  co_return co_await give_through(depth - 1, value);
}

ouro::task<int> give_next_turn(int value) {
  co_await ouro::sleep(0s);
  co_return value;
}

ouro::task<> ready_child(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(co_await give(1));
}

ouro::task<> ready_void(benchmark::State& state) {
  for (auto _ : state) co_await nothing();
}

// Ten frames at once, so beyond the block that the pool has at hand.
ouro::task<> ready_chain_10(benchmark::State& state) {
  while (state.KeepRunningBatch(10)) benchmark::DoNotOptimize(co_await give_through(10, 1));
}

// One yield more than ready_child: shows what a child costs that is resumed by the loop.
ouro::task<> suspending_child(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(co_await give_next_turn(1));
}

int plain(int value) { return value; }

void std_async(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(std::async(std::launch::async, &plain, 1).get());
  }
}

// The lazy form runs in the thread that asks, as an awaited child does.
void std_async_deferred(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(std::async(std::launch::deferred, &plain, 1).get());
  }
}

BENCHMARK(in_loop<ready_child>)->Name("await/ready_child");
BENCHMARK(in_loop<ready_void>)->Name("await/ready_void");
BENCHMARK(in_loop<ready_chain_10>)->Name("await/ready_chain_10");
BENCHMARK(in_loop<suspending_child>)->Name("await/suspending_child");
BENCHMARK(std_async)->Name("await/std_async")->UseRealTime();
BENCHMARK(std_async_deferred)->Name("await/std_async_deferred");

}  // namespace
}  // namespace ouro_bench
