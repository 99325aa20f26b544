// SPDX-License-Identifier: BSL-1.0
//
// Scheduling: callbacks, timers, turns of the loop.
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/sleep.hpp"

#include "tests/parity/parity.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

using namespace std::chrono_literals;
using parity::print;

namespace {

// case: 001_call_soon_fifo
namespace case_001 {

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  for (int i = 0; i < 4; ++i) loop.call_soon([i] { print("cb", i); });
  print("scheduled");
  co_await ouro::sleep(0s);
  print("after one yield");
}

const parity::entry entry("001_call_soon_fifo", amain);

}  // namespace case_001

// case: 002_create_task_deferred
namespace case_002 {

ouro::task<int> child(int n) {
  print("start", n);
  co_return n;
}

ouro::task<> amain() {
  std::vector<ouro::task_handle<int>> ts;
  for (int i = 0; i < 3; ++i) ts.push_back(ouro::create_task(child(i)));
  print("created", std::ranges::count_if(ts, [](auto& t) { return !t.done(); }));
  co_await ouro::sleep(0s);
  print("done", std::ranges::count_if(ts, [](auto& t) { return t.done(); }));
  print(parity::map_list(ts, [](auto& t) { return t.result(); }));
}

const parity::entry entry("002_create_task_deferred", amain);

}  // namespace case_002

// case: 003_sleep0_round_robin
namespace case_003 {

ouro::task<> w(const char* name, int n) {
  for (int i = 0; i < n; ++i) {
    print(name, i);
    co_await ouro::sleep(0s);
  }
  print(name, "end");
}

ouro::task<> amain() { co_await ouro::gather(w("a", 3), w("b", 1), w("c", 2)); }

const parity::entry entry("003_sleep0_round_robin", amain);

}  // namespace case_003

// case: 004_await_coro_no_switch
namespace case_004 {

ouro::task<int> inner() {
  print("inner");
  co_return 7;
}

ouro::task<> other() {
  print("other ran");
  co_return;
}

ouro::task<> amain() {
  ouro::create_task(other());
  print(co_await inner());
  auto f = ouro::get_running_loop().create_future<int>();
  f.set_result(8);
  print(co_await f);
  print("still first");
  co_await ouro::sleep(0s);
  print("end");
}

const parity::entry entry("004_await_coro_no_switch", amain);

}  // namespace case_004

// case: 006_callbacks_added_in_batch
namespace case_006 {

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  auto first = [&] {
    print("first");
    loop.call_soon([] { print("nested"); });
  };
  loop.call_soon(first);
  loop.call_soon([] { print("second"); });
  co_await ouro::sleep(0s);
  print("main after yield 1");
  co_await ouro::sleep(0s);
  print("main after yield 2");
}

const parity::entry entry("006_callbacks_added_in_batch", amain);

}  // namespace case_006

// case: 007_call_later_deadline_order
namespace case_007 {

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  for (int d : {5, 1, 4, 2, 3}) loop.call_later(d * 40ms, [d] { print("timer", d); });
  co_await ouro::sleep(250ms);
  print("end");
}

const parity::entry entry("007_call_later_deadline_order", amain);

}  // namespace case_007

// case: 008_timers_overdue_sorted
namespace case_008 {

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  const auto base = loop.time() + 10ms;
  loop.call_at(base + 2ms, [] { print("late"); });
  loop.call_at(base, [] { print("early 1"); });
  loop.call_at(base, [] { print("early 2"); });
  loop.call_at(base + 1ms, [] { print("middle"); });
  std::this_thread::sleep_for(30ms);  // block the loop on purpose
  co_await ouro::sleep(10ms);
  print("end");
}

const parity::entry entry("008_timers_overdue_sorted", amain);

}  // namespace case_008

// case: 009_call_later_zero_after_ready
namespace case_009 {

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  loop.call_later(0s, [] { print("timer 0"); });
  loop.call_soon([] { print("soon 1"); });
  loop.call_soon([] { print("soon 2"); });
  co_await ouro::sleep(20ms);
  print("end");
}

const parity::entry entry("009_call_later_zero_after_ready", amain);

}  // namespace case_009

// case: 011_handle_cancel
namespace case_011 {

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  std::vector<ouro::handle> h;
  auto killer = [&] {
    print("killer");
    h[1].cancel();
    h[1].cancel();
  };
  h.push_back(loop.call_soon(killer));
  h.push_back(loop.call_soon([] { print("victim"); }));
  h.push_back(loop.call_soon([] { print("survivor"); }));
  co_await ouro::sleep(0s);
  print(parity::map_list(h, [](auto& x) { return x.cancelled(); }));
}

const parity::entry entry("011_handle_cancel", amain);

}  // namespace case_011

// case: 013_stop_finishes_batch
namespace case_013 {

void run() {
  ouro::event_loop loop;
  auto a = [&] {
    print("a");
    loop.stop();
    loop.call_soon([] { print("queued by a"); });
  };
  loop.call_soon(a);
  loop.call_soon([] { print("b"); });
  loop.run_forever();
  print("-- stopped", loop.is_running());
  loop.call_soon([&] { loop.stop(); });
  loop.run_forever();
  print("-- again");
  loop.close();
  print("closed", loop.is_closed());
}

const parity::entry entry("013_stop_finishes_batch", run);

}  // namespace case_013

// case: 015_run_until_complete
namespace case_015 {

ouro::task<int> ok(int x) {
  co_await ouro::sleep(0s);
  co_return x;
}

ouro::task<> bad() {
  throw parity::value_error("boom");
  co_return;
}

void run() {
  ouro::event_loop loop;
  print(loop.run_until_complete(ok(1)));
  try {
    loop.run_until_complete(bad());
  } catch (const parity::value_error& e) {
    print("ValueError", e.what());
  }
  print(loop.run_until_complete(ok(2)));
  loop.close();
}

const parity::entry entry("015_run_until_complete", run);

}  // namespace case_015

// case: 016_stopped_before_complete
namespace case_016 {

ouro::task<int> job() {
  print("job start");
  co_await ouro::sleep(20ms);
  print("job end");
  co_return 5;
}

void run() {
  ouro::event_loop loop;
  auto t = loop.create_task(job());
  loop.call_soon([&] { loop.stop(); });
  try {
    loop.run_until_complete(t);
  } catch (const ouro::usage_error& e) {
    print("RuntimeError:", e.what());
  }
  print("done", t.done());
  print(loop.run_until_complete(t));
  loop.close();
}

const parity::entry entry("016_stopped_before_complete", run);

}  // namespace case_016

// case: 017_no_nested_run
namespace case_017 {

ouro::task<> noop() { co_return; }

ouro::task<> amain() {
  try {
    ouro::run(noop());
  } catch (const ouro::usage_error&) {
    print("RuntimeError run");
  }
  auto& loop = ouro::get_running_loop();
  auto c = noop();
  try {
    loop.run_until_complete(std::move(c));
  } catch (const ouro::usage_error& e) {
    print("RuntimeError:", e.what());
  }
  c.close();
  try {
    loop.close();
  } catch (const ouro::usage_error& e) {
    print("RuntimeError:", e.what());
  }
  co_return;
}

const parity::entry entry("017_no_nested_run", amain);

}  // namespace case_017

// case: 019_get_running_loop
namespace case_019 {

void probe(const char* tag, const ouro::event_loop& loop) {
  try {
    print(tag, &ouro::get_running_loop() == &loop);
  } catch (const ouro::usage_error& e) {
    print(tag, "RuntimeError:", e.what());
  }
}

ouro::task<> amain(ouro::event_loop& loop) {
  loop.call_soon([&loop] { probe("callback", loop); });
  probe("coroutine", loop);
  co_await ouro::sleep(0s);
}

void run() {
  ouro::event_loop loop;
  probe("outside", loop);
  loop.run_until_complete(amain(loop));
  probe("after", loop);
  loop.close();
}

const parity::entry entry("019_get_running_loop", run);

}  // namespace case_019

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
