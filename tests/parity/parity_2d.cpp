// SPDX-License-Identifier: BSL-1.0
//
// Cancellation: chains of tasks, races with results, withdrawn requests.
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/wait.hpp"

#include "tests/parity/parity.hpp"

#include <chrono>

using namespace std::chrono_literals;
using parity::list_of;
using parity::print;

namespace {

// case: 254_cancel_chain_swallow
namespace case_254 {

ouro::task<const char*> c() {
  for (int i = 0; i < 2; ++i) {
    try {
      co_await ouro::sleep(10s);
    } catch (const ouro::cancelled_error&) {
      print("c caught", i);
    }
  }
  co_await ouro::sleep(0s);
  co_return "c done";
}

ouro::task<const char*> b(ouro::task_handle<const char*> t) {
  try {
    co_return co_await t;
  } catch (const ouro::cancelled_error&) {
    print("b cancelled");
    throw;
  }
}

ouro::task<const char*> a(ouro::task_handle<const char*> t) {
  try {
    const char* r = co_await t;
    co_await ouro::sleep(0s);
    print("a goes on");
    co_return r;
  } catch (const ouro::cancelled_error&) {
    print("a cancelled");
    throw;
  }
}

ouro::task<> amain() {
  auto tc = ouro::create_task(c());
  auto tb = ouro::create_task(b(tc));
  auto ta = ouro::create_task(a(tb));
  for (int i = 0; i < 3; ++i) co_await ouro::sleep(0s);
  for (int i = 0; i < 2; ++i) {
    ta.cancel();
    co_await ouro::sleep(0s);
  }
  const char* r = co_await ta;
  print(r, ta.cancelling() == 2 && tb.cancelling() == 2 && tc.cancelling() == 2);
}

const parity::entry entry("254_cancel_chain_swallow", amain);

}  // namespace case_254

// case: 255_cancel_races_with_wakeup
namespace case_255 {

ouro::task<> w(const char* n, ouro::future<int> f) {
  try {
    print(n, "got", co_await f);
  } catch (const ouro::cancelled_error&) {
    print(n, "cancelled; future", f.cancelled() ? "cancelled" : std::to_string(f.result()));
  }
}

struct attempt {
  explicit attempt(const char* n)
      : f(ouro::get_running_loop().create_future<int>()), t(ouro::create_task(w(n, f))) {}
  ouro::future<int> f;
  ouro::task_handle<> t;
};

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  attempt first("result then cancel");
  co_await ouro::sleep(0s);
  loop.call_soon([&] { first.f.set_result(1); });
  loop.call_soon([&] { first.t.cancel(); });
  co_await ouro::wait(list_of(first.t));
  attempt second("cancel then result");
  co_await ouro::sleep(0s);
  loop.call_soon([&] { second.t.cancel(); });
  loop.call_soon([&] {
    if (!second.f.done()) second.f.set_result(2);
  });
  co_await ouro::wait(list_of(second.t));
  attempt before("cancel from a done callback before the awaiter");
  before.f.add_done_callback([&] { before.t.cancel(); });
  co_await ouro::sleep(0s);
  before.f.set_result(3);
  co_await ouro::wait(list_of(before.t));
  attempt after("cancel from a done callback after the awaiter");
  co_await ouro::sleep(0s);
  after.f.add_done_callback([&] { print("late cancel", after.t.cancel()); });
  after.f.set_result(4);
  co_await ouro::wait(list_of(after.t));
  attempt both("future cancelled, then the task");
  co_await ouro::sleep(0s);
  both.f.cancel();
  print("task cancel", both.t.cancel());
  co_await ouro::wait(list_of(both.t));
  print("cancelling", both.t.cancelling());
}

const parity::entry entry("255_cancel_races_with_wakeup", amain);

}  // namespace case_255

// case: 256_cancel_on_the_way_out
namespace case_256 {

ouro::task<int> ret() {
  ouro::current_task().cancel("me");
  co_return 1;
}

ouro::task<int> err() {
  ouro::current_task().cancel();
  throw parity::value_error("own error");
  co_return 0;
}

ouro::task<> amain() {
  for (auto c : {ret, err}) {
    auto t = ouro::create_task(c());
    co_await ouro::wait(list_of(t));
    print(t.cancelled(), t.cancelling());
    try {
      co_await t;
    } catch (const parity::value_error& e) {
      print("ValueError", e.what());
    } catch (const ouro::cancelled_error& e) {
      print("CancelledError", parity::args_of(e));
    }
  }
}

const parity::entry entry("256_cancel_on_the_way_out", amain);

}  // namespace case_256

// case: 257_uncancel_before_delivery
namespace case_257 {

ouro::task<> job() {
  auto t = ouro::current_task();
  t.cancel();
  print("uncancel", t.uncancel());
  try {
    co_await ouro::sleep(0s);
    print("goes on");
  } catch (const ouro::cancelled_error&) {
    print("cancelled all the same");
  }
}

ouro::task<> amain() { co_await ouro::create_task(job()); }

const parity::entry entry("257_uncancel_before_delivery", amain);

}  // namespace case_257

// case: 258_cancel_during_cleanup_of_chain
namespace case_258 {

ouro::task<> inner(const char* n) {
  std::exception_ptr error;
  try {
    co_await ouro::sleep(10s);
  } catch (...) {
    error = std::current_exception();
  }
  print(n, "cleanup");
  try {
    co_await ouro::sleep(10s);
  } catch (const ouro::cancelled_error&) {
    print(n, "cleanup interrupted");
    throw;
  }
  if (error) std::rethrow_exception(error);
}

template <class Make>
ouro::task<> outer(const char* n, Make make) {
  try {
    co_await make();
  } catch (const ouro::cancelled_error&) {
    print(n, "outer ends");
    throw;
  }
}

template <class Make>
ouro::task<> attempt(const char* n, Make make) {
  auto t = ouro::create_task(outer(n, make));
  for (int i = 0; i < 3; ++i) co_await ouro::sleep(0s);
  t.cancel();
  for (int i = 0; i < 3; ++i) co_await ouro::sleep(0s);
  print(n, "done", t.done());
  t.cancel();
  co_await ouro::wait(list_of(t));
  print(n, t.cancelled(), t.cancelling());
}

ouro::task<> amain() {
  co_await attempt("task", [] { return ouro::create_task(inner("task")); });
  co_await attempt("gather", [] { return ouro::gather(inner("gather 1"), inner("gather 2")); });
  co_await attempt("inline", [] { return inner("inline"); });
}

const parity::entry entry("258_cancel_during_cleanup_of_chain", amain);

}  // namespace case_258

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
