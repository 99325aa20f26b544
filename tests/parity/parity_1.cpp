// SPDX-License-Identifier: BSL-1.0
//
// Futures, their callbacks and awaiters; the states of tasks.
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/wait.hpp"

#include "tests/parity/parity.hpp"

#include <chrono>
#include <concepts>

using namespace std::chrono_literals;
using parity::list_of;
using parity::print;

namespace {

// case: 101_set_twice
namespace case_101 {

ouro::task<> amain() {
  auto f = ouro::get_running_loop().create_future<int>();
  f.set_result(1);
  try {
    f.set_result(2);
  } catch (const ouro::invalid_state_error&) {
    print("InvalidStateError");
  }
  try {
    f.set_exception(parity::value_error("x"));
  } catch (const ouro::invalid_state_error&) {
    print("InvalidStateError");
  }
  print(f.result());
  co_return;
}

const parity::entry entry("101_set_twice", amain);

}  // namespace case_101

// case: 102_result_before_done
namespace case_102 {

ouro::task<> amain() {
  auto f = ouro::get_running_loop().create_future<std::nullptr_t>();
  print(f.done(), f.cancelled());
  try {
    f.result();
  } catch (const ouro::invalid_state_error& e) {
    print("InvalidStateError:", e.what());
  }
  try {
    f.exception();
  } catch (const ouro::invalid_state_error& e) {
    print("InvalidStateError:", e.what());
  }
  f.set_result(nullptr);
  print(f.done(), f.cancelled(), f.result(), f.exception());
  co_return;
}

const parity::entry entry("102_result_before_done", amain);

}  // namespace case_102

// case: 103_done_callbacks_order
namespace case_103 {

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  auto f = loop.create_future<std::string>();
  f.add_done_callback([](const ouro::future<std::string>& x) { print("cb1", x.result()); });
  f.add_done_callback([](const ouro::future<std::string>& x) { print("cb2", x.result()); });
  loop.call_soon([] { print("queued before set_result"); });
  f.set_result("v");
  print("set_result returned");
  loop.call_soon([] { print("queued after set_result"); });
  co_await ouro::sleep(0s);
  print("end");
}

const parity::entry entry("103_done_callbacks_order", amain);

}  // namespace case_103

// case: 104_callback_on_done_future
namespace case_104 {

ouro::task<> amain() {
  auto f = ouro::get_running_loop().create_future<int>();
  f.set_result(3);
  f.add_done_callback([](const ouro::future<int>& x) { print("late cb", x.result()); });
  print("registered");
  co_await ouro::sleep(0s);
  print("end");
}

const parity::entry entry("104_callback_on_done_future", amain);

}  // namespace case_104

// case: 106_future_cancel_state
namespace case_106 {

ouro::task<> amain() {
  auto f = ouro::get_running_loop().create_future<int>();
  const bool once = f.cancel();
  const bool twice = f.cancel();
  print(once, twice, f.done(), f.cancelled());
  try {
    f.result();
  } catch (const ouro::cancelled_error&) {
    print("CancelledError");
  }
  try {
    f.exception();
  } catch (const ouro::cancelled_error&) {
    print("CancelledError");
  }
  auto g = ouro::get_running_loop().create_future<int>();
  g.set_result(1);
  const bool finished = g.cancel();
  print(finished, g.cancelled());
  co_return;
}

const parity::entry entry("106_future_cancel_state", amain);

}  // namespace case_106

// case: 107_many_awaiters_fifo
namespace case_107 {

ouro::task<> w(int n, ouro::future<std::string> f) {
  print("wait", n);
  print("woke", n, co_await f);
}

ouro::task<> amain() {
  auto f = ouro::get_running_loop().create_future<std::string>();
  std::vector<ouro::task_handle<>> ts;
  for (int i = 0; i < 4; ++i) ts.push_back(ouro::create_task(w(i, f)));
  co_await ouro::sleep(0s);
  f.set_result("go");
  co_await ouro::wait(ts);
}

const parity::entry entry("107_many_awaiters_fifo", amain);

}  // namespace case_107

// case: 109_future_cancel_wakes_task
namespace case_109 {

ouro::task<> w(ouro::future<> f) {
  try {
    co_await f;
  } catch (const ouro::cancelled_error&) {
    print("CancelledError in task");
    throw;
  }
}

ouro::task<> amain() {
  auto f = ouro::get_running_loop().create_future();
  auto t = ouro::create_task(w(f));
  co_await ouro::sleep(0s);
  f.cancel();
  co_await ouro::wait(list_of(t));
  print(t.cancelled(), t.cancelling());
}

const parity::entry entry("109_future_cancel_wakes_task", amain);

}  // namespace case_109

// case: 110_bad_done_callback_isolated
namespace case_110 {

void bad() { throw parity::value_error("from callback"); }

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  loop.set_exception_handler([](ouro::event_loop&, const ouro::exception_context& context) {
    print("handler", context.exception);
  });
  auto f = loop.create_future<int>();
  f.add_done_callback([] { print("first"); });
  f.add_done_callback(bad);
  f.add_done_callback([] { print("third"); });
  f.set_result(9);
  co_await ouro::sleep(0s);
  print(f.result());
}

const parity::entry entry("110_bad_done_callback_isolated", amain);

}  // namespace case_110

// case: 111_task_states
namespace case_111 {

ouro::task<int> ret() { co_return 1; }

ouro::task<int> err() {
  throw parity::os_error("e");
  co_return 0;
}

ouro::task<int> hang() {
  co_await ouro::sleep(9s);
  co_return 0;
}

std::string result_of(const ouro::task_handle<int>& t) {
  try {
    return std::to_string(t.result());
  } catch (...) {
    return parity::py_name(std::current_exception());
  }
}

std::string exception_of(const ouro::task_handle<int>& t) {
  try {
    return parity::py_name(t.exception());
  } catch (const ouro::cancelled_error&) {
    return "raises";
  }
}

ouro::task<> amain() {
  std::vector<ouro::task_handle<int>> ts;
  ts.push_back(ouro::create_task(ret()));
  ts.push_back(ouro::create_task(err()));
  ts.push_back(ouro::create_task(hang()));
  co_await ouro::sleep(0s);
  ts[2].cancel();
  co_await ouro::wait(ts);
  for (const auto& t : ts) print(t.done(), t.cancelled(), result_of(t), exception_of(t));
}

const parity::entry entry("111_task_states", amain);

}  // namespace case_111

// case: 113_task_awaits_itself
namespace case_113 {

ouro::task<std::string> selfish(ouro::task_handle<std::string>& me) {
  try {
    co_await me;
  } catch (const ouro::usage_error&) {
    print("RuntimeError");
  }
  co_return "ok";
}

ouro::task<> amain() {
  ouro::task_handle<std::string> me;
  me = ouro::create_task(selfish(me));
  print(co_await me);
}

const parity::entry entry("113_task_awaits_itself", amain);

}  // namespace case_113

// case: 114_ensure_future
namespace case_114 {

ouro::task<int> c() { co_return 5; }

ouro::task<> amain() {
  auto f = ouro::get_running_loop().create_future<int>();
  auto t = ouro::create_task(c());
  print(ouro::ensure_future(f) == f, ouro::ensure_future(t) == t);
  auto n = ouro::ensure_future(c());
  const bool is_task = std::same_as<decltype(n), ouro::task_handle<int>>;
  print(is_task, ouro::isfuture(f), ouro::isfuture(n));
  const int first = co_await n;
  print(first + co_await t);
  f.cancel();
}

const parity::entry entry("114_ensure_future", amain);

}  // namespace case_114

// case: 116_future_of_other_loop
namespace case_116 {

ouro::task<> amain(ouro::event_loop& other, ouro::future<> f) {
  try {
    co_await f;
  } catch (const ouro::usage_error&) {
    print("RuntimeError");
  }
  auto g = other.create_future<std::string>();
  g.set_result("done is fine");
  print(co_await g);
}

void run() {
  ouro::event_loop other;
  auto f = other.create_future();
  ouro::run(amain(other, f));
  f.cancel();
  other.close();
}

const parity::entry entry("116_future_of_other_loop", run);

}  // namespace case_116

// case: 117_late_producer_after_cancel
namespace case_117 {

ouro::task<> consumer(ouro::future<std::string> f) { co_await f; }

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  auto f = loop.create_future<std::string>();
  auto t = ouro::create_task(consumer(f));
  co_await ouro::sleep(0s);
  t.cancel();
  print("future cancelled at once:", f.cancelled());
  try {
    f.set_result("late");
  } catch (const ouro::invalid_state_error&) {
    print("InvalidStateError");
  }
  if (!f.done()) print("unreachable");
  co_await ouro::wait(list_of(t));
  print("consumer cancelled:", t.cancelled());
}

const parity::entry entry("117_late_producer_after_cancel", amain);

}  // namespace case_117

// case: 119_task_names
namespace case_119 {

ouro::task<std::string> nop() { co_return ouro::current_task().get_name(); }

ouro::task<> amain() {
  auto a = ouro::create_task(nop(), {.name = "alpha"});
  auto b = ouro::create_task(nop());
  auto c = ouro::create_task(nop());
  print(b.get_name().starts_with("Task-"), b.get_name() != c.get_name());
  b.set_name("beta");
  const std::string first = co_await a;
  const std::string second = co_await b;
  print(first, second, (co_await c).substr(0, 5));
  a.set_name("renamed after done");
  print(a.get_name());
}

const parity::entry entry("119_task_names", amain);

}  // namespace case_119

// case: 121_awaiter_vs_callback_order
namespace case_121 {

ouro::task<> w(const char* tag, ouro::future<int> f) {
  co_await f;
  print("task", tag);
}

ouro::task<> amain() {
  auto f = ouro::get_running_loop().create_future<int>();
  f.add_done_callback([] { print("callback 1"); });
  auto t1 = ouro::create_task(w("A", f));
  co_await ouro::sleep(0s);
  f.add_done_callback([] { print("callback 2"); });
  auto t2 = ouro::create_task(w("B", f));
  co_await ouro::sleep(0s);
  f.set_result(0);
  co_await ouro::wait(list_of(t1, t2));
}

const parity::entry entry("121_awaiter_vs_callback_order", amain);

}  // namespace case_121

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
