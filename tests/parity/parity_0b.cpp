// SPDX-License-Identifier: BSL-1.0
//
// Scheduling: what awaiting costs, errors of callbacks, many tasks.
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/sleep.hpp"

#include "tests/parity/parity.hpp"

#include <chrono>
#include <numeric>

using namespace std::chrono_literals;
using parity::print;

namespace {

// case: 020_sleep_result
namespace case_020 {

ouro::task<> amain() {
  print(co_await ouro::sleep(0s, "zero"));
  print(co_await ouro::sleep(10ms, "ten ms"));
  co_await ouro::sleep(0s);
  print(nullptr);
  auto [c, a] = co_await ouro::gather(ouro::sleep(30ms, "c"), ouro::sleep(10ms, "a"));
  print(c, a);
}

const parity::entry entry("020_sleep_result", amain);

}  // namespace case_020

// case: 021_wakeup_costs_ticks
namespace case_021 {

int ticks = 0;

void ticker(ouro::event_loop& loop) {
  ticks += 1;
  loop.call_soon([&loop] { ticker(loop); });
}

ouro::task<> nop() { co_return; }

template <class Make>
ouro::task<> cost(const char* name, Make make) {
  const int start = ticks;
  co_await make();
  print(name, ticks - start);
}

ouro::task<> via_future() {
  auto& loop = ouro::get_running_loop();
  auto f = loop.create_future();
  loop.call_soon([f] { f.set_result(); });
  co_await f;
}

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  loop.call_soon([&] { ticker(loop); });
  co_await cost("plain coroutine", nop);
  co_await cost("sleep0", [] { return ouro::sleep(0s); });
  co_await cost("future set by callback", via_future);
  co_await cost("task", [] { return ouro::create_task(nop()); });
  co_await cost("gather of two", [] { return ouro::gather(nop(), nop()); });
  co_await cost("nested task", [] { return ouro::create_task(cost("inner", nop)); });
}

const parity::entry entry("021_wakeup_costs_ticks", amain);

}  // namespace case_021

// case: 023_callback_error_isolated
namespace case_023 {

void bad(int n) { throw parity::runtime_error("bad " + std::to_string(n)); }

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  loop.set_exception_handler([](ouro::event_loop&, const ouro::exception_context& context) {
    print("handler:", parity::py_name(context.exception), context.exception);
  });
  loop.call_soon([] { bad(1); });
  loop.call_soon([] { print("ok between"); });
  loop.call_soon([] { bad(2); });
  loop.call_later(10ms, [] { bad(3); });
  co_await ouro::sleep(30ms);
  print("main alive");
}

const parity::entry entry("023_callback_error_isolated", amain);

}  // namespace case_023

// case: 024_deep_await_chain
namespace case_024 {

ouro::task<int> down(int n) {
  if (n == 0) {
    co_await ouro::sleep(0s);
    co_return 0;
  }
  co_return 1 + co_await down(n - 1);
}

ouro::task<> fail(int n) {
  if (n == 0) throw parity::key_error("bottom");
  co_await fail(n - 1);
}

ouro::task<> amain() {
  print(co_await down(300));
  try {
    co_await fail(300);
  } catch (const parity::key_error& e) {
    print("KeyError", e.what());
  }
}

const parity::entry entry("024_deep_await_chain", amain);

}  // namespace case_024

// case: 025_many_tasks
namespace case_025 {

ouro::task<int> unit(int i) {
  co_await ouro::sleep(0s);
  co_return i;
}

ouro::task<> amain() {
  std::vector<ouro::task_handle<int>> ts;
  for (int i = 0; i < 10000; ++i) ts.push_back(ouro::create_task(unit(i)));
  print(ouro::all_tasks().size());
  const std::vector<int> results = co_await ouro::gather(ts);
  print(std::accumulate(results.begin(), results.end(), 0));
}

const parity::entry entry("025_many_tasks", amain);

}  // namespace case_025

// case: 027_say_after_sequential_vs_tasks
namespace case_027 {

ouro::task<> say_after(ouro::duration d, const char* what) {
  print("start", what);
  co_await ouro::sleep(d);
  print(what);
}

ouro::task<> main1() {
  co_await say_after(50ms, "hello");
  co_await say_after(100ms, "world");
}

ouro::task<> main2() {
  auto t1 = ouro::create_task(say_after(50ms, "hello"));
  auto t2 = ouro::create_task(say_after(100ms, "world"));
  co_await t1;
  co_await t2;
}

void run() {
  for (auto amain : {main1, main2}) {
    const auto t0 = ouro::clock::now();
    ouro::run(amain());
    print("at least 0.1 s:", ouro::clock::now() - t0 >= 99ms);
  }
}

const parity::entry entry("027_say_after_sequential_vs_tasks", run);

}  // namespace case_027

// case: 029_timer_handle_when
namespace case_029 {

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  const auto a = loop.time();
  auto h1 = loop.call_at(a + 5s, [] { print("no"); });
  auto h2 = loop.call_later(5s, [] { print("no"); });
  print("exact", h1.when() == a + 5s);
  const auto later = h2.when() - h1.when();
  print("relative later", 0s <= later && later < 1s);
  h1.cancel();
  h2.cancel();
  co_await ouro::sleep(20ms);
  const auto d = loop.time() - a;
  print("advanced", d >= 19ms);
}

const parity::entry entry("029_timer_handle_when", amain);

}  // namespace case_029

// case: 031_done_task_await_keeps_running
namespace case_031 {

ouro::task<std::string> quick() { co_return "v"; }

ouro::task<> amain() {
  auto t = ouro::create_task(quick());
  co_await ouro::sleep(0s);
  ouro::create_task(ouro::sleep(0s)).add_done_callback([] { print("late"); });
  for (int i = 0; i < 3; ++i) print(i, co_await t);
  print("loop not entered");
  co_await ouro::sleep(0s);
  co_await ouro::sleep(0s);
  co_await ouro::sleep(0s);
}

const parity::entry entry("031_done_task_await_keeps_running", amain);

}  // namespace case_031

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
