// SPDX-License-Identifier: BSL-1.0
// What does it cost to run many coroutines at the same time and wait for all? Making the
// coroutines, the vector that holds them and the vector of results is part of it.
#include "ouro/task/gather.hpp"

#include "loop_bench.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <future>
#include <utility>
#include <vector>

namespace ouro_bench {
namespace {

ouro::task<int> give(int value) { co_return value; }
int plain(int value) { return value; }

ouro::task<> two(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(co_await ouro::gather(give(1), give(2)));
}

ouro::task<> many(benchmark::State& state) {
  const auto count = static_cast<int>(state.range(0));
  for (auto _ : state) {
    std::vector<ouro::task<int>> coroutines;
    coroutines.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) coroutines.push_back(give(i));
    benchmark::DoNotOptimize(co_await ouro::gather(std::move(coroutines)));
  }
}

// A hundred threads at most at the same time; ten thousand are more than many machines allow.
void std_async(benchmark::State& state) {
  const auto count = static_cast<int>(state.range(0));
  for (auto _ : state) {
    std::vector<std::future<int>> running;
    running.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
      running.push_back(std::async(std::launch::async, &plain, i));
    }
    std::vector<int> results;
    results.reserve(running.size());
    for (std::future<int>& each : running) results.push_back(each.get());
    benchmark::DoNotOptimize(results);
  }
}

BENCHMARK(in_loop<two>)->Name("gather/2");
BENCHMARK(in_loop<many>)->Name("gather")->Arg(100)->Arg(10'000);
BENCHMARK(std_async)->Name("gather/std_async")->Arg(2)->Arg(100)->UseRealTime();

}  // namespace
}  // namespace ouro_bench
