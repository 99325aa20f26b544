// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/task/run.hpp"
#include "ouro/task/task_handle.hpp"
#include "ouro/task/wait.hpp"

#include <benchmark/benchmark.h>

#include <span>

namespace ouro_bench {

/// Makes a benchmark of a coroutine that iterates over the state: it is the main task of one run of
/// a loop, so neither making the loop nor closing it is measured.
///
///     BENCHMARK(in_loop<ready_child>)->Name("await/ready_child");
template <ouro::task<> (*Body)(benchmark::State&)>
void in_loop(benchmark::State& state) {
  ouro::run(Body(state));
}

/// Ends a helper task before what it refers to goes.
inline ouro::task<> cancel_and_join(ouro::task_handle<> helper) {
  helper.cancel();
  co_await ouro::wait(std::span<const ouro::task_handle<>>(&helper, 1));
}

}  // namespace ouro_bench
