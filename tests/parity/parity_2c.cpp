// SPDX-License-Identifier: BSL-1.0
//
// Cancellation: messages, pending requests, every state of a task.
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/shield.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/timeout.hpp"
#include "ouro/task/wait.hpp"
#include "ouro/task/wait_for.hpp"

#include "tests/parity/parity.hpp"

#include <chrono>

using namespace std::chrono_literals;
using parity::list_of;
using parity::print;

namespace {

// case: 250_cancel_messages
namespace case_250 {

ouro::task<> job(const char* n) {
  try {
    co_await ouro::sleep(10s);
  } catch (const ouro::cancelled_error& e) {
    print(n, "inside:", parity::args_of(e));
    throw;
  }
}

ouro::task<> cancelled_with_message(const char* n, ouro::task_handle<> t) {
  try {
    co_await t;
  } catch (const ouro::cancelled_error& e) {
    print(n, "outside:", parity::args_of(e));
  }
}

ouro::task<> through(const char* n, ouro::task<> coroutine) {
  auto t = ouro::create_task(std::move(coroutine));
  co_await ouro::sleep(0s);
  co_await ouro::sleep(0s);
  t.cancel(std::string("msg ") + n);
  co_await cancelled_with_message(n, t);
}

ouro::task<> nest() { co_await ouro::create_task(job("nested")); }
ouro::task<> wait_for() { co_await ouro::wait_for(job("wait_for"), 5s); }
ouro::task<> block() {
  co_await ouro::timeout(5s, []() -> ouro::task<> { co_await job("timeout"); });
}
ouro::task<> shield(ouro::task_handle<> inner) { co_await ouro::shield(inner); }

ouro::task<> amain() {
  auto t = ouro::create_task(job("unstarted"));
  t.cancel("early");
  co_await cancelled_with_message("unstarted", t);
  co_await through("nested", nest());
  co_await through("wait_for", wait_for());
  co_await through("timeout", block());
  auto inner = ouro::create_task(job("shield"));
  co_await through("shield", shield(inner));
  inner.cancel();
  co_await ouro::wait(list_of(inner));
}

const parity::entry entry("250_cancel_messages", amain);

}  // namespace case_250

// case: 251_cancel_message_gather
namespace case_251 {

ouro::task<> job(const char* n) {
  try {
    co_await ouro::sleep(10s);
  } catch (const ouro::cancelled_error& e) {
    print(n, "inside:", parity::args_of(e));
    throw;
  }
}

ouro::task<> outer() { co_await ouro::gather(job("a"), job("b")); }

ouro::task<> waiter(ouro::future<> f) {
  try {
    co_await f;
  } catch (const ouro::cancelled_error& e) {
    print("waiter:", parity::args_of(e));
  }
}

ouro::task<> amain() {
  auto t = ouro::create_task(outer());
  co_await ouro::sleep(0s);
  co_await ouro::sleep(0s);
  t.cancel("stop");
  try {
    co_await t;
  } catch (const ouro::cancelled_error& e) {
    print("outside:", parity::args_of(e));
  }
  auto f = ouro::get_running_loop().create_future();
  t = ouro::create_task(waiter(f));
  co_await ouro::sleep(0s);
  f.cancel("future message");
  co_await t;
  try {
    f.result();
  } catch (const ouro::cancelled_error& e) {
    print("result:", parity::args_of(e));
  }
}

const parity::entry entry("251_cancel_message_gather", amain);

}  // namespace case_251

// case: 252_self_cancel_then_suspend
namespace case_252 {

template <class Make>
ouro::task<> job(const char* n, Make make) {
  ouro::current_task().cancel();
  try {
    static_cast<void>(co_await make());
    print(n, "not reached");
  } catch (const ouro::cancelled_error&) {
    print(n, "cancelled");
  }
}

ouro::task<> hang() {
  try {
    co_await ouro::sleep(10s);
  } catch (const ouro::cancelled_error&) {
    print("inner cancelled");
    throw;
  }
}

template <class Make>
ouro::task<> attempt(const char* n, Make make) {
  auto& loop = ouro::get_running_loop();
  auto t = ouro::create_task(job(n, make));
  loop.call_soon([n] { print(n, "soon"); });
  loop.call_soon([&, n] { loop.call_soon([n] { print(n, "later"); }); });
  co_await ouro::wait(list_of(t));
}

ouro::future<> fresh_future() { return ouro::get_running_loop().create_future(); }

ouro::task<> amain() {
  auto f = fresh_future();
  co_await attempt("sleep 0", [] { return ouro::sleep(0s); });
  co_await attempt("future", [&] { return f; });
  co_await attempt("task", [] { return ouro::create_task(hang()); });
  co_await attempt("gather", [] { return ouro::gather(hang(), hang()); });
  co_await attempt("shield", [] { return ouro::shield(fresh_future()); });
  co_await attempt("wait_for", [] { return ouro::wait_for(fresh_future(), 5s); });
  print("future cancelled", f.cancelled());
}

const parity::entry entry("252_self_cancel_then_suspend", amain);

}  // namespace case_252

// case: 253_cancel_in_every_state
namespace case_253 {

ouro::task<const char*> child() {
  co_await ouro::sleep(0s);
  co_return "child value";
}

template <class Make>
ouro::task<> job(const char* n, Make make) {
  try {
    static_cast<void>(co_await make());
    print(n, "goes on");
  } catch (const ouro::cancelled_error&) {
    print(n, "cancelled");
    throw;
  }
}

template <class Make>
ouro::task<> attempt(const char* n, Make make, int turns) {
  auto t = ouro::create_task(job(n, make));
  for (int i = 0; i < turns; ++i) co_await ouro::sleep(0s);
  const bool taken = t.cancel();
  co_await ouro::wait(list_of(t));
  print(n, "turns", turns, "taken", taken, "cancelled", t.cancelled(), t.cancelling());
}

ouro::task<> amain() {
  for (int turns = 0; turns < 4; ++turns) {
    co_await attempt("yield", [] { return ouro::sleep(0s, "y"); }, turns);
  }
  for (int turns = 0; turns < 6; ++turns) {
    co_await attempt("task", [] { return ouro::create_task(child()); }, turns);
  }
  for (int turns = 0; turns < 7; ++turns) {
    co_await attempt("gather", [] { return ouro::gather(child(), child()); }, turns);
  }
}

const parity::entry entry("253_cancel_in_every_state", amain);

}  // namespace case_253

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
