// SPDX-License-Identifier: BSL-1.0
//
// wait(), races.
#include "ouro/loop/event_loop.hpp"
#include "ouro/sync/event.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/wait.hpp"

#include "tests/parity/parity.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <stdexcept>

using namespace std::chrono_literals;
using parity::create_tasks;
using parity::list_of;
using parity::print;

namespace {

template <class Handle>
bool is_in(const ouro::task_handle<>& handle, const std::vector<Handle>& list) {
  return std::ranges::find(list, handle) != list.end();
}

// case: 312_wait_all_completed
namespace case_312 {

ouro::task<int> c(int n) {
  co_await ouro::sleep(0s);
  if (n == 1) throw parity::value_error("one");
  co_return n;
}

ouro::task<> amain() {
  std::vector<ouro::task_handle<int>> ts;
  for (int i = 0; i < 3; ++i) ts.push_back(ouro::create_task(c(i)));
  auto [done, pending] = co_await ouro::wait(ts);
  print(done.size(), pending.size());
  print(parity::map_list(ts, [](auto& t) { return parity::py_name(t.exception()); }));
}

const parity::entry entry("312_wait_all_completed", amain);

}  // namespace case_312

// case: 313_wait_first_completed
namespace case_313 {

ouro::task<int> c(int n, ouro::event& ev) {
  co_await ev.wait();
  co_return n;
}

ouro::task<> amain() {
  std::deque<ouro::event> evs(3);
  std::vector<ouro::task_handle<int>> ts;
  for (int i = 0; i < 3; ++i) {
    ts.push_back(ouro::create_task(c(i, evs[static_cast<std::size_t>(i)])));
  }
  for (std::size_t i : {1U, 2U, 0U}) {
    ouro::get_running_loop().call_soon([&ev = evs[i]] { ev.set(); });
    auto [done, left] = co_await ouro::wait(ts, {.return_when = ouro::first_completed});
    ts = left;
    print(parity::map_list(done, [](auto& t) { return t.result(); }), "pending", ts.size(),
          std::ranges::any_of(ts, [](auto& t) { return t.cancelled(); }));
  }
}

const parity::entry entry("313_wait_first_completed", amain);

}  // namespace case_313

// case: 314_wait_first_exception
namespace case_314 {

ouro::task<> c(ouro::duration d, bool fail) {
  co_await ouro::sleep(d);
  if (fail) throw parity::value_error("failed");
}

ouro::task<> amain() {
  auto ts = create_tasks(c(10ms, false), c(30ms, true), c(5s, false));
  auto [done, pending] = co_await ouro::wait(ts, {.return_when = ouro::first_exception});
  print(parity::map_list(ts, [&](auto& t) { return is_in(t, done); }));
  for (auto& p : pending) p.cancel();
  auto [all, none] = co_await ouro::wait(ts, {.return_when = ouro::first_exception});
  print(all.size(), none.size());
}

const parity::entry entry("314_wait_first_exception", amain);

}  // namespace case_314

// case: 315_wait_timeout
namespace case_315 {

ouro::task<> amain() {
  ouro::event ev;
  auto a = ouro::create_task(ouro::sleep(0s, "a"));
  auto b = ouro::create_task(ev.wait());
  auto both = list_of<ouro::task_handle<>>(a, b);
  auto [done, pending] = co_await ouro::wait(both, {.timeout = 50ms});
  print(is_in(a, done), is_in(b, pending), b.cancelled());
  ev.set();
  print(co_await b);
  auto [all, none] = co_await ouro::wait(both, {.timeout = 0s});
  print(all.size(), none.size());
}

const parity::entry entry("315_wait_timeout", amain);

}  // namespace case_315

// case: 317_wait_bad_arguments
namespace case_317 {

ouro::task<> nop() { co_return; }

// What Python finds out at run time does not compile.
template <class List>
constexpr bool can_wait_for = requires(List list) { ouro::wait(std::move(list)); };

ouro::task<> amain() {
  try {
    co_await ouro::wait(std::vector<ouro::task_handle<>>());
  } catch (const std::invalid_argument&) {
    print("ValueError empty");
  }
  if (!can_wait_for<std::vector<ouro::task<>>>) print("TypeError coroutine");
  auto t = ouro::create_task(nop());
  const auto sometimes = static_cast<ouro::return_when>(17);
  try {
    co_await ouro::wait(list_of(t), {.return_when = sometimes});
  } catch (const std::invalid_argument&) {
    print("ValueError return_when");
  }
  co_await t;
}

const parity::entry entry("317_wait_bad_arguments", amain);

}  // namespace case_317

// case: 326_race_first_wins_cancel_rest
namespace case_326 {

ouro::task<const char*> fetch(const char* n, ouro::duration d) {
  try {
    co_await ouro::sleep(d);
    co_return n;
  } catch (const ouro::cancelled_error&) {
    print("loser cleanup", n);
    throw;
  }
}

ouro::task<> amain() {
  auto ts = create_tasks(fetch("a", 5s), fetch("b", 10ms), fetch("c", 5s));
  auto [done, pending] = co_await ouro::wait(ts, {.return_when = ouro::first_completed});
  for (auto& t : ts) t.cancel();
  static_cast<void>(co_await ouro::gather(ouro::return_exceptions, ts));
  print("winner", parity::map_list(done, [](auto& t) { return t.result(); }), pending.size());
}

const parity::entry entry("326_race_first_wins_cancel_rest", amain);

}  // namespace case_326

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
