// SPDX-License-Identifier: BSL-1.0
// The core workloads on ouro; the other files of this folder are the same on its peers.
#include "ouro/sync/event.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/task_handle.hpp"
#include "ouro/task/wait.hpp"

#include "harness.hpp"

#include <chrono>
#include <span>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using peers::trial;

ouro::task<int> give(int value) { co_return value; }
ouro::task<> wait_for(ouro::event& event) { co_await event.wait(); }

template <ouro::task<> (*Body)(trial&)>
void in_loop(trial& run) {
  ouro::run(Body(run));
}

ouro::task<> await_ready(trial& run) {
  run.begin();
  for (long i = 0; i < run.count; ++i) peers::keep(co_await give(1));
  run.end();
}

ouro::task<> spawn_join(trial& run) {
  run.begin();
  for (long i = 0; i < run.count; ++i) {
    auto task = ouro::create_task(give(1));
    peers::keep(co_await task);
  }
  run.end();
}

ouro::task<> yield_times(long times) {
  for (long i = 0; i < times; ++i) co_await ouro::sleep(0s);
}

ouro::task<> yield_100(trial& run) {
  std::vector<ouro::task<>> tasks;
  for (int i = 0; i < 100; ++i) tasks.push_back(yield_times(run.count / 100 + 1));
  run.begin();
  co_await ouro::gather(std::move(tasks));
  run.end();
}

ouro::task<> answer(ouro::event& ping, ouro::event& pong) {
  for (;;) {
    co_await ping.wait();
    ping.clear();
    pong.set();
  }
}

ouro::task<> ping_pong(trial& run) {
  ouro::event ping;
  ouro::event pong;
  auto other = ouro::create_task(answer(ping, pong));
  co_await ouro::sleep(0s);
  run.begin();
  for (long i = 0; i < run.count; ++i) {
    ping.set();
    co_await pong.wait();
    pong.clear();
  }
  run.end();
  other.cancel();
  co_await ouro::wait(std::span<const ouro::task_handle<>>(&other, 1));
}

ouro::task<> set(ouro::future<int> promised) {
  promised.set_result(1);
  co_return;
}

// Each round makes the future and the task that sets it.
ouro::task<> future(trial& run) {
  ouro::event_loop& loop = ouro::get_running_loop();
  run.begin();
  for (long i = 0; i < run.count; ++i) {
    auto promised = loop.create_future<int>();
    ouro::create_task(set(promised));
    peers::keep(co_await promised);
  }
  run.end();
}

template <int Count>
ouro::task<> gather(trial& run) {
  run.begin();
  for (long i = 0; i < run.count; ++i) {
    std::vector<ouro::task<int>> tasks;
    tasks.reserve(Count);
    for (int value = 0; value < Count; ++value) tasks.push_back(give(value));
    const std::vector<int> results = co_await ouro::gather(std::move(tasks));
    peers::keep(results.data());
  }
  run.end();
}

template <int Live>
ouro::task<> timer(trial& run) {
  ouro::event_loop& loop = ouro::get_running_loop();
  peers::delays delays;
  const auto later = [&] {
    return loop.call_later(std::chrono::seconds(delays.next_seconds()), [] {});
  };
  std::vector<ouro::timer_handle> live;
  live.reserve(Live);
  for (int i = 0; i < Live; ++i) live.push_back(later());
  run.begin();
  for (long i = 1; i <= run.count; ++i) {
    later().cancel();
    if (i % peers::timers_per_turn == 0) co_await ouro::sleep(0s);
  }
  run.end();
  for (ouro::timer_handle& each : live) each.cancel();
}

ouro::task<> cancel_join(trial& run) {
  ouro::event never;
  run.begin();
  for (long i = 0; i < run.count; ++i) {
    auto task = ouro::create_task(wait_for(never));
    co_await ouro::sleep(0s);
    task.cancel();
    co_await ouro::wait(std::span<const ouro::task_handle<>>(&task, 1));
    peers::keep(task.cancelled());
  }
  run.end();
}

ouro::task<> suspended(const peers::options& chosen) {
  trial started(chosen.clock, chosen.count);
  trial ended(chosen.clock, chosen.count);
  ouro::event go;
  long woken = 0;
  const auto waits = [](ouro::event& event, long& count) -> ouro::task<> {
    co_await event.wait();
    ++count;
  };
  co_await ouro::sleep(0s);
  const double before = peers::resident();
  started.begin();
  for (long i = 0; i < chosen.count; ++i) ouro::create_task(waits(go, woken));
  co_await ouro::sleep(0s);  // all of them wait now
  started.end();
  const double bytes = peers::resident() - before;
  ended.begin();
  go.set();
  while (woken < chosen.count) co_await ouro::sleep(0s);
  ended.end();
  peers::print_tasks(started, ended, bytes);
}

}  // namespace

int main(int argc, char** argv) {
  const peers::options chosen = peers::parse(argc, argv);
  if (chosen.count > 0) return ouro::run(suspended(chosen)), 0;
  peers::measure(chosen, {{"await_ready", in_loop<await_ready>},
                          {"spawn_join", in_loop<spawn_join>},
                          {"yield_100", in_loop<yield_100>},
                          {"ping_pong", in_loop<ping_pong>},
                          {"future", in_loop<future>},
                          {"gather_2", in_loop<gather<2>>},
                          {"gather_100", in_loop<gather<100>>},
                          {"gather_10000", in_loop<gather<10'000>>},
                          {"timer_1000", in_loop<timer<1'000>>},
                          {"timer_100000", in_loop<timer<100'000>>},
                          {"cancel_join", in_loop<cancel_join>}});
}
