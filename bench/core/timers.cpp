// SPDX-License-Identifier: BSL-1.0
// What does a time-out cost that does not happen: a timer made and cancelled while many others
// live?
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/deadline_scope.hpp"

#include "loop_bench.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <random>

namespace ouro_bench {
namespace {

using namespace std::chrono_literals;

class silent_timer final : public ouro::detail::timer_node {
 public:
  void run() noexcept override {}
};

/// Delays of one minute to one hour, so that none passes meanwhile, in no order.
class delays {
 public:
  delays() {
    std::uniform_int_distribution<std::int64_t> distribution(60'000'000'000, 3'600'000'000'000);
    for (ouro::duration& delay : table_) delay = std::chrono::nanoseconds(distribution(random_));
  }
  ouro::duration next() noexcept { return table_[++at_ % table_.size()]; }

 private:
  std::mt19937_64 random_{1};
  std::array<ouro::duration, 4096> table_;
  std::size_t at_ = 0;
};

/// Timers that live as long as this object.
class crowd {
 public:
  crowd(ouro::event_loop& loop, std::size_t count, delays& delay)
      : loop_(loop), count_(count), timers_(std::make_unique<silent_timer[]>(count)) {
    for (std::size_t i = 0; i < count; ++i) {
      loop_.schedule_timer(timers_[i], loop_.time() + delay.next());
    }
  }
  ~crowd() {
    for (std::size_t i = count_; i > 0; --i) loop_.cancel_timer(timers_[i - 1]);
  }

 private:
  ouro::event_loop& loop_;
  std::size_t count_;
  std::unique_ptr<silent_timer[]> timers_;
};

// The heap alone.
ouro::task<> schedule_and_cancel(benchmark::State& state) {
  ouro::event_loop& loop = ouro::get_running_loop();
  delays delay;
  const crowd others(loop, static_cast<std::size_t>(state.range(0)), delay);
  const ouro::time_point now = loop.time();
  silent_timer timer;
  for (auto _ : state) {
    loop.schedule_timer(timer, now + delay.next());
    loop.cancel_timer(timer);
  }
  co_return;
}

// With a callback and a handle, and the loop's time.
ouro::task<> call_later_and_cancel(benchmark::State& state) {
  ouro::event_loop& loop = ouro::get_running_loop();
  delays delay;
  const crowd others(loop, static_cast<std::size_t>(state.range(0)), delay);
  for (auto _ : state) loop.call_later(delay.next(), [] {}).cancel();
  co_return;
}

// With a task that is to be interrupted.
ouro::task<> fail_after(benchmark::State& state) {
  ouro::event_loop& loop = ouro::get_running_loop();
  delays delay;
  const crowd others(loop, static_cast<std::size_t>(state.range(0)), delay);
  for (auto _ : state) const ouro::fail_after guard(delay.next());
  co_return;
}

// What one would use without a heap of one's own.
void std_multimap(benchmark::State& state) {
  using clock = std::chrono::steady_clock;
  delays delay;
  const clock::time_point now = clock::now();
  std::multimap<clock::time_point, int> timers;
  for (auto i = state.range(0); i > 0; --i) timers.emplace(now + delay.next(), 0);
  for (auto _ : state) timers.erase(timers.emplace(now + delay.next(), 0));
}

// The argument is the number of the other timers.
BENCHMARK(in_loop<schedule_and_cancel>)->Name("timers/schedule_cancel")->Arg(1000)->Arg(1'000'000);
BENCHMARK(in_loop<call_later_and_cancel>)
    ->Name("timers/call_later_cancel")
    ->Arg(1000)
    ->Arg(1'000'000);
BENCHMARK(in_loop<fail_after>)->Name("timers/fail_after")->Arg(1000)->Arg(1'000'000);
BENCHMARK(std_multimap)->Name("timers/std_multimap")->Arg(1000)->Arg(1'000'000);

}  // namespace
}  // namespace ouro_bench
