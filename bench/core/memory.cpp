// SPDX-License-Identifier: BSL-1.0
// How much memory does a task take that waits, beside a thread? The counters are the answer; the
// time is that of one process that makes them all.
#include "ouro/sync/event.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/future.hpp"
#include "ouro/task/sleep.hpp"

#include "loop_bench.hpp"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <malloc.h>
#include <mutex>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace ouro_bench {
namespace {

using namespace std::chrono_literals;

constexpr int task_count = 1'000'000;
constexpr int thread_count = 1'000;

struct usage {
  double resident = 0;  // what the kernel has given, in whole pages
  double heap = 0;      // what malloc has given, with its headers
};

usage usage_now() {
  usage now;
  long total_pages = 0;
  long resident_pages = 0;
  if (std::FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%ld %ld", &total_pages, &resident_pages) != 2) resident_pages = 0;
    std::fclose(file);
  }
  now.resident = static_cast<double>(resident_pages) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  const struct mallinfo2 heap = ::mallinfo2();
  now.heap = static_cast<double>(heap.uordblks + heap.hblkhd);
  return now;
}

/// Reports the growth since `before` to the parent process, and ends this one.
[[noreturn]] void report(int to, const usage& before, double count) {
  const usage now = usage_now();
  const usage each{(now.resident - before.resident) / count, (now.heap - before.heap) / count};
  ::_exit(::write(to, &each, sizeof each) == sizeof each ? 0 : 1);
}

ouro::task<> wait_for_event(ouro::event& never) { co_await never.wait(); }
ouro::task<> wait_for_future(const ouro::future<>& never) { co_await never; }
ouro::task<> wait_for_time(ouro::duration long_time) { co_await ouro::sleep(long_time); }

template <class Make>
ouro::task<> million_tasks(int to, Make make) {
  co_await ouro::sleep(0s);  // the loop has all that it needs for itself
  const usage before = usage_now();
  for (int i = 0; i < task_count; ++i) ouro::create_task(make());
  co_await ouro::sleep(0s);  // all of them wait now
  report(to, before, task_count);
}

void on_event(int to) {
  ouro::event never;
  ouro::run(million_tasks(to, [&never] { return wait_for_event(never); }));
}

void on_future(int to) {
  ouro::event_loop loop;
  const ouro::future<> never = loop.create_future();
  loop.run_until_complete(million_tasks(to, [&never] { return wait_for_future(never); }));
}

// With the loop's entry for the timer. The heap's vector doubles, so this depends on the count.
void on_sleep(int to) {
  ouro::run(million_tasks(to, [] { return wait_for_time(24h); }));
}

void std_thread(int to) {
  std::mutex held;
  const std::lock_guard lock(held);
  const usage before = usage_now();
  for (int i = 0; i < thread_count; ++i) {
    std::thread([&held] { const std::lock_guard waits_for_ever(held); }).detach();
  }
  std::this_thread::sleep_for(100ms);  // until they wait
  report(to, before, thread_count);
}

/// Measures in a process of its own: the pool keeps the blocks of frames that are gone, so a second
/// measurement in the same process would find its memory there already.
template <void (*Measure)(int to)>
void in_process(benchmark::State& state) {
  usage each;
  for (auto _ : state) {
    int ends[2];
    if (::pipe(ends) != 0) return state.SkipWithError("pipe");
    const pid_t child = ::fork();
    if (child == 0) {
      Measure(ends[1]);
      ::_exit(1);
    }
    ::close(ends[1]);
    if (::read(ends[0], &each, sizeof each) != sizeof each) state.SkipWithError("no answer");
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
  }
  state.counters["resident_bytes"] = each.resident;
  state.counters["heap_bytes"] = each.heap;
}

BENCHMARK(in_process<on_event>)->Name("memory/event")->Iterations(1)->UseRealTime();
BENCHMARK(in_process<on_future>)->Name("memory/future")->Iterations(1)->UseRealTime();
BENCHMARK(in_process<on_sleep>)->Name("memory/sleep")->Iterations(1)->UseRealTime();
BENCHMARK(in_process<std_thread>)->Name("memory/std_thread")->Iterations(1)->UseRealTime();

}  // namespace
}  // namespace ouro_bench
