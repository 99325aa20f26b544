// SPDX-License-Identifier: BSL-1.0
//
// Futures and tasks: the order of wake-ups in mixed company, callbacks that act on futures.
#include "ouro/loop/event_loop.hpp"
#include "ouro/sync/event.hpp"
#include "ouro/task/as_completed.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/shield.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/task_group.hpp"
#include "ouro/task/timeout.hpp"
#include "ouro/task/wait.hpp"

#include "tests/parity/parity.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

using namespace std::chrono_literals;
using parity::create_tasks;
using parity::list_of;
using parity::print;

namespace {

// case: 150_mixed_wakeups
namespace case_150 {

ouro::task<> awaiter(const char* n, ouro::future<> f) {
  print("awaits", n);
  co_await f;
  print("awaiter", n);
  co_await ouro::sleep(0s);
  print("awaiter again", n);
}

ouro::task<> child(const char* n) {
  print("child", n);
  co_return;
}

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  auto f = loop.create_future();
  auto ts = create_tasks(awaiter("a", f), awaiter("b", f));
  co_await ouro::sleep(0s);
  f.add_done_callback([] { print("done callback"); });
  loop.call_soon([] { print("soon 1"); });
  f.set_result();
  loop.call_soon([] { print("soon 2"); });
  ts.push_back(ouro::create_task(child("c")));
  loop.call_soon([&] { ts.push_back(ouro::create_task(child("d"))); });
  co_await ouro::sleep(0s);
  print("main 1");
  loop.call_soon([] { print("soon 3"); });
  co_await ouro::sleep(0s);
  print("main 2");
  co_await ouro::wait(ts);
  print("main 3");
}

const parity::entry entry("150_mixed_wakeups", amain);

}  // namespace case_150

// case: 151_remove_done_callbacks
namespace case_151 {

ouro::task<> amain() {
  auto f = ouro::get_running_loop().create_future<int>();
  ouro::done_callback_token second{};
  f.add_done_callback([&](const ouro::future<int>& fut) {
    print("first removes", fut.remove_done_callback(second));
    fut.add_done_callback([] { print("added by first"); });
  });
  second = f.add_done_callback([] { print("second"); });
  const auto third = f.add_done_callback([] { print("third"); });
  const auto once = f.remove_done_callback(third);
  const auto twice = f.remove_done_callback(third);
  print("removed", once, twice);
  f.set_result(1);
  print("after done", f.remove_done_callback(second));
  co_await ouro::sleep(0s);
  print("turn 1");
  co_await ouro::sleep(0s);
  print("turn 2");
}

const parity::entry entry("151_remove_done_callbacks", amain);

}  // namespace case_151

// case: 152_equal_deadlines
namespace case_152 {

ouro::task<> sleeper(int n, ouro::duration d) {
  co_await ouro::sleep(d);
  print("sleeper", n);
}

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  std::vector<ouro::task_handle<>> ts;
  for (int n = 0; n < 2; ++n) {
    loop.call_later(20ms, [n] { print("timer", n); });
    ts.push_back(ouro::create_task(sleeper(n, 20ms)));
  }
  loop.call_later(20ms, [&] { loop.call_soon([] { print("queued by a timer"); }); });
  co_await ouro::sleep(0s);
  loop.call_later(20ms, [] { print("timer 2"); });
  std::this_thread::sleep_for(50ms);
  co_await ouro::sleep(0s);
  print("main 1");
  co_await ouro::sleep(0s);
  print("main 2");
  co_await ouro::sleep(0s);
  print("main 3");
  co_await ouro::wait(ts);
}

const parity::entry entry("152_equal_deadlines", amain);

}  // namespace case_152

// case: 153_callbacks_and_cancelled_futures
namespace case_153 {

ouro::task<> w(const char* n, ouro::future<int> f) {
  try {
    print(n, "got", co_await f);
  } catch (const ouro::cancelled_error&) {
    print(n, "cancelled");
  }
}

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  auto a = loop.create_future<int>();
  auto b = loop.create_future<int>();
  auto c = loop.create_future<int>();
  a.add_done_callback([b](const ouro::future<int>& f) { b.set_result(f.result() + 1); });
  b.add_done_callback([c] { c.cancel(); });
  auto ts = create_tasks(w("c", c), w("b", b), w("a", a));
  co_await ouro::sleep(0s);
  a.set_result(1);
  for (int i = 0; i < 4; ++i) {
    print("turn", i);
    co_await ouro::sleep(0s);
  }
  co_await ouro::wait(ts);
}

const parity::entry entry("153_callbacks_and_cancelled_futures", amain);

}  // namespace case_153

// case: 154_exception_of_future_many_readers
namespace case_154 {

ouro::task<> w(const char* n, ouro::future<> f) {
  for (int i = 0; i < 2; ++i) {
    try {
      co_await f;
    } catch (const parity::value_error& e) {
      print(n, i, e.what());
    }
  }
}

ouro::task<> amain() {
  auto f = ouro::get_running_loop().create_future();
  auto ts = create_tasks(w("a", f), w("b", f));
  co_await ouro::sleep(0s);
  f.set_exception(parity::value_error("x"));
  try {
    f.result();
  } catch (const parity::value_error& e) {
    print("result", e.what());
  }
  print("exception", f.exception());
  co_await ouro::wait(ts);
}

const parity::entry entry("154_exception_of_future_many_readers", amain);

}  // namespace case_154

// case: 155_task_result_before_awaiters
namespace case_155 {

ouro::task<int> quick() {
  print("quick runs");
  co_return 7;
}

ouro::task<> w(int n, ouro::task_handle<int> t) { print("w", n, co_await t); }

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  auto t = ouro::create_task(quick());
  auto ws = create_tasks(w(0, t));
  t.add_done_callback(
      [](const ouro::task_handle<int>& ended) { print("callback", ended.result()); });
  ws.push_back(ouro::create_task(w(1, t)));
  loop.call_soon([] { print("soon"); });
  print("main gets", co_await t);
  print("all done", std::ranges::count_if(ws, [](auto& x) { return x.done(); }));
  co_await ouro::wait(ws);
}

const parity::entry entry("155_task_result_before_awaiters", amain);

}  // namespace case_155

// case: 156_gather_and_wait_turns
namespace case_156 {

int ticks = 0;

void ticker(ouro::event_loop& loop) {
  ticks += 1;
  loop.call_soon([&loop] { ticker(loop); });
}

template <class Make>
ouro::task<> cost(const char* name, Make make) {
  const int start = ticks;
  static_cast<void>(co_await make());
  print(name, ticks - start);
}

ouro::task<int> nop() { co_return 1; }

ouro::task<> block() {
  co_await ouro::timeout(5s, []() -> ouro::task<> { co_await nop(); });
}

ouro::task<> group(int n) {
  co_await ouro::task_group::run([&](ouro::task_group& tg) -> ouro::task<> {
    for (int i = 0; i < n; ++i) tg.create_task(nop());
    co_return;
  });
}

ouro::task<> collect() {
  auto results = ouro::as_completed(list_of(nop(), nop()));
  while (auto f = co_await results.anext()) co_await *f;
}

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  loop.call_soon([&] { ticker(loop); });
  auto done = ouro::create_task(nop());
  co_await ouro::sleep(0s);
  co_await cost("gather of done", [&] { return ouro::gather(done, done); });
  co_await cost("wait of done", [&] { return ouro::wait(list_of(done)); });
  co_await cost("wait of fresh", [] { return ouro::wait(create_tasks(nop())); });
  co_await cost("shield of done", [&] { return ouro::shield(done); });
  co_await cost("shield of fresh", [] { return ouro::shield(nop()); });
  co_await cost("timeout around a coroutine", block);
  co_await cost("empty group", [] { return group(0); });
  co_await cost("group of two", [] { return group(2); });
  co_await cost("as_completed of two", collect);
  ouro::event ev;
  loop.call_soon([&] { ev.set(); });
  co_await cost("event set by a callback", [&] { return ev.wait(); });
  co_await cost("event already set", [&] { return ev.wait(); });
}

const parity::entry entry("156_gather_and_wait_turns", amain);

}  // namespace case_156

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
