// SPDX-License-Identifier: BSL-1.0
//
// timeout(): errors, cancels from outside, limits, retries.
#include "ouro/loop/event_loop.hpp"
#include "ouro/sync/event.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/shield.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/timeout.hpp"
#include "ouro/task/wait.hpp"

#include "tests/parity/parity.hpp"

#include <chrono>

using namespace std::chrono_literals;
using parity::list_of;
using parity::print;

namespace {

// case: 417_timeout_none
namespace case_417 {

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  co_await ouro::timeout(std::nullopt, [&](ouro::timeout_scope& cm) -> ouro::task<> {
    print("when", cm.when() ? "a time" : "None");
    co_await ouro::sleep(10ms);
    const auto t = loop.time() + 9s;
    cm.reschedule(t);
    print("set", cm.when() == t);
  });
  ouro::timeout_scope cm(20ms);
  co_await ouro::timeout(cm, [&]() -> ouro::task<> {
    cm.reschedule(std::nullopt);
    co_await ouro::sleep(50ms);
  });
  print("expired", cm.expired());
}

const parity::entry entry("417_timeout_none", amain);

}  // namespace case_417

// case: 419_timeout_body_error
namespace case_419 {

ouro::task<> during_expiry() {
  try {
    co_await ouro::sleep(10s);
  } catch (const ouro::cancelled_error&) {
    throw parity::key_error("during expiry");
  }
}

ouro::task<> amain() {
  try {
    co_await ouro::timeout(5s, []() -> ouro::task<> {
      throw parity::value_error("plain");
      co_return;
    });
  } catch (const parity::value_error& e) {
    print("ValueError", e.what());
  }
  try {
    co_await ouro::timeout(10ms, during_expiry);
  } catch (const parity::key_error& e) {
    print("KeyError", e.what());
  }
  print("cancelling", ouro::current_task().cancelling());
}

const parity::entry entry("419_timeout_body_error", amain);

}  // namespace case_419

// case: 420_timeout_vs_external_cancel
namespace case_420 {

ouro::task<> job() {
  ouro::timeout_scope cm(5s);
  try {
    co_await ouro::timeout(cm, []() -> ouro::task<> { co_await ouro::sleep(10s); });
  } catch (const ouro::timeout_error&) {
    print("wrong");
  } catch (const ouro::cancelled_error&) {
    print("CancelledError, expired", cm.expired());
    throw;
  }
}

ouro::task<> amain() {
  auto t = ouro::create_task(job());
  co_await ouro::sleep(10ms);
  t.cancel();
  co_await ouro::wait(list_of(t));
  print(t.cancelled(), t.cancelling());
}

const parity::entry entry("420_timeout_vs_external_cancel", amain);

}  // namespace case_420

// case: 422_timeout_zero_sync_body
namespace case_422 {

ouro::task<> amain() {
  ouro::timeout_scope cm(0s);
  co_await ouro::timeout(cm, []() -> ouro::task<> {
    print("sync body done");
    co_return;
  });
  print("expired", cm.expired());
  try {
    co_await ouro::timeout(0s, []() -> ouro::task<> {
      co_await ouro::sleep(10ms);
      print("not reached");
    });
  } catch (const ouro::timeout_error&) {
    print("TimeoutError");
  }
}

const parity::entry entry("422_timeout_zero_sync_body", amain);

}  // namespace case_422

// case: 424_timeout_in_loop_with_retry
namespace case_424 {

ouro::task<std::string> flaky(int n) {
  co_await ouro::sleep(n < 2 ? 10s : 0s);
  co_return "ok on attempt " + std::to_string(n);
}

ouro::task<> amain() {
  for (int n = 0; n < 4; ++n) {
    try {
      co_await ouro::timeout(20ms, [&]() -> ouro::task<> { print(co_await flaky(n)); });
      break;
    } catch (const ouro::timeout_error&) {
      print("attempt", n, "timed out", ouro::current_task().cancelling());
    }
  }
}

const parity::entry entry("424_timeout_in_loop_with_retry", amain);

}  // namespace case_424

// case: 425_timeout_around_shield
namespace case_425 {

ouro::task<std::string> work(ouro::event& ev) {
  co_await ev.wait();
  co_return "finished anyway";
}

ouro::task<> amain() {
  ouro::event ev;
  auto t = ouro::create_task(work(ev));
  try {
    co_await ouro::timeout(20ms, [&]() -> ouro::task<> { co_await ouro::shield(t); });
  } catch (const ouro::timeout_error&) {
    print("TimeoutError, work done:", t.done());
  }
  ev.set();
  print(co_await t);
}

const parity::entry entry("425_timeout_around_shield", amain);

}  // namespace case_425

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
