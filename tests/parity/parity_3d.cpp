// SPDX-License-Identifier: BSL-1.0
//
// wait(), as_completed(), shield(), nested gathers: races and corners.
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/as_completed.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/shield.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/wait.hpp"
#include "ouro/task/wait_for.hpp"

#include "tests/parity/parity.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

using namespace std::chrono_literals;
using parity::create_tasks;
using parity::list_of;
using parity::print;

namespace {

// case: 354_wait_races
namespace case_354 {

ouro::task<int> after(int turns, int n) {
  for (int i = 0; i < turns; ++i) co_await ouro::sleep(0s);
  co_return n;
}

template <class Handle>
std::vector<std::size_t> names(const std::vector<Handle>& ts, const std::vector<Handle>& some) {
  std::vector<std::size_t> found;
  for (std::size_t n = 0; n < ts.size(); ++n) {
    if (std::ranges::find(some, ts[n]) != some.end()) found.push_back(n);
  }
  return found;
}

ouro::task<int> cancelled() {
  throw ouro::cancelled_error();
  co_return 0;
}

ouro::task<int> bad() {
  co_await ouro::sleep(0s);
  throw parity::value_error();
}

ouro::task<> first_completed(std::vector<int> turns) {
  std::vector<ouro::task_handle<int>> ts;
  for (int t : turns) ts.push_back(ouro::create_task(after(t, static_cast<int>(ts.size()))));
  auto [done, pending] = co_await ouro::wait(ts, {.return_when = ouro::first_completed});
  print(turns, "done", names(ts, done), "pending", names(ts, pending));
  co_await ouro::wait(ts);
}

ouro::task<> timeouts() {
  auto& loop = ouro::get_running_loop();
  std::vector<ouro::future<int>> fs;
  for (int i = 0; i < 3; ++i) fs.push_back(loop.create_future<int>());
  loop.call_later(10ms, [&] { fs[0].set_result(1); });
  loop.call_later(20ms, [&] {
    std::this_thread::sleep_for(30ms);
    fs[1].set_result(2);
  });
  loop.call_later(25ms, [&] { fs[2].set_result(3); });
  auto [done, pending] = co_await ouro::wait(fs, {.timeout = 30ms});
  print("timeout: done", names(fs, done), "pending", names(fs, pending));
  auto f = loop.create_future<int>();
  auto [one, other] = co_await ouro::wait(list_of(f, fs[0]), {.timeout = 0s});
  print("zero: done", one.size(), "pending", other.size(), f.cancelled());
  auto [none, left] = co_await ouro::wait(list_of(f), {.timeout = -1s});
  print("negative: done", none.size(), "pending", left.size());
}

ouro::task<> amain() {
  co_await first_completed(list_of(0, 0, 0));
  co_await first_completed(list_of(0, 1, 2));
  co_await first_completed(list_of(0, 1, 1));
  co_await first_completed(list_of(1, 3, 5));
  co_await first_completed(list_of(2, 2, 4));
  co_await timeouts();
  auto ts = create_tasks(cancelled(), bad(), after(9, 0));
  auto [done, pending] = co_await ouro::wait(ts, {.return_when = ouro::first_exception});
  print("first exception: done", names(ts, done), "pending", names(ts, pending));
  auto [failed, left] =
      co_await ouro::wait(list_of(ts[1], ts[2]), {.return_when = ouro::first_exception});
  print("failed before: done", names(ts, failed), "pending", names(ts, left));
}

const parity::entry entry("354_wait_races", amain);

}  // namespace case_354

// case: 355_wait_cancelled_in_races
namespace case_355 {

ouro::task<> after(int turns) {
  for (int i = 0; i < turns; ++i) co_await ouro::sleep(0s);
}

ouro::task<> outer(std::vector<ouro::task_handle<>>& ts) {
  try {
    auto [done, pending] = co_await ouro::wait(ts);
    print("done", done.size());
  } catch (const ouro::cancelled_error&) {
    print("cancelled", std::ranges::count_if(ts, [](auto& t) { return t.done(); }));
    throw;
  }
}

ouro::task<> amain() {
  for (int turns = 0; turns < 6; ++turns) {
    auto ts = create_tasks(after(1), after(2));
    auto o = ouro::create_task(outer(ts));
    for (int i = 0; i < turns; ++i) co_await ouro::sleep(0s);
    const bool taken = o.cancel();
    co_await ouro::wait(list_of(o));
    print("turns", turns, taken, o.cancelled(),
          parity::map_list(ts, [](auto& t) { return t.cancelled(); }));
    co_await ouro::wait(ts);
  }
}

const parity::entry entry("355_wait_cancelled_in_races", amain);

}  // namespace case_355

// case: 356_as_completed_corners
namespace case_356 {

ouro::task<const char*> after(int turns, const char* n, std::exception_ptr error = nullptr) {
  for (int i = 0; i < turns; ++i) co_await ouro::sleep(0s);
  if (error) std::rethrow_exception(error);
  co_return n;
}

ouro::task<> show(ouro::task_handle<const char*> f) {
  try {
    print("got", co_await f);
  } catch (const parity::value_error& e) {
    print("raised ValueError", e.what());
  } catch (const ouro::cancelled_error&) {
    print("raised CancelledError");
  }
}

ouro::task<> with_timeout() {
  auto& loop = ouro::get_running_loop();
  auto f = loop.create_future<const char*>();
  auto g = loop.create_future<const char*>();
  auto h = loop.create_future<const char*>();
  loop.call_later(10ms, [&] { f.set_result("f"); });
  loop.call_later(20ms, [&] { g.set_result("g"); });
  auto it = ouro::as_completed(list_of(f, g, h), {.timeout = 50ms});
  auto first = co_await it.anext();
  print("first", co_await *first);
  co_await ouro::sleep(100ms);
  auto second = co_await it.anext();
  print("second", co_await *second);
  try {
    co_await it.anext();
  } catch (const ouro::timeout_error&) {
    print("TimeoutError", h.done());
  }
  h.set_result("h");
}

ouro::task<> amain() {
  auto done = ouro::create_task(after(0, "done before"));
  co_await done;
  const auto bad = std::make_exception_ptr(parity::value_error("bad"));
  const auto cancelled = std::make_exception_ptr(ouro::cancelled_error());
  auto fs = create_tasks(after(3, "late"), after(1, "", bad));
  fs.push_back(done);
  fs.push_back(ouro::create_task(after(1, "", cancelled)));
  fs.push_back(ouro::create_task(after(2, "early")));
  auto results = ouro::as_completed(std::move(fs));
  while (auto f = co_await results.anext()) co_await show(*f);
  auto empty = ouro::as_completed(std::vector<ouro::task_handle<>>());
  auto nothing = co_await empty.anext();
  print("none:", !nothing);
  co_await with_timeout();
  auto it = ouro::as_completed(create_tasks(after(3, "x"), after(1, "y")));
  auto left = co_await it.anext();
  print("left after", co_await *left);
}

const parity::entry entry("356_as_completed_corners", amain);

}  // namespace case_356

// case: 357_shield_corners
namespace case_357 {

ouro::task<const char*> work(const char* n) {
  try {
    for (int i = 0; i < 3; ++i) co_await ouro::sleep(0s);
    print(n, "finishes");
    co_return n;
  } catch (const ouro::cancelled_error&) {
    print(n, "cancelled");
    throw;
  }
}

ouro::task<> waiter(const char* n, ouro::task_handle<const char*>& inner) {
  try {
    print(n, "got", co_await ouro::shield(inner));
  } catch (const ouro::cancelled_error&) {
    print(n, "cancelled, inner", inner.done(), inner.cancelled());
  }
}

ouro::task<> awaited_by_several() {
  auto inner = ouro::create_task(work("b"));
  auto ws = create_tasks(waiter("w1", inner), waiter("w2", inner), waiter("w3", inner));
  co_await ouro::sleep(0s);
  ws[1].cancel();
  co_await ouro::wait(ws);
  inner = ouro::create_task(work("c"));
  ws = create_tasks(waiter("w4", inner), waiter("w5", inner));
  co_await ouro::sleep(0s);
  co_await ouro::sleep(0s);
  inner.cancel();
  co_await ouro::wait(ws);
}

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  auto done = loop.create_future<const char*>();
  done.set_result("d");
  print("of done", co_await ouro::shield(done));
  auto inner = ouro::create_task(work("a"));
  auto s = ouro::shield(inner);
  const bool taken = s.cancel();
  print("cancel", taken, s.cancelled(), inner.done());
  print("cancel again", s.cancel());
  print("inner", co_await inner);
  co_await awaited_by_several();
  auto f = loop.create_future<const char*>();
  try {
    co_await ouro::wait_for(ouro::shield(f), 10ms);
  } catch (const ouro::timeout_error&) {
    print("TimeoutError", f.done());
  }
  f.set_result("later");
  print(co_await f);
  auto twice = ouro::shield(ouro::shield(loop.create_future()));
  const bool outermost = twice.cancel();
  print("double", outermost, twice.cancelled());
}

const parity::entry entry("357_shield_corners", amain);

}  // namespace case_357

// case: 358_gather_nested_cancel
namespace case_358 {

ouro::task<const char*> child(const char* n) {
  try {
    co_await ouro::sleep(50ms);
    print("child", n, "done");
    co_return n;
  } catch (const ouro::cancelled_error&) {
    print("child", n, "cancelled");
    throw;
  }
}

template <class Inner>
ouro::task<> outer(Inner& inner, ouro::task_handle<const char*>& shielded) {
  co_await ouro::gather(inner, child("3"), ouro::shield(shielded));
}

ouro::task<> amain() {
  auto shielded = ouro::create_task(child("s"));
  auto inner = ouro::gather(child("1"), child("2"));
  auto o = ouro::create_task(outer(inner, shielded));
  for (int i = 0; i < 3; ++i) co_await ouro::sleep(0s);
  o.cancel();
  co_await ouro::wait(list_of(o));
  print("outer", o.cancelled(), "inner done", inner.done(), "shielded done", shielded.done());
  print(co_await shielded);
  auto a = ouro::create_task(child("a"));
  auto b = ouro::create_task(child("b"));
  auto g = ouro::gather(ouro::gather(a), b);
  co_await ouro::sleep(0s);
  a.cancel();
  try {
    co_await g;
  } catch (const ouro::cancelled_error&) {
    print("CancelledError, b done", b.done(), "cancelling", ouro::current_task().cancelling());
  }
  print(co_await b);
}

const parity::entry entry("358_gather_nested_cancel", amain);

}  // namespace case_358

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
