// SPDX-License-Identifier: BSL-1.0
//
// Task groups that are closing, deadlines around them; corners of wait_for().
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/task_group.hpp"
#include "ouro/task/timeout.hpp"
#include "ouro/task/wait_for.hpp"

#include "tests/parity/parity.hpp"

#include <chrono>
#include <thread>

using namespace std::chrono_literals;
using parity::create_tasks;
using parity::list_of;
using parity::print;

namespace {

// case: 457_group_create_task_late
namespace case_457 {

ouro::task<> nop() {
  print("nop runs");
  co_return;
}

ouro::task<> bad() {
  throw parity::value_error();
  co_return;
}

void try_create_task(ouro::task_group& g, const char* n) {
  try {
    g.create_task(nop());
  } catch (const ouro::usage_error&) {
    print(n, "RuntimeError");
  }
}

ouro::task<> late(ouro::task_group& g, const char* n) {
  try {
    co_await ouro::sleep(10s);
  } catch (const ouro::cancelled_error&) {
    try_create_task(g, n);
    throw;
  }
}

ouro::task<> amain() {
  try {
    co_await ouro::task_group::run([&](ouro::task_group& g) -> ouro::task<> {
      g.create_task(late(g, "child"));
      co_await ouro::sleep(0s);
      g.create_task(bad());
      co_await late(g, "body");
    });
  } catch (const ouro::exception_group& g) {
    print("group", g.exceptions().size());
  }
}

const parity::entry entry("457_group_create_task_late", amain);

}  // namespace case_457

// case: 458_timeout_around_group
namespace case_458 {

ouro::task<> slow(const char* n, bool fails = false) {
  std::exception_ptr error;
  try {
    co_await ouro::sleep(10s);
  } catch (const ouro::cancelled_error&) {
    error = std::current_exception();
  }
  co_await ouro::sleep(10ms);
  print(n, "cleaned");
  if (fails) throw parity::value_error("late");
  std::rethrow_exception(error);
}

ouro::task<> inner() {
  co_await ouro::timeout(10ms, []() -> ouro::task<> { co_await slow("inner"); });
}

ouro::task<> group_of(ouro::task<> child) {
  co_await ouro::task_group::run([&](ouro::task_group& g) -> ouro::task<> {
    g.create_task(std::move(child));
    co_return;
  });
}

ouro::task<> attempt(const char* name, ouro::task<> child) {
  print("--", name);
  ouro::timeout_scope cm(20ms);
  try {
    co_await ouro::timeout(cm, [&] { return group_of(std::move(child)); });
    print("no error");
  } catch (const ouro::timeout_error&) {
    print("TimeoutError");
  } catch (const ouro::exception_group& e) {
    print("group of", parity::map_list(e.exceptions(), parity::py_name));
  }
  print(cm.expired(), ouro::current_task().cancelling());
  co_await ouro::sleep(0s);
}

ouro::task<> amain() {
  co_await attempt("clean", slow("a"));
  co_await attempt("fails in clean-up", slow("b", true));
  co_await attempt("child times out", inner());
}

const parity::entry entry("458_timeout_around_group", amain);

}  // namespace case_458

// case: 459_wait_for_corners
namespace case_459 {

using text_future = ouro::future<const char*>;

ouro::task<const char*> value(int turns, const char* v) {
  for (int i = 0; i < turns; ++i) co_await ouro::sleep(0s);
  co_return v;
}

ouro::task<> of_failed(text_future failed, const char* name, ouro::optional_duration limit) {
  try {
    co_await ouro::wait_for(failed, limit);
  } catch (const parity::value_error& e) {
    print(name, e.what());
  }
}

ouro::task<> races() {
  auto& loop = ouro::get_running_loop();
  auto f = loop.create_future<const char*>();
  loop.call_later(10ms, [f] { f.set_result("value first"); });
  loop.call_soon([] { std::this_thread::sleep_for(30ms); });
  try {
    print(co_await ouro::wait_for(f, 20ms));
  } catch (const ouro::timeout_error&) {
    print("value first: TimeoutError", f.done() && !f.cancelled());
  }
  auto g = loop.create_future<const char*>();
  loop.call_later(20ms, [g] {
    if (!g.done()) g.set_result("late");
  });
  loop.call_soon([] { std::this_thread::sleep_for(30ms); });
  try {
    print(co_await ouro::wait_for(g, 10ms));
  } catch (const ouro::timeout_error&) {
    print("deadline first: TimeoutError", g.cancelled());
  }
}

ouro::task<> cleanup() {
  std::exception_ptr error;
  try {
    co_await ouro::sleep(10s);
  } catch (...) {
    error = std::current_exception();
  }
  co_await ouro::sleep(0s);
  print("cleaned");
  if (error) std::rethrow_exception(error);
}

ouro::task<const char*> outer(ouro::task_handle<const char*> t) {
  co_return co_await ouro::wait_for(t, 5s);
}

ouro::task<> tasks() {
  auto t = ouro::create_task(cleanup());
  co_await ouro::sleep(0s);
  try {
    co_await ouro::wait_for(t, 0s);
  } catch (const ouro::timeout_error&) {
    print("zero: TimeoutError", t.cancelled());
  }
  auto v = ouro::create_task(value(3, "v"));
  auto o = ouro::create_task(outer(v));
  for (int i = 0; i < 2; ++i) co_await ouro::sleep(0s);
  v.cancel();
  try {
    co_await o;
  } catch (const ouro::cancelled_error&) {
    print("inner cancelled by another:", o.cancelled(), o.cancelling());
  }
  print(ouro::current_task().cancelling());
}

ouro::task<> amain() {
  auto done = ouro::create_task(value(0, "done"));
  co_await done;
  const char* zero = co_await ouro::wait_for(done, 0s);
  const char* negative = co_await ouro::wait_for(done, -1s);
  print(zero, negative, co_await ouro::wait_for(done, 5s));
  auto failed = ouro::get_running_loop().create_future<const char*>();
  failed.set_exception(parity::value_error("failed"));
  co_await of_failed(failed, "0", 0s);
  co_await of_failed(failed, "5", 5s);
  co_await of_failed(failed, "None", std::nullopt);
  co_await races();
  co_await tasks();
}

const parity::entry entry("459_wait_for_corners", amain);

}  // namespace case_459

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
