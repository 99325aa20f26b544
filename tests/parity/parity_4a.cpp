// SPDX-License-Identifier: BSL-1.0
//
// wait_for() and timeout().
#include "ouro/loop/event_loop.hpp"
#include "ouro/sync/event.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/shield.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/timeout.hpp"
#include "ouro/task/wait.hpp"
#include "ouro/task/wait_for.hpp"

#include "tests/parity/parity.hpp"

#include <chrono>

using namespace std::chrono_literals;
using parity::finally;
using parity::list_of;
using parity::print;

namespace {

// case: 401_wait_for_result
namespace case_401 {

ouro::task<std::string> c(ouro::duration d, bool fail = false) {
  co_await ouro::sleep(d);
  if (fail) throw parity::value_error("inner");
  co_return "value";
}

ouro::task<> amain() {
  print(co_await ouro::wait_for(c(0s), 5s));
  print(co_await ouro::wait_for(c(10ms), 5s));
  try {
    co_await ouro::wait_for(c(0s, true), 5s);
  } catch (const parity::value_error& e) {
    print("ValueError", e.what());
  }
}

const parity::entry entry("401_wait_for_result", amain);

}  // namespace case_401

// case: 402_wait_for_timeout_cancels
namespace case_402 {

ouro::task<> c() {
  const finally at_end([] { print("inner finally"); });
  try {
    co_await ouro::sleep(10s);
  } catch (const ouro::cancelled_error&) {
    print("inner cancelled");
    throw;
  }
}

ouro::task<> amain() {
  try {
    co_await ouro::wait_for(c(), 20ms);
  } catch (const ouro::timeout_error&) {
    print("TimeoutError; cancelling", ouro::current_task().cancelling());
  }
}

const parity::entry entry("402_wait_for_timeout_cancels", amain);

}  // namespace case_402

// case: 403_wait_for_waits_for_cleanup
namespace case_403 {

ouro::task<> c() {
  std::exception_ptr error;
  try {
    co_await ouro::sleep(10s);
  } catch (...) {
    error = std::current_exception();
  }
  co_await ouro::sleep(100ms);
  print("slow cleanup done");
  if (error) std::rethrow_exception(error);
}

ouro::task<> amain() {
  const auto t0 = ouro::clock::now();
  try {
    co_await ouro::wait_for(c(), 20ms);
  } catch (const ouro::timeout_error&) {
    print("TimeoutError, took cleanup too:", ouro::clock::now() - t0 >= 115ms);
  }
}

const parity::entry entry("403_wait_for_waits_for_cleanup", amain);

}  // namespace case_403

// case: 405_wait_for_zero
namespace case_405 {

ouro::task<> c() {
  print("never printed");
  co_return;
}

ouro::task<> amain() {
  for (ouro::duration t : {0s, -1s}) {
    try {
      co_await ouro::wait_for(c(), t);
    } catch (const ouro::timeout_error&) {
      print("TimeoutError");
    }
  }
  auto f = ouro::get_running_loop().create_future();
  try {
    co_await ouro::wait_for(f, 0s);
  } catch (const ouro::timeout_error&) {
    print("TimeoutError", f.cancelled());
  }
}

const parity::entry entry("405_wait_for_zero", amain);

}  // namespace case_405

// case: 407_wait_for_none
namespace case_407 {

ouro::task<> amain() {
  print(co_await ouro::wait_for(ouro::sleep(30ms, "v"), std::nullopt));
  auto f = ouro::get_running_loop().create_future<std::string>();
  ouro::get_running_loop().call_later(10ms, [f] { f.set_result("f"); });
  print(co_await ouro::wait_for(f, std::nullopt));
}

const parity::entry entry("407_wait_for_none", amain);

}  // namespace case_407

// case: 408_wait_for_outer_cancel
namespace case_408 {

ouro::task<> c() {
  const finally at_end([] { print("inner finally"); });
  co_await ouro::sleep(10s);
}

ouro::task<> outer() {
  try {
    co_await ouro::wait_for(c(), 5s);
  } catch (const ouro::timeout_error&) {
    print("wrong");
  } catch (const ouro::cancelled_error&) {
    print("CancelledError");
    throw;
  }
}

ouro::task<> amain() {
  auto t = ouro::create_task(outer());
  co_await ouro::sleep(10ms);
  t.cancel();
  co_await ouro::wait(list_of(t));
  print(t.cancelled());
}

const parity::entry entry("408_wait_for_outer_cancel", amain);

}  // namespace case_408

// case: 409_wait_for_inner_raises_on_cancel
namespace case_409 {

ouro::task<> c() {
  try {
    co_await ouro::sleep(10s);
  } catch (const ouro::cancelled_error&) {
    throw parity::key_error("cleanup");
  }
}

ouro::task<> amain() {
  try {
    co_await ouro::wait_for(c(), 20ms);
  } catch (const ouro::timeout_error&) {
    print("wrong");
  } catch (const parity::key_error& e) {
    print("KeyError", e.what());
  }
}

const parity::entry entry("409_wait_for_inner_raises_on_cancel", amain);

}  // namespace case_409

// case: 411_timeout_block
namespace case_411 {

ouro::task<> amain() {
  ouro::timeout_scope cm(20ms);
  try {
    co_await ouro::timeout(cm, [&]() -> ouro::task<> {
      try {
        co_await ouro::sleep(10s);
      } catch (const ouro::cancelled_error&) {
        print("body saw CancelledError, expired", cm.expired());
        throw;
      }
    });
  } catch (const ouro::timeout_error&) {
    print("TimeoutError, expired", cm.expired());
  }
  print("cancelling", ouro::current_task().cancelling());
  co_await ouro::sleep(0s);
  print("task goes on");
}

const parity::entry entry("411_timeout_block", amain);

}  // namespace case_411

// case: 413_timeout_reschedule
namespace case_413 {

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  ouro::timeout_scope cm(30ms);
  co_await ouro::timeout(cm, [&]() -> ouro::task<> {
    cm.reschedule(loop.time() + 5s);
    co_await ouro::sleep(60ms);
    print("survived the first deadline");
  });
  print("expired", cm.expired());
  ouro::timeout_scope shortened(5s);
  try {
    co_await ouro::timeout(shortened, [&]() -> ouro::task<> {
      shortened.reschedule(loop.time() + 10ms);
      co_await ouro::sleep(10s);
    });
  } catch (const ouro::timeout_error&) {
    print("TimeoutError after shortening", shortened.expired());
  }
}

const parity::entry entry("413_timeout_reschedule", amain);

}  // namespace case_413

// case: 414_timeout_nested_inner_first
namespace case_414 {

ouro::task<> amain() {
  ouro::timeout_scope outer(5s);
  ouro::timeout_scope inner(20ms);
  co_await ouro::timeout(outer, [&]() -> ouro::task<> {
    try {
      co_await ouro::timeout(inner, []() -> ouro::task<> { co_await ouro::sleep(10s); });
    } catch (const ouro::timeout_error&) {
      print("inner TimeoutError");
    }
    co_await ouro::sleep(10ms);
    print("outer body continues");
  });
  print(inner.expired(), outer.expired());
}

const parity::entry entry("414_timeout_nested_inner_first", amain);

}  // namespace case_414

// case: 415_timeout_nested_outer_first
namespace case_415 {

ouro::task<> body(ouro::timeout_scope& inner) {
  try {
    co_await ouro::timeout(inner, []() -> ouro::task<> { co_await ouro::sleep(10s); });
  } catch (const ouro::timeout_error&) {
    print("wrong: inner");
  } catch (const ouro::cancelled_error&) {
    print("inner block left by CancelledError");
    throw;
  }
}

ouro::task<> amain() {
  ouro::timeout_scope outer(20ms);
  ouro::timeout_scope inner(5s);
  try {
    co_await ouro::timeout(outer, [&] { return body(inner); });
  } catch (const ouro::timeout_error&) {
    print("outer TimeoutError");
  }
  print(inner.expired(), outer.expired(), ouro::current_task().cancelling());
}

const parity::entry entry("415_timeout_nested_outer_first", amain);

}  // namespace case_415

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
