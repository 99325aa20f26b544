// SPDX-License-Identifier: BSL-1.0
//
// gather(), as_completed(), shield().
#include "ouro/loop/event_loop.hpp"
#include "ouro/sync/event.hpp"
#include "ouro/task/as_completed.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/shield.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/wait.hpp"

#include "tests/parity/parity.hpp"

#include <chrono>
#include <tuple>

using namespace std::chrono_literals;
using parity::finally;
using parity::list_of;
using parity::print;

namespace {

// case: 301_gather_result_order
namespace case_301 {

ouro::task<const char*> c(const char* n, ouro::duration d) {
  co_await ouro::sleep(d);
  print("finish", n);
  co_return n;
}

ouro::task<> amain() {
  auto [a, b, last] = co_await ouro::gather(c("a", 150ms), c("b", 0s), c("c", 70ms));
  print(a, b, last);
}

const parity::entry entry("301_gather_result_order", amain);

}  // namespace case_301

// case: 302_gather_return_exceptions
namespace case_302 {

ouro::task<int> ok(int x) { co_return x; }

ouro::task<int> bad(const char* m) {
  throw parity::value_error(m);
  co_return 0;
}

std::string described(const ouro::result<int>& v) {
  if (v) return "int:" + std::to_string(*v);
  return parity::py_name(v.exception()) + ":" + parity::text_of(v.exception());
}

ouro::task<> amain() {
  auto r = co_await ouro::gather(ouro::return_exceptions, ok(1), bad("x"), ok(2), bad("y"));
  print(described(std::get<0>(r)), described(std::get<1>(r)), described(std::get<2>(r)),
        described(std::get<3>(r)));
}

const parity::entry entry("302_gather_return_exceptions", amain);

}  // namespace case_302

// case: 303_gather_first_error_siblings_go_on
namespace case_303 {

ouro::task<> bad() {
  throw parity::value_error("first");
  co_return;
}

ouro::task<std::string> slow(ouro::event& ev) {
  co_await ev.wait();
  print("slow finished");
  co_return "slow result";
}

ouro::task<> amain() {
  ouro::event ev;
  auto s = ouro::create_task(slow(ev));
  try {
    co_await ouro::gather(bad(), s);
  } catch (const parity::value_error& e) {
    print("ValueError", e.what(), "slow done:", s.done());
  }
  ev.set();
  print(co_await s);
}

const parity::entry entry("303_gather_first_error_siblings_go_on", amain);

}  // namespace case_303

// case: 304_gather_child_cancelled
namespace case_304 {

ouro::task<std::string> b(ouro::future<std::string> f) { co_return co_await f; }

ouro::task<> amain() {
  auto f = ouro::get_running_loop().create_future<std::string>();
  auto x = ouro::create_task(ouro::sleep(10s));
  auto y = ouro::create_task(b(f));
  ouro::get_running_loop().call_soon([&] { x.cancel(); });
  try {
    co_await ouro::gather(x, y);
  } catch (const ouro::cancelled_error&) {
    print("CancelledError; me cancelling:", ouro::current_task().cancelling());
  }
  print("sibling done", y.done());
  f.set_result("b");
  print(co_await y);
}

const parity::entry entry("304_gather_child_cancelled", amain);

}  // namespace case_304

// case: 306_gather_empty
namespace case_306 {

ouro::task<> amain() {
  auto r = co_await ouro::gather();
  print(std::tuple_size_v<decltype(r)>);
  auto collected = co_await ouro::gather(ouro::return_exceptions);
  print(std::tuple_size_v<decltype(collected)>);
}

const parity::entry entry("306_gather_empty", amain);

}  // namespace case_306

// case: 308_gather_outer_cancel_beats_collect
namespace case_308 {

ouro::task<> c(int n) {
  const finally at_end([&] { print("child cancelled", n); });
  co_await ouro::sleep(10s);
}

ouro::task<> outer() { co_await ouro::gather(ouro::return_exceptions, c(1), c(2)); }

ouro::task<> amain() {
  auto o = ouro::create_task(outer());
  co_await ouro::sleep(10ms);
  o.cancel();
  try {
    co_await o;
  } catch (const ouro::cancelled_error&) {
    print("CancelledError");
  }
}

const parity::entry entry("308_gather_outer_cancel_beats_collect", amain);

}  // namespace case_308

// case: 310_gather_nested
namespace case_310 {

ouro::task<int> v(int x) {
  co_await ouro::sleep(0s);
  co_return x;
}

ouro::task<> bad() {
  throw parity::key_error("k");
  co_return;
}

ouro::task<> amain() {
  auto r = co_await ouro::gather(ouro::gather(v(1), v(2)), v(3), ouro::gather(v(4)));
  auto [r0, r1, r2] = r;
  print(std::get<0>(r0), std::get<1>(r0), r1, std::get<0>(r2));
  auto [collected, two] =
      co_await ouro::gather(ouro::gather(ouro::return_exceptions, v(1), bad()), v(2));
  print(std::get<0>(collected).value(), parity::py_name(std::get<1>(collected).exception()), two);
  try {
    co_await ouro::gather(ouro::gather(v(1), bad()), v(2));
  } catch (const parity::key_error& e) {
    print("KeyError", e.what());
  }
}

const parity::entry entry("310_gather_nested", amain);

}  // namespace case_310

// case: 311_gather_starts_in_order
namespace case_311 {

ouro::task<> c(int n) {
  print("start", n);
  co_return;
}

ouro::task<> amain() {
  auto g = ouro::gather(c(1), c(2), c(3));
  print("gather created");
  co_await ouro::sleep(0s);
  print("all started");
  co_await g;
}

const parity::entry entry("311_gather_starts_in_order", amain);

}  // namespace case_311

// case: 319_as_completed_order
namespace case_319 {

ouro::task<std::string> c(std::string n, ouro::duration d) {
  co_await ouro::sleep(d);
  co_return n;
}

ouro::task<> amain() {
  auto fs = list_of(c("slow", 200ms), c("fast", 0s), c("mid", 100ms));
  auto results = ouro::as_completed(std::move(fs));
  while (auto f = co_await results.anext()) print(co_await *f);
}

const parity::entry entry("319_as_completed_order", amain);

}  // namespace case_319

// case: 320_as_completed_errors
namespace case_320 {

ouro::task<std::string> c(std::string n, ouro::duration d) {
  co_await ouro::sleep(d);
  if (n == "bad") throw parity::value_error("bad one");
  co_return n;
}

ouro::task<> amain() {
  auto fs = list_of(c("z", 200ms), c("bad", 100ms), c("a", 0s));
  auto results = ouro::as_completed(std::move(fs));
  while (auto f = co_await results.anext()) {
    try {
      print("ok", co_await *f);
    } catch (const parity::value_error& e) {
      print("error", e.what());
    }
  }
}

const parity::entry entry("320_as_completed_errors", amain);

}  // namespace case_320

// case: 323_shield_passes_outcome
namespace case_323 {

ouro::task<int> ok() { co_return 1; }

ouro::task<> bad() {
  throw parity::value_error("v");
  co_return;
}

ouro::task<> amain() {
  print(co_await ouro::shield(ok()));
  try {
    co_await ouro::shield(bad());
  } catch (const parity::value_error& e) {
    print("ValueError", e.what());
  }
  auto inner = ouro::create_task(ouro::sleep(10s));
  auto s = ouro::shield(inner);
  co_await ouro::sleep(0s);
  inner.cancel();
  try {
    co_await s;
  } catch (const ouro::cancelled_error&) {
    print("inner cancel reached the awaiter", s.cancelled());
  }
}

const parity::entry entry("323_shield_passes_outcome", amain);

}  // namespace case_323

// case: 325_gather_of_shields
namespace case_325 {

ouro::task<int> c(int n) {
  co_await ouro::sleep(150ms);
  print("finished", n);
  co_return n;
}

ouro::task<> outer(std::vector<ouro::task_handle<int>>& ts) {
  co_await ouro::gather(parity::map_list(ts, [](auto& t) { return ouro::shield(t); }));
}

ouro::task<> amain() {
  std::vector<ouro::task_handle<int>> ts;
  for (int i = 0; i < 2; ++i) ts.push_back(ouro::create_task(c(i)));
  auto o = ouro::create_task(outer(ts));
  co_await ouro::sleep(5ms);
  o.cancel();
  co_await ouro::wait(list_of(o));
  print("outer cancelled", o.cancelled());
  print(co_await ouro::gather(ts));
}

const parity::entry entry("325_gather_of_shields", amain);

}  // namespace case_325

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
