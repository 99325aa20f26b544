// SPDX-License-Identifier: BSL-1.0
//
// Task groups.
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/task_group.hpp"
#include "ouro/task/wait.hpp"

#include "tests/parity/parity.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>

using namespace std::chrono_literals;
using parity::finally;
using parity::list_of;
using parity::print;

namespace {

// case: 430_taskgroup_basic
namespace case_430 {

ouro::task<int> c(int n, ouro::duration d) {
  co_await ouro::sleep(d);
  print("child", n);
  co_return n * 10;
}

ouro::task<> amain() {
  ouro::task_handle<int> a;
  ouro::task_handle<int> b;
  co_await ouro::task_group::run([&](ouro::task_group& tg) -> ouro::task<> {
    a = tg.create_task(c(1, 30ms));
    b = tg.create_task(c(2, 10ms));
    print("body end");
    co_return;
  });
  print("group done", a.result(), b.result());
}

const parity::entry entry("430_taskgroup_basic", amain);

}  // namespace case_430

// case: 431_taskgroup_error_cancels_siblings
namespace case_431 {

std::vector<int> hit;

ouro::task<> bad() {
  co_await ouro::sleep(10ms);
  throw parity::value_error("bad");
}

ouro::task<> slow(int n) {
  try {
    co_await ouro::sleep(10s);
  } catch (const ouro::cancelled_error&) {
    hit.push_back(n);
    throw;
  }
}

ouro::task<> amain() {
  std::vector<ouro::task_handle<>> ts;
  try {
    co_await ouro::task_group::run([&](ouro::task_group& tg) -> ouro::task<> {
      for (int i = 0; i < 2; ++i) ts.push_back(tg.create_task(slow(i)));
      tg.create_task(bad());
      co_return;
    });
  } catch (const ouro::exception_group& g) {
    std::ranges::sort(hit);
    print("siblings cancelled before the block ended", hit);
    print(g.exceptions().size(), parity::py_name(g.exceptions()[0]), g.exceptions()[0]);
  }
  print(parity::map_list(ts, [](auto& t) { return t.cancelled(); }));
}

const parity::entry entry("431_taskgroup_error_cancels_siblings", amain);

}  // namespace case_431

// case: 432_taskgroup_two_errors
namespace case_432 {

ouro::task<> bad(int n) {
  co_await ouro::sleep(0s);
  throw parity::value_error("e" + std::to_string(n));
}

ouro::task<> amain() {
  try {
    co_await ouro::task_group::run([&](ouro::task_group& tg) -> ouro::task<> {
      for (int n : {3, 1, 2}) tg.create_task(bad(n));
      co_return;
    });
  } catch (const ouro::exception_group& g) {
    auto [matching, rest] = g.split<parity::value_error>();
    print(matching->exceptions());
    if (rest) throw *rest;
  }
}

const parity::entry entry("432_taskgroup_two_errors", amain);

}  // namespace case_432

// case: 433_taskgroup_body_raises
namespace case_433 {

ouro::task<> slow() {
  const finally at_end([] { print("child cleaned"); });
  co_await ouro::sleep(10s);
}

ouro::task<> amain() {
  try {
    co_await ouro::task_group::run([&](ouro::task_group& tg) -> ouro::task<> {
      tg.create_task(slow());
      co_await ouro::sleep(0s);
      throw parity::key_error("body");
    });
  } catch (const ouro::exception_group& g) {
    print(g.exceptions().size(), parity::py_name(g.exceptions()[0]));
  }
}

const parity::entry entry("433_taskgroup_body_raises", amain);

}  // namespace case_433

// case: 435_taskgroup_nested
namespace case_435 {

ouro::task<> slow() {
  const finally at_end([] { print("outer child cleaned"); });
  co_await ouro::sleep(10s);
}

ouro::task<> bad() {
  throw parity::value_error("deep");
  co_return;
}

ouro::task<> inner() {
  co_await ouro::task_group::run([&](ouro::task_group& tg) -> ouro::task<> {
    tg.create_task(bad());
    co_return;
  });
}

void print_nested(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const ouro::exception_group& e) {
    print(parity::py_name(error), "of", e.exceptions().size(), parity::py_name(e.exceptions()[0]));
  }
}

ouro::task<> amain() {
  try {
    co_await ouro::task_group::run([&](ouro::task_group& tg) -> ouro::task<> {
      tg.create_task(slow());
      tg.create_task(inner());
      co_return;
    });
  } catch (const ouro::exception_group& g) {
    print_nested(g.exceptions()[0]);
  }
}

const parity::entry entry("435_taskgroup_nested", amain);

}  // namespace case_435

// case: 436_taskgroup_outer_cancel
namespace case_436 {

std::vector<int> cleaned;

ouro::task<> slow(int n) {
  const finally at_end([&] { cleaned.push_back(n); });
  co_await ouro::sleep(10s);
}

ouro::task<> owner() {
  try {
    co_await ouro::task_group::run([&](ouro::task_group& tg) -> ouro::task<> {
      tg.create_task(slow(1));
      tg.create_task(slow(2));
      co_return;
    });
  } catch (const ouro::cancelled_error&) {
    std::ranges::sort(cleaned);
    print("CancelledError after", cleaned);
    throw;
  }
}

ouro::task<> amain() {
  auto t = ouro::create_task(owner());
  co_await ouro::sleep(10ms);
  t.cancel();
  co_await ouro::wait(list_of(t));
  print(t.cancelled());
}

const parity::entry entry("436_taskgroup_outer_cancel", amain);

}  // namespace case_436

// case: 437_taskgroup_child_cancelled_is_ignored
namespace case_437 {

ouro::task<const char*> c(ouro::duration d, const char* v) {
  co_await ouro::sleep(d);
  co_return v;
}

ouro::task<> amain() {
  ouro::task_handle<const char*> a;
  ouro::task_handle<const char*> b;
  co_await ouro::task_group::run([&](ouro::task_group& tg) -> ouro::task<> {
    a = tg.create_task(c(10s, "a"));
    b = tg.create_task(c(20ms, "b"));
    co_await ouro::sleep(0s);
    a.cancel();
  });
  print(a.cancelled(), b.result());
}

const parity::entry entry("437_taskgroup_child_cancelled_is_ignored", amain);

}  // namespace case_437

// case: 439_taskgroup_spawn_while_waiting
namespace case_439 {

ouro::task<> chain(ouro::task_group& tg, int n) {
  print("link", n);
  co_await ouro::sleep(0s);
  if (n != 0) tg.create_task(chain(tg, n - 1));
}

ouro::task<> amain() {
  co_await ouro::task_group::run([&](ouro::task_group& tg) -> ouro::task<> {
    tg.create_task(chain(tg, 3));
    print("body end");
    co_return;
  });
  print("all links done");
}

const parity::entry entry("439_taskgroup_spawn_while_waiting", amain);

}  // namespace case_439

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
