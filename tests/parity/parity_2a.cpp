// SPDX-License-Identifier: BSL-1.0
//
// Cancellation: how a request is delivered, counted, swallowed.
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/wait.hpp"

#include "tests/parity/parity.hpp"

#include <chrono>

using namespace std::chrono_literals;
using parity::finally;
using parity::list_of;
using parity::print;

namespace {

// case: 201_cancel_before_start
namespace case_201 {

ouro::task<> job() {
  print("body");
  const finally at_end([] { print("finally"); });
  co_await ouro::sleep(1s);
}

ouro::task<> amain() {
  auto t = ouro::create_task(job());
  const bool taken = t.cancel();
  print(taken, t.done());
  try {
    co_await t;
  } catch (const ouro::cancelled_error&) {
    print("CancelledError", t.cancelled());
  }
}

const parity::entry entry("201_cancel_before_start", amain);

}  // namespace case_201

// case: 202_cancel_while_sleeping
namespace case_202 {

ouro::task<> job() {
  const finally at_end([] { print("finally"); });
  try {
    print("sleep");
    co_await ouro::sleep(10s);
  } catch (const ouro::cancelled_error&) {
    print("caught");
    throw;
  }
}

ouro::task<> amain() {
  auto t = ouro::create_task(job());
  co_await ouro::sleep(0s);
  t.cancel();
  try {
    co_await t;
  } catch (const ouro::cancelled_error&) {
    print("main saw CancelledError", t.cancelled());
  }
}

const parity::entry entry("202_cancel_while_sleeping", amain);

}  // namespace case_202

// case: 204_cancel_is_a_request
namespace case_204 {

ouro::task<> job(int n) {
  try {
    co_await ouro::sleep(10s);
  } catch (const ouro::cancelled_error&) {
    print("handler", n);
    throw;
  }
}

ouro::task<> amain() {
  std::vector<ouro::task_handle<>> ts;
  for (int i = 0; i < 3; ++i) ts.push_back(ouro::create_task(job(i)));
  co_await ouro::sleep(0s);
  for (std::size_t i : {2U, 0U, 1U}) {
    ts[i].cancel();
    print("requested", i);
  }
  co_await ouro::wait(ts);
}

const parity::entry entry("204_cancel_is_a_request", amain);

}  // namespace case_204

// case: 205_cancel_goes_to_innermost
namespace case_205 {

ouro::task<> inner() {
  const finally at_end([] { print("inner finally"); });
  co_await ouro::sleep(10s);
}

ouro::task<> outer(ouro::task_handle<> t) {
  const finally at_end([] { print("outer finally"); });
  co_await t;
}

ouro::task<> amain() {
  auto i = ouro::create_task(inner());
  auto o = ouro::create_task(outer(i));
  co_await ouro::sleep(0s);
  co_await ouro::sleep(0s);
  o.cancel();
  co_await ouro::wait(list_of(o));
  print(i.cancelled(), o.cancelled(), i.cancelling(), o.cancelling());
}

const parity::entry entry("205_cancel_goes_to_innermost", amain);

}  // namespace case_205

// case: 206_cancel_shared_task
namespace case_206 {

ouro::task<> shared() { co_await ouro::sleep(10s); }

ouro::task<> user(int n, ouro::task_handle<> t) {
  try {
    co_await t;
  } catch (const ouro::cancelled_error&) {
    print("user", n, "CancelledError, cancelling =", ouro::current_task().cancelling());
    throw;
  }
}

ouro::task<> amain() {
  auto s = ouro::create_task(shared());
  std::vector<ouro::task_handle<>> us;
  for (int i = 0; i < 2; ++i) us.push_back(ouro::create_task(user(i, s)));
  co_await ouro::sleep(0s);
  us[0].cancel();
  co_await ouro::wait(us);
  print(s.cancelled(), us[0].cancelled(), us[1].cancelled());
}

const parity::entry entry("206_cancel_shared_task", amain);

}  // namespace case_206

// case: 207_cancel_swallowed
namespace case_207 {

ouro::task<std::string> job() {
  bool caught = false;
  try {
    co_await ouro::sleep(10s);
  } catch (const ouro::cancelled_error&) {
    caught = true;
  }
  if (caught) {
    co_await ouro::sleep(0s);
    co_return "survived";
  }
  co_return "";
}

ouro::task<> amain() {
  auto t = ouro::create_task(job());
  co_await ouro::sleep(0s);
  t.cancel();
  const std::string result = co_await t;
  print(result, t.cancelled(), t.cancelling());
}

const parity::entry entry("207_cancel_swallowed", amain);

}  // namespace case_207

// case: 209_cancel_twice_before_delivery
namespace case_209 {

ouro::task<int> job() {
  int hits = 0;
  try {
    co_await ouro::sleep(10s);
  } catch (const ouro::cancelled_error&) {
    hits += 1;
  }
  try {
    co_await ouro::sleep(5ms);
  } catch (const ouro::cancelled_error&) {
    hits += 1;
  }
  co_return hits;
}

ouro::task<> amain() {
  auto t = ouro::create_task(job());
  co_await ouro::sleep(0s);
  t.cancel();
  t.cancel();
  print("cancelling", t.cancelling());
  print("hits", co_await t);
}

const parity::entry entry("209_cancel_twice_before_delivery", amain);

}  // namespace case_209

// case: 210_uncancel_counts
namespace case_210 {

ouro::task<std::string> job() {
  auto t = ouro::current_task();
  try {
    co_await ouro::sleep(10s);
  } catch (const ouro::cancelled_error&) {
    print("delivered, cancelling", t.cancelling());
    print("uncancel ->", t.uncancel());
    print("uncancel ->", t.uncancel());
    print("uncancel ->", t.uncancel());
  }
  co_await ouro::sleep(5ms);
  co_return "fine";
}

ouro::task<> amain() {
  auto t = ouro::create_task(job());
  co_await ouro::sleep(0s);
  t.cancel();
  t.cancel();
  const std::string result = co_await t;
  print(result, t.cancelling());
}

const parity::entry entry("210_uncancel_counts", amain);

}  // namespace case_210

// case: 211_cancel_during_finally
namespace case_211 {

ouro::task<> job() {
  std::exception_ptr error;
  try {
    co_await ouro::sleep(10s);
  } catch (...) {
    error = std::current_exception();
  }
  print("cleanup start");
  {
    const finally at_end([] { print("cleanup interrupted"); });
    co_await ouro::sleep(10s);
    print("not reached");
  }
  if (error) std::rethrow_exception(error);
}

ouro::task<> amain() {
  auto t = ouro::create_task(job());
  co_await ouro::sleep(0s);
  t.cancel();
  co_await ouro::sleep(0s);
  print("second cancel");
  t.cancel();
  co_await ouro::wait(list_of(t));
  print(t.cancelled(), t.cancelling());
}

const parity::entry entry("211_cancel_during_finally", amain);

}  // namespace case_211

// case: 212_cancel_message
namespace case_212 {

ouro::task<> job() {
  try {
    co_await ouro::sleep(10s);
  } catch (const ouro::cancelled_error& e) {
    print("inside:", parity::args_of(e));
    throw;
  }
}

ouro::task<> amain() {
  auto t = ouro::create_task(job());
  co_await ouro::sleep(0s);
  t.cancel("shutting down");
  try {
    co_await t;
  } catch (const ouro::cancelled_error& e) {
    print("outside:", parity::args_of(e));
  }
  auto u = ouro::create_task(job());
  co_await ouro::sleep(0s);
  u.cancel();
  try {
    co_await u;
  } catch (const ouro::cancelled_error& e) {
    print("no message:", parity::args_of(e).size());
  }
}

const parity::entry entry("212_cancel_message", amain);

}  // namespace case_212

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
