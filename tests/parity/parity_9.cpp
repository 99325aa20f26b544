// SPDX-License-Identifier: BSL-1.0
//
// What Python 3.12 and 3.13 brought.
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/as_completed.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/task_group.hpp"
#include "ouro/task/task_hooks.hpp"
#include "ouro/task/wait.hpp"

#include "tests/parity/parity.hpp"

#include <chrono>
#include <unordered_map>

using namespace std::chrono_literals;
using parity::list_of;
using parity::print;

namespace {

// case: 901_eager_task_factory
namespace case_901 {

ouro::task<int> sync_only() {
  print("ran inside create_task");
  co_return 1;
}

ouro::task<int> blocks() {
  print("before block");
  co_await ouro::sleep(0s);
  print("after block");
  co_return 2;
}

ouro::task<> amain() {
  ouro::get_running_loop().set_task_hooks(ouro::eager_task_factory);
  auto a = ouro::create_task(sync_only());
  print("a done", a.done());
  auto b = ouro::create_task(blocks());
  print("b done", b.done());
  const int first = co_await a;
  print(first, co_await b);
}

const parity::entry entry("901_eager_task_factory", amain);

}  // namespace case_901

// case: 906_as_completed_async_iter
namespace case_906 {

ouro::task<> c(ouro::duration d) { co_await ouro::sleep(d); }

ouro::task<> amain() {
  auto slow = ouro::create_task(c(150ms));
  auto fast = ouro::create_task(c(0s));
  auto mid = ouro::create_task(c(70ms));
  std::unordered_map<ouro::task_handle<>, const char*> ts;
  ts[slow] = "slow";
  ts[fast] = "fast";
  ts[mid] = "mid";
  auto results = ouro::as_completed(list_of(slow, fast, mid));
  while (auto t = co_await results.anext()) print(ts[*t], t->done());
}

const parity::entry entry("906_as_completed_async_iter", amain);

}  // namespace case_906

// case: 908_taskgroup_external_and_internal_cancel
namespace case_908 {

ouro::task<> bad() {
  throw parity::value_error("child");
  co_return;
}

ouro::task<> owner() {
  try {
    co_await ouro::task_group::run([&](ouro::task_group& tg) -> ouro::task<> {
      tg.create_task(bad());
      co_await ouro::sleep(10s);
    });
  } catch (const ouro::exception_group& g) {
    g.handle<parity::value_error>([](const parity::value_error&) { print("group error handled"); });
  }
  co_await ouro::sleep(0s);
  print("not reached");
}

ouro::task<> amain() {
  auto t = ouro::create_task(owner());
  co_await ouro::sleep(0s);
  // Same iteration as the child's failure.
  ouro::get_running_loop().call_soon([&] { t.cancel(); });
  co_await ouro::wait(list_of(t));
  print("cancelled", t.cancelled());
}

const parity::entry entry("908_taskgroup_external_and_internal_cancel", amain);

}  // namespace case_908

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
