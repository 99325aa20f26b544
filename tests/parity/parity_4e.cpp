// SPDX-License-Identifier: BSL-1.0
//
// timeout() and wait_for(): coinciding deadlines and cancels, swallowed expiries.
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
#include <string_view>
#include <thread>

using namespace std::chrono_literals;
using parity::create_tasks;
using parity::list_of;
using parity::print;

namespace {

// case: 450_timeouts_of_equal_deadline
namespace case_450 {

ouro::task<> inner_block(ouro::timeout_scope& inner) {
  try {
    co_await ouro::timeout(inner, []() -> ouro::task<> {
      std::this_thread::sleep_for(30ms);
      co_await ouro::sleep(10s);
    });
  } catch (const ouro::timeout_error&) {
    print("inner TimeoutError");
  }
  co_await ouro::sleep(0s);
  print("outer body goes on");
}

ouro::task<> nested(ouro::duration outer_after, ouro::duration inner_after) {
  const auto now = ouro::get_running_loop().time();
  ouro::timeout_scope outer(now + outer_after);
  ouro::timeout_scope inner(now + inner_after);
  try {
    co_await ouro::timeout(outer, [&] { return inner_block(inner); });
  } catch (const ouro::timeout_error&) {
    print("outer TimeoutError");
  }
  print(inner.expired(), outer.expired(), ouro::current_task().cancelling());
}

ouro::task<> amain() {
  print(0.01, 0.01);
  co_await nested(10ms, 10ms);
  print(0.01, 0.02);
  co_await nested(10ms, 20ms);
  print(0.02, 0.01);
  co_await nested(20ms, 10ms);
}

const parity::entry entry("450_timeouts_of_equal_deadline", amain);

}  // namespace case_450

// case: 451_timeout_and_cancel_together
namespace case_451 {

ouro::task<> work(std::string_view how) {
  if (how == "block") {
    co_await ouro::timeout(10ms, []() -> ouro::task<> { co_await ouro::sleep(10s); });
  } else if (how == "wait_for") {
    co_await ouro::wait_for(ouro::sleep(10s), 10ms);
  } else if (how == "future") {
    co_await ouro::wait_for(ouro::get_running_loop().create_future(), 10ms);
  }
}

ouro::task<> job(std::string_view how) {
  try {
    co_await work(how);
  } catch (const ouro::timeout_error&) {
    print(how, "TimeoutError");
    throw;
  } catch (const ouro::cancelled_error&) {
    print(how, "CancelledError", ouro::current_task().cancelling());
    throw;
  }
}

ouro::task<> attempt(std::string_view first, std::string_view how) {
  auto& loop = ouro::get_running_loop();
  auto t = ouro::create_task(job(how));
  if (first == "cancel") loop.call_later(5ms, [&] { t.cancel(); });
  co_await ouro::sleep(0s);
  if (first == "timeout") loop.call_later(15ms, [&] { t.cancel(); });
  std::this_thread::sleep_for(30ms);
  co_await ouro::wait(list_of(t));
  print(first, "first:", t.cancelled(), t.cancelling());
}

ouro::task<> amain() {
  for (const char* first : {"timeout", "cancel"}) {
    for (const char* how : {"block", "wait_for", "future"}) co_await attempt(first, how);
  }
}

const parity::entry entry("451_timeout_and_cancel_together", amain);

}  // namespace case_451

// case: 452_timeout_swallowed
namespace case_452 {

ouro::task<> body(ouro::timeout_scope& cm) {
  try {
    co_await ouro::sleep(10s);
  } catch (const ouro::cancelled_error&) {
    print("swallowed, cancelling", ouro::current_task().cancelling());
  }
  co_await ouro::sleep(10ms);
  print("body goes on", cm.expired());
}

ouro::task<const char*> stubborn() {
  try {
    co_await ouro::sleep(10s);
  } catch (const ouro::cancelled_error&) {
  }
  co_await ouro::sleep(0s);
  co_return "value after the deadline";
}

ouro::task<> amain() {
  ouro::timeout_scope cm(10ms);
  co_await ouro::timeout(cm, body);
  print("no error", cm.expired(), ouro::current_task().cancelling());
  try {
    cm.reschedule(std::nullopt);
  } catch (const ouro::usage_error&) {
    print("RuntimeError");
  }
  co_await ouro::sleep(0s);
  print(co_await ouro::wait_for(stubborn(), 10ms));
  print(co_await ouro::wait_for(ouro::create_task(stubborn()), 10ms));
  print("cancelling", ouro::current_task().cancelling());
}

const parity::entry entry("452_timeout_swallowed", amain);

}  // namespace case_452

// case: 453_timeout_in_task_states
namespace case_453 {

ouro::task<std::string> slow(std::string n) {
  try {
    co_await ouro::sleep(100ms);
    co_return n;
  } catch (const ouro::cancelled_error&) {
    print(n, "cancelled");
    throw;
  }
}

using handles = std::vector<ouro::task_handle<std::string>>;

template <class Make>
ouro::task<> attempt(std::string name, Make make) {
  handles ts = create_tasks(slow(name + " 0"), slow(name + " 1"));
  try {
    co_await ouro::timeout(20ms, [&]() -> ouro::task<> { static_cast<void>(co_await make(ts)); });
  } catch (const ouro::timeout_error&) {
    print(name, "TimeoutError", parity::map_list(ts, [](auto& t) { return t.cancelled(); }));
  }
  for (auto& t : ts) t.cancel();
  co_await ouro::wait(ts);
}

ouro::task<> amain() {
  co_await attempt("task", [](handles& ts) { return ts[0]; });
  co_await attempt("gather", [](handles& ts) { return ouro::gather(ts); });
  co_await attempt("collect",
                   [](handles& ts) { return ouro::gather(ouro::return_exceptions, ts); });
  co_await attempt("wait", [](handles& ts) { return ouro::wait(ts); });
  co_await attempt("shield", [](handles& ts) { return ouro::shield(ts[0]); });
  print(ouro::current_task().cancelling());
}

const parity::entry entry("453_timeout_in_task_states", amain);

}  // namespace case_453

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
