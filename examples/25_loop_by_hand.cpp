// SPDX-License-Identifier: BSL-1.0
// What run() does, step by step: for programs that have a main loop of their own, or run several
// coroutines one after the other on the same loop.
//
// Shows: runner, event_loop::run_until_complete, all_tasks, close. asyncio: Runner,
// loop.run_until_complete().

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>

using namespace std::chrono_literals;

ouro::task<int> compute(int n) {
  co_await ouro::sleep(5ms);
  co_return 2 * n;
}

ouro::task<> tick(int& ticks) {
  for (;;) {
    co_await ouro::sleep(1ms);
    ++ticks;
  }
}

int main() {
  int ticks = 0;
  {
    ouro::event_loop loop;  // a variable like others; closed at the end of its scope
    auto ticking = loop.create_task(tick(ticks), {.name = "ticking"});
    std::printf("first result: %d\n", loop.run_until_complete(compute(1)));
    // Nothing runs here: the other tasks are paused, until somebody runs the loop again.
    std::printf("second result: %d\n", loop.run_until_complete(compute(2)));
    for (const auto& task : ouro::all_tasks(loop)) {
      std::printf("left: %s, ticks: %s\n", task.get_name().c_str(), ticks > 0 ? "some" : "none");
    }
    // Nobody cancels what is left, other than in run(). A task that is still there when the loop
    // is closed is destroyed, with a report.
    ticking.cancel();
    loop.run_until_complete(ouro::sleep(0s));
    std::printf("left: %zu\n", ouro::all_tasks(loop).size());
  }

  ouro::runner runner;  // as above, with Ctrl-C and run()'s clean-up
  std::printf("by a runner: %d\n", runner.run(compute(3)));
  std::printf("and again: %d\n", runner.run(compute(4)));
  runner.close();
}
