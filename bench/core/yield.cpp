// SPDX-License-Identifier: BSL-1.0
// What does it cost to give the others a turn?
#include "ouro/task/create_task.hpp"
#include "ouro/task/sleep.hpp"

#include "loop_bench.hpp"

#include <benchmark/benchmark.h>

#include <thread>

namespace ouro_bench {
namespace {

using namespace std::chrono_literals;

// A turn of the loop for each yield: what a turn costs that finds nothing in the kernel.
ouro::task<> alone(benchmark::State& state) {
  for (auto _ : state) co_await ouro::sleep(0s);
}

ouro::task<> yield_until(const bool& over) {
  while (!over) co_await ouro::sleep(0s);
}

// `state.range(0)` tasks share each turn: the cost of posting and resuming a task.
ouro::task<> among(benchmark::State& state) {
  bool over = false;
  const auto tasks = state.range(0);
  for (auto i = tasks; i > 1; --i) ouro::create_task(yield_until(over));
  while (state.KeepRunningBatch(tasks)) co_await ouro::sleep(0s);
  over = true;
  co_await ouro::sleep(0s);  // the others see it and end
}

void std_this_thread(benchmark::State& state) {
  for (auto _ : state) std::this_thread::yield();
}

BENCHMARK(in_loop<alone>)->Name("yield/alone");
BENCHMARK(in_loop<among>)->Name("yield/among")->Arg(100)->Arg(10'000);
BENCHMARK(std_this_thread)->Name("yield/std_this_thread");

}  // namespace
}  // namespace ouro_bench
