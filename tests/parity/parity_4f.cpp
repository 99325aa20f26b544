// SPDX-License-Identifier: BSL-1.0
//
// Task groups: nesting, cancels while they close, bodies that cancel.
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/task_group.hpp"
#include "ouro/task/wait.hpp"

#include "tests/parity/parity.hpp"

#include <chrono>

using namespace std::chrono_literals;
using parity::list_of;
using parity::print;

namespace {

// case: 454_groups_nested_cancel
namespace case_454 {

ouro::task<> slow(const char* n) {
  try {
    co_await ouro::sleep(10s);
  } catch (const ouro::cancelled_error&) {
    print("cancelled", n);
    throw;
  }
}

ouro::task<> bad(int turns, const char* text) {
  for (int i = 0; i < turns; ++i) co_await ouro::sleep(0s);
  throw parity::value_error(text);
}

void show(const std::exception_ptr& e, int depth = 0) {
  const std::string indent(static_cast<std::size_t>(2 * depth), ' ');
  try {
    std::rethrow_exception(e);
  } catch (const ouro::exception_group& group) {
    print(indent + "group of", group.exceptions().size());
    for (const auto& x : group.exceptions()) show(x, depth + 1);
  } catch (...) {
    print(indent + parity::py_name(e), e);
  }
}

ouro::task<> attempt(const char* name, ouro::task<> body) {
  print("--", name);
  auto t = ouro::create_task(std::move(body));
  co_await ouro::wait(list_of(t), {.timeout = 20ms});
  if (!t.done()) {
    print("cancel", t.cancel());
    co_await ouro::wait(list_of(t));
  }
  if (t.cancelled()) {
    print("CancelledError");
  } else {
    show(t.exception());
  }
  print("cancelling", t.cancelling());
}

/// Two groups, one in the body of the other; a task in each, null for none.
ouro::task<> two_groups(ouro::task<> in_outer, ouro::task<> in_inner) {
  co_await ouro::task_group::run([&](ouro::task_group& a) -> ouro::task<> {
    if (in_outer) a.create_task(std::move(in_outer));
    co_await ouro::task_group::run([&](ouro::task_group& b) -> ouro::task<> {
      b.create_task(std::move(in_inner));
      co_await slow("body");
    });
  });
}

ouro::task<> inner_handled() {
  co_await ouro::task_group::run([&](ouro::task_group& a) -> ouro::task<> {
    a.create_task(slow("a"));
    try {
      co_await ouro::task_group::run([&](ouro::task_group& b) -> ouro::task<> {
        b.create_task(bad(1, "inner"));
        co_await slow("body");
      });
    } catch (const ouro::exception_group& g) {
      g.handle<parity::value_error>([](const parity::value_error&) { print("handled"); });
    }
    co_await ouro::sleep(0s);
    print("outer body goes on", ouro::current_task().cancelling());
  });
}

ouro::task<> amain() {
  co_await attempt("outer cancel", two_groups(slow("a"), slow("b")));
  co_await attempt("outer child fails", two_groups(bad(3, "outer"), slow("b")));
  co_await attempt("inner child fails", two_groups(slow("a"), bad(2, "inner")));
  co_await attempt("both fail", two_groups(bad(2, "outer"), bad(2, "inner")));
  co_await attempt("inner handled", inner_handled());
}

const parity::entry entry("454_groups_nested_cancel", amain);

}  // namespace case_454

// case: 455_group_cancel_during_close
namespace case_455 {

ouro::task<> slow(const char* n, int turns) {
  std::exception_ptr error;
  try {
    co_await ouro::sleep(10s);
  } catch (const ouro::cancelled_error&) {
    error = std::current_exception();
  }
  for (int i = 0; i < turns; ++i) {
    try {
      co_await ouro::sleep(0s);
    } catch (const ouro::cancelled_error&) {
      print(n, "cancelled again");
    }
  }
  print(n, "cleaned");
  std::rethrow_exception(error);
}

ouro::task<> bad(int turns) {
  for (int i = 0; i < turns; ++i) co_await ouro::sleep(0s);
  throw parity::value_error("bad");
}

ouro::task<> owner(bool fails) {
  try {
    co_await ouro::task_group::run([&](ouro::task_group& g) -> ouro::task<> {
      g.create_task(slow("x", 4));
      if (fails) g.create_task(bad(2));
      co_return;
    });
  } catch (const ouro::exception_group& e) {
    print("group", e.exceptions().size(), "cancelling", ouro::current_task().cancelling());
  } catch (const ouro::cancelled_error&) {
    print("CancelledError, cancelling", ouro::current_task().cancelling());
    throw;
  }
  co_await ouro::sleep(0s);
  print("not cancelled later");
}

ouro::task<> attempt(bool fails, std::vector<int> turns) {
  auto t = ouro::create_task(owner(fails));
  for (int n : turns) {
    for (int i = 0; i < n; ++i) co_await ouro::sleep(0s);
    print("cancel", t.cancel());
  }
  co_await ouro::wait(list_of(t));
  print(fails, turns, "->", t.cancelled(), t.cancelling());
}

ouro::task<> amain() {
  for (bool fails : {false, true}) {
    co_await attempt(fails, list_of(2));
    co_await attempt(fails, list_of(2, 2));
    co_await attempt(fails, list_of(4, 1));
    co_await attempt(fails, list_of(6));
  }
}

const parity::entry entry("455_group_cancel_during_close", amain);

}  // namespace case_455

// case: 456_group_body_cancelled
namespace case_456 {

ouro::task<> slow(const char* n) {
  try {
    co_await ouro::sleep(30ms);
    print(n, "done");
  } catch (const ouro::cancelled_error&) {
    print(n, "cancelled");
    throw;
  }
}

using body_function = ouro::task<> (*)(ouro::task_group&);

ouro::task<> owner(body_function body) {
  co_await ouro::task_group::run([&](ouro::task_group& g) -> ouro::task<> {
    g.create_task(slow("child"));
    co_await ouro::sleep(0s);
    co_await body(g);
  });
  print("after the group");
}

bool holds_a_value_error(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const ouro::exception_group& group) {
    return group.exceptions().size() == 1 && parity::py_name(group.exceptions()[0]) == "ValueError";
  }
}

ouro::task<> attempt(const char* name, body_function body) {
  print("--", name);
  auto t = ouro::create_task(owner(body));
  co_await ouro::wait(list_of(t));
  print("cancelled", t.cancelled(), "cancelling", t.cancelling());
  if (!t.cancelled() && t.exception()) {
    print(parity::py_name(t.exception()), holds_a_value_error(t.exception()));
  }
}

ouro::task<> raises(ouro::task_group&) {
  throw ouro::cancelled_error();
  co_return;
}

ouro::task<> itself(ouro::task_group&) {
  ouro::current_task().cancel();
  co_return;
}

ouro::task<> itself_awaits(ouro::task_group&) {
  ouro::current_task().cancel();
  co_await ouro::sleep(0s);
}

ouro::task<> canceller(ouro::task_handle<> who, bool fails) {
  who.cancel();
  if (fails) throw parity::value_error();
  co_return;
}

ouro::task<> by_child(ouro::task_group& g) {
  g.create_task(canceller(ouro::current_task(), false));
  co_await ouro::sleep(10s);
}

ouro::task<> by_child_that_fails(ouro::task_group& g) {
  g.create_task(canceller(ouro::current_task(), true));
  co_await ouro::sleep(10s);
}

ouro::task<> failing() {
  throw parity::value_error();
  co_return;
}

ouro::task<> swallows(ouro::task_group& g) {
  g.create_task(failing());
  try {
    co_await ouro::sleep(10s);
  } catch (const ouro::cancelled_error&) {
    print("body swallows, cancelling", ouro::current_task().cancelling());
  }
  co_await ouro::sleep(0s);
  print("body goes on");
}

ouro::task<> turns_it_into_an_error(ouro::task_group& g) {
  g.create_task(failing());
  try {
    co_await ouro::sleep(10s);
  } catch (const ouro::cancelled_error&) {
    throw parity::key_error("body");
  }
}

ouro::task<> amain() {
  co_await attempt("raises", raises);
  co_await attempt("cancels itself and ends", itself);
  co_await attempt("cancels itself and awaits", itself_awaits);
  co_await attempt("cancelled by a child", by_child);
  co_await attempt("cancelled by a child that fails", by_child_that_fails);
  co_await attempt("body swallows the group's cancel", swallows);
  co_await attempt("body turns it into an error", turns_it_into_an_error);
}

const parity::entry entry("456_group_body_cancelled", amain);

}  // namespace case_456

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
