// SPDX-License-Identifier: BSL-1.0
//
// Cancellation: of those who wait for others, and at odd moments.
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/shield.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/wait.hpp"

#include "tests/parity/parity.hpp"

#include <chrono>

using namespace std::chrono_literals;
using parity::finally;
using parity::list_of;
using parity::print;

namespace {

// case: 218_cancel_gather_outer
namespace case_218 {

ouro::task<> c(int n, ouro::duration d) {
  try {
    co_await ouro::sleep(d);
    print("done", n);
  } catch (const ouro::cancelled_error&) {
    print("cancelled", n);
    throw;
  }
}

ouro::task<> outer(std::vector<ouro::task_handle<>>& ts) { co_await ouro::gather(ts); }

ouro::task<> amain() {
  std::vector<ouro::task_handle<>> ts;
  ts.push_back(ouro::create_task(c(0, 0s)));
  ts.push_back(ouro::create_task(c(1, 10s)));
  ts.push_back(ouro::create_task(c(2, 10s)));
  auto o = ouro::create_task(outer(ts));
  co_await ouro::sleep(20ms);
  o.cancel();
  co_await ouro::wait(list_of(o));
  print(o.cancelled(), parity::map_list(ts, [](auto& t) { return t.cancelled(); }));
}

const parity::entry entry("218_cancel_gather_outer", amain);

}  // namespace case_218

// case: 219_cancel_through_shield
namespace case_219 {

ouro::task<std::string> work() {
  co_await ouro::sleep(150ms);
  print("work finished");
  co_return "value";
}

ouro::task<> outer(ouro::task_handle<std::string> inner) {
  try {
    co_await ouro::shield(inner);
  } catch (const ouro::cancelled_error&) {
    print("outer cancelled, inner done:", inner.done());
    throw;
  }
}

ouro::task<> amain() {
  auto inner = ouro::create_task(work());
  auto o = ouro::create_task(outer(inner));
  co_await ouro::sleep(0s);
  o.cancel();
  co_await ouro::wait(list_of(o));
  print(o.cancelled(), co_await inner);
}

const parity::entry entry("219_cancel_through_shield", amain);

}  // namespace case_219

// case: 220_cancel_self_at_next_await
namespace case_220 {

ouro::task<> job() {
  ouro::current_task().cancel();
  print("still running");
  auto f = ouro::get_running_loop().create_future<std::string>();
  f.set_result("done future");
  print("await of a done future does not raise:", co_await f);
  try {
    co_await ouro::sleep(0s);
    print("not reached");
  } catch (const ouro::cancelled_error&) {
    print("raised at sleep(0)");
    throw;
  }
}

ouro::task<> amain() {
  auto t = ouro::create_task(job());
  co_await ouro::wait(list_of(t));
  print(t.cancelled());
}

const parity::entry entry("220_cancel_self_at_next_await", amain);

}  // namespace case_220

// case: 222_cancel_turned_into_error
namespace case_222 {

ouro::task<> job() {
  try {
    co_await ouro::sleep(10s);
  } catch (const ouro::cancelled_error&) {
    throw parity::value_error("cleanup failed");
  }
}

ouro::task<> amain() {
  auto t = ouro::create_task(job());
  co_await ouro::sleep(0s);
  t.cancel();
  co_await ouro::wait(list_of(t));
  print(t.cancelled(), parity::py_name(t.exception()), t.exception());
}

const parity::entry entry("222_cancel_turned_into_error", amain);

}  // namespace case_222

// case: 223_cancel_beats_undelivered_result
namespace case_223 {

ouro::task<> job(ouro::future<std::string> f) {
  try {
    print("got", co_await f);
  } catch (const ouro::cancelled_error&) {
    print("cancelled although the future has", f.result());
    throw;
  }
}

ouro::task<> amain() {
  auto f = ouro::get_running_loop().create_future<std::string>();
  auto t = ouro::create_task(job(f));
  co_await ouro::sleep(0s);
  f.set_result("value");
  t.cancel();
  co_await ouro::wait(list_of(t));
  print(t.cancelled());
}

const parity::entry entry("223_cancel_beats_undelivered_result", amain);

}  // namespace case_223

// case: 225_not_caught_as_exception
namespace case_225 {

ouro::task<> job() {
  const finally at_end([] { print("finally"); });
  try {
    co_await ouro::sleep(10s);
  } catch (const std::exception&) {
    print("wrongly caught", parity::py_name(std::current_exception()));
  }
}

ouro::task<> amain() {
  auto t = ouro::create_task(job());
  co_await ouro::sleep(0s);
  t.cancel();
  co_await ouro::wait(list_of(t));
  print(t.cancelled());
}

const parity::entry entry("225_not_caught_as_exception", amain);

}  // namespace case_225

// case: 227_cancel_wait_leaves_children
namespace case_227 {

ouro::task<> c(int n) {
  co_await ouro::sleep(150ms);
  print("child finished", n);
}

ouro::task<> outer(std::vector<ouro::task_handle<>>& ts) { co_await ouro::wait(ts); }

ouro::task<> amain() {
  std::vector<ouro::task_handle<>> ts;
  for (int i = 0; i < 2; ++i) ts.push_back(ouro::create_task(c(i)));
  auto o = ouro::create_task(outer(ts));
  co_await ouro::sleep(0s);
  o.cancel();
  try {
    co_await o;
  } catch (const ouro::cancelled_error&) {
    print("wait cancelled");
  }
  print(parity::map_list(ts, [](auto& t) { return t.cancelled(); }));
  co_await ouro::gather(ts);
}

const parity::entry entry("227_cancel_wait_leaves_children", amain);

}  // namespace case_227

// case: 229_unwind_order_in_coroutines
namespace case_229 {

// async with CM(n): …
template <class Body>
ouro::task<> with_cm(const char* n, Body body) {
  print("enter", n);
  std::exception_ptr error;
  try {
    co_await body();
  } catch (...) {
    error = std::current_exception();
  }
  co_await ouro::sleep(0s);
  print("exit", n, parity::py_name(error));
  if (error) std::rethrow_exception(error);
}

ouro::task<> leaf() {
  co_await with_cm("leaf", [] { return ouro::sleep(10s); });
}

ouro::task<> mid() { co_await with_cm("mid", leaf); }

ouro::task<> amain() {
  auto t = ouro::create_task(mid());
  co_await ouro::sleep(10ms);
  t.cancel();
  co_await ouro::wait(list_of(t));
  print(t.cancelled());
}

const parity::entry entry("229_unwind_order_in_coroutines", amain);

}  // namespace case_229

// case: 230_awaiter_cancel_while_inner_cleans
namespace case_230 {

ouro::task<> inner() {
  std::exception_ptr error;
  try {
    co_await ouro::sleep(10s);
  } catch (...) {
    error = std::current_exception();
  }
  co_await ouro::sleep(20ms);
  print("inner cleaned");
  if (error) std::rethrow_exception(error);
}

ouro::task<> outer(ouro::task_handle<> t) {
  try {
    co_await t;
  } catch (const ouro::cancelled_error&) {
    print("outer resumes");
    throw;
  }
}

ouro::task<> amain() {
  auto i = ouro::create_task(inner());
  auto o = ouro::create_task(outer(i));
  co_await ouro::sleep(10ms);
  o.cancel();
  co_await ouro::sleep(0s);
  co_await ouro::sleep(0s);
  print("outer done early?", o.done());
  co_await ouro::wait(list_of(o));
  print(i.cancelled(), o.cancelled());
}

const parity::entry entry("230_awaiter_cancel_while_inner_cleans", amain);

}  // namespace case_230

// case: 233_cancel_inside_async_with_exit
namespace case_233 {

// async with CM(): …
template <class Body>
ouro::task<> with_cm(Body body) {
  print("enter");
  std::exception_ptr error;
  try {
    body();
  } catch (...) {
    error = std::current_exception();
  }
  try {
    print("exit begins, error:", error);
    co_await ouro::sleep(10s);
  } catch (const ouro::cancelled_error&) {
    print("exit interrupted");
    throw;
  }
}

ouro::task<> job() {
  co_await with_cm([] { print("body done"); });
}

ouro::task<> amain() {
  auto t = ouro::create_task(job());
  co_await ouro::sleep(10ms);
  t.cancel();
  co_await ouro::wait(list_of(t));
  print(t.cancelled());
}

const parity::entry entry("233_cancel_inside_async_with_exit", amain);

}  // namespace case_233

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
