// SPDX-License-Identifier: BSL-1.0
//
// gather(): which child decides, resisting children, shared gathers, cancel().
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/shield.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/wait.hpp"

#include "tests/parity/parity.hpp"

#include <chrono>
#include <string_view>

using namespace std::chrono_literals;
using parity::create_tasks;
using parity::finally;
using parity::list_of;
using parity::print;

namespace {

// case: 350_gather_outcomes
namespace case_350 {

struct step {
  std::string_view what;
  int turns;
};

ouro::task<std::string> act(step how) {
  for (int i = 0; i < how.turns; ++i) co_await ouro::sleep(0s);
  const std::string after = "after " + std::to_string(how.turns);
  if (how.what == "raise") throw parity::value_error(after);
  if (how.what == "cancel") throw ouro::cancelled_error(after);
  co_return "value " + std::to_string(how.turns);
}

std::string described(const ouro::result<std::string>& v) {
  return v ? *v : parity::py_name(v.exception());
}

ouro::task<> attempt(step a, step b, step c) {
  try {
    print(co_await ouro::gather(list_of(act(a), act(b), act(c))));
  } catch (const parity::value_error& e) {
    print("gather:", "ValueError", e.what());
  } catch (const ouro::cancelled_error& e) {
    print("gather:", "CancelledError", parity::args_of(e));
  }
  auto r = co_await ouro::gather(ouro::return_exceptions, list_of(act(a), act(b), act(c)));
  print("collected:", parity::map_list(r, described));
}

ouro::task<> amain() {
  ouro::get_running_loop().set_exception_handler(
      [](ouro::event_loop&, const ouro::exception_context&) {});
  co_await attempt({"return", 2}, {"return", 0}, {"return", 1});
  co_await attempt({"raise", 2}, {"raise", 1}, {"return", 0});
  co_await attempt({"raise", 1}, {"raise", 1}, {"cancel", 1});
  co_await attempt({"cancel", 1}, {"raise", 1}, {"raise", 1});
  co_await attempt({"raise", 3}, {"cancel", 1}, {"return", 2});
  co_await attempt({"cancel", 0}, {"cancel", 0}, {"cancel", 0});
}

const parity::entry entry("350_gather_outcomes", amain);

}  // namespace case_350

// case: 351_gather_children_resist
namespace case_351 {

using names = std::vector<std::string>;

ouro::task<std::string> child(std::string n, std::string how) {
  const finally at_end([&] { print(n, "ends"); });
  std::exception_ptr error;
  try {
    co_await ouro::sleep(10s);
  } catch (const ouro::cancelled_error&) {
    error = std::current_exception();
  }
  print(n, "cancelled");
  co_await ouro::sleep(0s);
  if (how == "swallow") co_return "survived";
  if (how == "raise") throw parity::value_error(n);
  std::rethrow_exception(error);
}

std::vector<ouro::task<std::string>> children(const std::string& name, const names& how) {
  std::vector<ouro::task<std::string>> made;
  for (const std::string& h : how) made.push_back(child(name + std::to_string(made.size()), h));
  return made;
}

ouro::task<> outer(const char* name, const names& how) {
  print(name, "result", co_await ouro::gather(children(name, how)));
}

ouro::task<> collecting_outer(const char* name, const names& how) {
  const auto results = co_await ouro::gather(ouro::return_exceptions, children(name, how));
  print(name, "result", results.size());
}

ouro::task<> attempt(const char* name, bool collect, names how) {
  auto t = ouro::create_task(collect ? collecting_outer(name, how) : outer(name, how));
  for (int i = 0; i < 3; ++i) co_await ouro::sleep(0s);
  t.cancel();
  co_await ouro::wait(list_of(t));
  const std::exception_ptr e = t.cancelled() ? nullptr : t.exception();
  print(name, "cancelled", t.cancelled(), parity::py_name(e));
  co_await ouro::sleep(0s);
  co_await ouro::sleep(0s);
}

ouro::task<> amain() {
  for (bool collect : {false, true}) {
    co_await attempt("a", collect, list_of<std::string>("swallow", "swallow"));
    co_await attempt("b", collect, list_of<std::string>("swallow", "reraise"));
    co_await attempt("c", collect, list_of<std::string>("raise", "swallow"));
  }
}

const parity::entry entry("351_gather_children_resist", amain);

}  // namespace case_351

// case: 352_gather_shared_and_duplicates
namespace case_352 {

ouro::task<const char*> child(const char* n) {
  print("run", n);
  co_await ouro::sleep(0s);
  co_return n;
}

template <class... T>
void print_all(const char* n, const std::tuple<T...>& values) {
  std::apply([&](const auto&... each) { print(n, each...); }, values);
}

template <class Gather>
ouro::task<> w(const char* n, Gather g) {
  try {
    print_all(n, co_await g);
  } catch (const ouro::cancelled_error&) {
    print(n, "cancelled");
  }
}

ouro::task<> amain() {
  auto t = ouro::create_task(child("x"));
  print(co_await ouro::gather(list_of(t, t, ouro::create_task(child("y")), t)));
  auto g = ouro::gather(child("p"), child("q"));
  auto ws = create_tasks(w("1", g), w("2", g));
  co_await ouro::wait(ws);
  auto [p, q] = co_await g;
  print("again", p, q, g.done());
  auto done = ouro::create_task(child("done"));
  co_await done;
  print(co_await ouro::gather(list_of(done, ouro::create_task(child("z")), done)));
  auto f = ouro::get_running_loop().create_future<const char*>();
  auto shared = ouro::gather(child("r"), f);
  ws = create_tasks(w("3", shared), w("4", shared));
  for (int i = 0; i < 4; ++i) co_await ouro::sleep(0s);
  ws[0].cancel();
  co_await ouro::wait(ws);
  print(f.cancelled(), ws[0].cancelled(), ws[1].cancelled(), ws[0].cancelling(),
        ws[1].cancelling());
}

const parity::entry entry("352_gather_shared_and_duplicates", amain);

}  // namespace case_352

// case: 353_gather_cancel_method
namespace case_353 {

ouro::task<int> child(int n) {
  const finally at_end([&] { print("child", n, "ends"); });
  co_await ouro::sleep(10s);
  co_return 0;
}

ouro::task<int> quick() { co_return 1; }

ouro::task<> cancelled_once(ouro::future<std::tuple<int, int>> g) {
  try {
    co_await g;
  } catch (const ouro::cancelled_error&) {
    print("CancelledError");
  }
}

void print_cancel(const char* when, const ouro::future<std::tuple<int, int>>& g) {
  const bool taken = g.cancel();
  print(when, taken, g.done());
}

ouro::task<> amain() {
  auto g = ouro::gather(child(1), child(2));
  co_await ouro::sleep(0s);
  print_cancel("cancel", g);
  print_cancel("again", g);
  co_await cancelled_once(g);
  print_cancel("after", g);
  g = ouro::gather(quick(), quick());
  co_await ouro::sleep(0s);
  print("children done, gather not:", g.done());
  print("cancel", g.cancel());
  auto [a, b] = co_await g;
  print(a, b);
  g = ouro::gather(child(3), quick());
  print("before the start", g.cancel());
  co_await cancelled_once(g);
}

const parity::entry entry("353_gather_cancel_method", amain);

}  // namespace case_353

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
