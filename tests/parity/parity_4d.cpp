// SPDX-License-Identifier: BSL-1.0
//
// Task groups: terminating exceptions, errors while cleaning up, many children, early exit.
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/task_group.hpp"
#include "ouro/task/wait.hpp"

#include "tests/parity/parity.hpp"

#include <algorithm>
#include <chrono>

using namespace std::chrono_literals;
using parity::finally;
using parity::print;

namespace {

// case: 440_taskgroup_base_exception
namespace case_440 {

ouro::task<> slow() {
  const finally at_end([] { print("sibling cleaned"); });
  co_await ouro::sleep(10s);
}

ouro::task<> die() {
  co_await ouro::sleep(0s);
  throw ouro::keyboard_interrupt();
}

ouro::task<> amain() {
  co_await ouro::task_group::run([&](ouro::task_group& tg) -> ouro::task<> {
    tg.create_task(slow());
    tg.create_task(die());
    co_return;
  });
}

void run() {
  try {
    ouro::run(amain());
  } catch (const ouro::keyboard_interrupt&) {
    print("KeyboardInterrupt");
  }
}

const parity::entry entry("440_taskgroup_base_exception", run);

}  // namespace case_440

// case: 442_taskgroup_error_during_sibling_cleanup
namespace case_442 {

ouro::task<> bad() {
  throw parity::value_error("first");
  co_return;
}

ouro::task<> messy() {
  try {
    co_await ouro::sleep(10s);
  } catch (...) {
  }
  throw parity::os_error("second");
}

ouro::task<> amain() {
  try {
    co_await ouro::task_group::run([&](ouro::task_group& tg) -> ouro::task<> {
      tg.create_task(messy());
      co_await ouro::sleep(0s);
      tg.create_task(bad());
    });
  } catch (const ouro::exception_group& g) {
    print(g.exceptions());
  }
}

const parity::entry entry("442_taskgroup_error_during_sibling_cleanup", amain);

}  // namespace case_442

// case: 444_taskgroup_empty_and_sync_body
namespace case_444 {

ouro::task<> c(int n) {
  print("start", n);
  co_return;
}

ouro::task<> amain() {
  co_await ouro::task_group::run([&](ouro::task_group&) -> ouro::task<> {
    print("empty");
    co_return;
  });
  co_await ouro::task_group::run([&](ouro::task_group& tg) -> ouro::task<> {
    tg.create_task(c(1));
    tg.create_task(c(2));
    print("body");
    co_return;
  });
  print("end");
}

const parity::entry entry("444_taskgroup_empty_and_sync_body", amain);

}  // namespace case_444

// case: 447_taskgroup_many
namespace case_447 {

ouro::task<int> c(int i) {
  co_await ouro::sleep(0s);
  co_return i* i;
}

ouro::task<> amain() {
  std::vector<ouro::task_handle<int>> ts;
  co_await ouro::task_group::run([&](ouro::task_group& tg) -> ouro::task<> {
    for (int i = 0; i < 500; ++i) ts.push_back(tg.create_task(c(i)));
    co_return;
  });
  int sum = 0;
  for (auto& t : ts) sum += t.result();
  print(sum);
}

const parity::entry entry("447_taskgroup_many", amain);

}  // namespace case_447

// case: 448_taskgroup_early_exit_recipe
namespace case_448 {

struct stop_group {};

std::vector<int> stopped;

ouro::task<> stop() {
  throw stop_group();
  co_return;
}

ouro::task<> forever(int n) {
  const finally at_end([&] { stopped.push_back(n); });
  co_await ouro::sleep(10s);
}

ouro::task<> amain() {
  try {
    co_await ouro::task_group::run([&](ouro::task_group& tg) -> ouro::task<> {
      tg.create_task(forever(1));
      tg.create_task(forever(2));
      co_await ouro::sleep(0s);
      tg.create_task(stop());
    });
  } catch (const ouro::exception_group& g) {
    g.handle<stop_group>([](const stop_group&) {
      std::ranges::sort(stopped);
      print("group ended, stopped", stopped);
    });
  }
  co_await ouro::sleep(0s);
  print("owner goes on");
}

const parity::entry entry("448_taskgroup_early_exit_recipe", amain);

}  // namespace case_448

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
