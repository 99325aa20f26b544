// SPDX-License-Identifier: BSL-1.0
#include "ouro/sync/event.hpp"
#include "ouro/task/task_handle.hpp"

#include "tests/support/loop_test.hpp"

#include <string>
#include <vector>

using namespace std::chrono_literals;

namespace {

ouro::context_var<int> level("level", 0);

ouro::task<> innermost(ouro::event& go) { co_await go.wait(); }

ouro::task<> middle(ouro::event& go) {
  auto ready = innermost(go);
  co_await ready;
}

ouro::task<> outermost(ouro::event& go) { co_await middle(go); }

ouro::task<> note_current(std::string& log) {
  log += ouro::current_task().get_name();
  co_await ouro::sleep(0s);
  log += ouro::current_task().get_name();
}

ouro::task<> sets_level(int value, ouro::event& go) {
  level.set(value);
  co_await go.wait();
}

std::string functions_of(const ouro::task_handle<>& task) {
  std::string names;
  for (const ouro::stack_entry& entry : task.get_stack()) {
    names += std::string(entry.function) + " ";
  }
  return names;
}

std::string names_of(const std::vector<ouro::task_handle<>>& tasks) {
  std::string names;
  for (const auto& task : tasks) names += task.get_name() + " ";
  return names;
}

}  // namespace

OURO_TEST_CASE("task_handle: a task without a name is Task-N, with N from a counter of the loop",
               "[task][task_handle]") {
  ouro::event go;
  auto first = ouro::create_task(innermost(go));
  auto second = ouro::create_task(innermost(go));

  CHECK(ouro::current_task().get_name() == "Task-1");
  CHECK(first.get_name() == "Task-2");
  CHECK(second.get_name() == "Task-3");

  go.set();
  co_await second;
}

OURO_TEST_CASE("task_handle: set_name() changes the name that every handle sees",
               "[task][task_handle]") {
  ouro::event go;
  auto handle = ouro::create_task(innermost(go), {.name = "before"});
  const ouro::task_handle<> other = handle;
  CHECK(other.get_name() == "before");

  handle.set_name("after");

  CHECK(other.get_name() == "after");
  go.set();
  co_await handle;
  CHECK(other.get_name() == "after");
}

OURO_TEST_CASE("task_handle: get_stack() lists the awaits of a suspended task, outermost first",
               "[task][task_handle]") {
  ouro::event go;
  auto handle = ouro::create_task(outermost(go));
  CHECK(functions_of(handle) == "outermost ");

  co_await ouro::sleep(0s);

  CHECK(functions_of(handle) == "outermost middle innermost ");
  go.set();
  co_await handle;
  CHECK(functions_of(handle) == "");
}

OURO_TEST_CASE("task_handle: the lines of get_stack() are those of the awaits",
               "[task][task_handle]") {
  ouro::event go;
  auto handle = ouro::create_task(outermost(go));
  const unsigned outermost_begins = handle.get_coro().line;
  co_await ouro::sleep(0s);

  const auto stack = handle.get_stack();

  // outermost() stands on one line, four lines below the await of middle(), and so on.
  CHECK(stack.size() == 3);
  CHECK(stack[0].line == outermost_begins);
  CHECK(stack[1].line == outermost_begins - 3);
  CHECK(stack[2].line == outermost_begins - 7);
  CHECK(stack[0].file.ends_with("task_handle_introspection_test.cpp"));
  go.set();
  co_await handle;
}

OURO_TEST_CASE("task_handle: get_coro() names the coroutine function, also after the end",
               "[task][task_handle]") {
  ouro::event go;
  go.set();
  auto handle = ouro::create_task(outermost(go));
  CHECK(handle.get_coro().function == "outermost");

  co_await handle;

  CHECK(handle.get_coro().function == "outermost");
  CHECK(handle.get_coro().file.ends_with("task_handle_introspection_test.cpp"));
}

OURO_TEST_CASE("task_handle: created_at() is the line of create_task()", "[task][task_handle]") {
  ouro::event go;
  go.set();
  const auto before = std::source_location::current();
  auto handle = ouro::create_task(outermost(go));

  CHECK(handle.created_at().line() == before.line() + 1);
  CHECK(std::string(handle.created_at().file_name()) == before.file_name());
  co_await handle;
}

OURO_TEST_CASE("task_handle: get_loop() is the loop that runs the task", "[task][task_handle]") {
  ouro::event go;
  go.set();
  auto handle = ouro::create_task(outermost(go));

  CHECK(&handle.get_loop() == &ouro::get_running_loop());
  co_await handle;
}

OURO_TEST_CASE("task_handle: get_context() shows the values that the task sees",
               "[task][task_handle]") {
  ouro::event go;
  level.set(1);
  auto handle = ouro::create_task(sets_level(2, go));
  CHECK(handle.get_context().get(level) == 1);

  co_await ouro::sleep(0s);

  CHECK(handle.get_context().get(level) == 2);
  CHECK(level.get() == 1);
  go.set();
  co_await handle;
}

OURO_TEST_CASE(
    "task_handle: writing to the context that get_context() gives does not reach the task",
    "[task][task_handle]") {
  ouro::event go;
  auto handle = ouro::create_task(sets_level(2, go));
  co_await ouro::sleep(0s);

  handle.get_context().run([] { level.set(9); });

  CHECK(handle.get_context().get(level) == 2);
  go.set();
  co_await handle;
}

OURO_TEST_CASE("current_task: is the running task at every step", "[task][task_handle]") {
  std::string log;
  auto a = ouro::create_task(note_current(log), {.name = "a"});
  auto b = ouro::create_task(note_current(log), {.name = "b"});

  co_await a;
  co_await b;

  CHECK(log == "abab");
}

OURO_TEST_CASE("current_task: is the outer task inside a child", "[task][task_handle]") {
  std::string log;
  ouro::current_task().set_name("me ");

  co_await note_current(log);

  CHECK(log == "me me ");
}

OURO_TEST_CASE("current_task: is empty in a plain callback", "[task][task_handle]") {
  bool empty = false;
  ouro::get_running_loop().call_soon([&empty] { empty = !ouro::current_task(); });

  co_await ouro::sleep(0s);

  CHECK(empty);
  CHECK(ouro::current_task());
}

OURO_TEST_CASE("current_task: is empty for a loop that is not the running one",
               "[task][task_handle]") {
  ouro::event_loop other;

  CHECK(!ouro::current_task(other));
  CHECK(ouro::current_task(ouro::get_running_loop()) == ouro::current_task());
  co_return;
}

TEST_CASE("current_task: without a running loop is a usage_error", "[task][task_handle][error]") {
  CHECK_THROWS_AS(ouro::current_task(), ouro::usage_error);
  CHECK_THROWS_AS(ouro::all_tasks(), ouro::usage_error);
}

OURO_TEST_CASE("all_tasks: lists the unfinished tasks in the order of creation",
               "[task][task_handle]") {
  ouro::event go;
  ouro::current_task().set_name("main");
  auto a = ouro::create_task(innermost(go), {.name = "a"});
  std::string unused;
  auto b = ouro::create_task(note_current(unused), {.name = "b"});
  b.cancel();
  auto c = ouro::create_task(innermost(go), {.name = "c"});
  CHECK(names_of(ouro::all_tasks()) == "main a b c ");

  co_await ouro::sleep(0s);

  CHECK(names_of(ouro::all_tasks()) == "main a c ");
  go.set();
  co_await c;
  CHECK(names_of(ouro::all_tasks()) == "main ");
}

OURO_TEST_CASE("all_tasks: of another loop lists that loop's tasks", "[task][task_handle]") {
  ouro::event_loop other;
  static_cast<void>(other.create_task(ouro::task<>(test::settle()), {.name = "elsewhere"}));

  CHECK(names_of(ouro::all_tasks(other)) == "elsewhere ");

  other.set_exception_handler([](ouro::event_loop&, const ouro::exception_context&) {});
  other.close();
  CHECK(ouro::all_tasks(other).empty());
  co_return;
}
