// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/task_hooks.hpp"

#include "ouro/sync/event.hpp"
#include "ouro/task/gather.hpp"

#include "tests/support/loop_test.hpp"

#include <string>

using namespace std::chrono_literals;

namespace {

/// Writes down what it sees of the tasks.
class recorder final : public ouro::task_hooks {
 public:
  start on_create(const ouro::task_handle<>& task) noexcept override {
    log += "create " + task.get_name() + (task.done() ? " done\n" : "\n");
    return start::later;
  }
  void on_step(const ouro::task_handle<>& task) noexcept override {
    log += "step " + task.get_name() + "\n";
  }
  void on_done(const ouro::task_handle<>& task) noexcept override {
    log += "done " + task.get_name() + (task.cancelled() ? " cancelled\n" : "\n");
    stack_was_empty = task.get_stack().empty();
  }

  std::string log;
  bool stack_was_empty = false;
};

/// Hooks for as long as it lives.
struct hooked {
  explicit hooked(ouro::task_hooks& hooks) : loop(ouro::get_running_loop()) {
    loop.set_task_hooks(hooks);
  }
  ~hooked() { loop.set_task_hooks(nullptr); }
  ouro::event_loop& loop;
};

ouro::task<> two_steps() { co_await ouro::sleep(0s); }

ouro::task<int> number(int value) { co_return value; }

ouro::task<> append(std::string& log, char name, ouro::event& go) {
  log += name;
  co_await go.wait();
  log += name;
}

}  // namespace

OURO_TEST_CASE("task_hooks: sees the creation, each step and the end of a task",
               "[task][task_hooks]") {
  recorder seen;
  {
    const hooked scope(seen);
    auto handle = ouro::create_task(two_steps(), {.name = "a"});
    CHECK(seen.log == "create a\n");
    ouro::current_task().set_name("main");
    while (!handle.done()) co_await ouro::sleep(0s);
  }

  CHECK(seen.log == "create a\nstep a\nstep main\nstep a\ndone a\nstep main\n");
  CHECK(seen.stack_was_empty);
}

OURO_TEST_CASE("task_hooks: sees the end of a task that never ran", "[task][task_hooks][cancel]") {
  recorder seen;
  {
    const hooked scope(seen);
    ouro::create_task(two_steps(), {.name = "a"}).cancel();
    ouro::current_task().set_name("main");
    co_await ouro::sleep(0s);
  }

  CHECK(seen.log == "create a\nstep a\ndone a cancelled\nstep main\n");
}

OURO_TEST_CASE("task_hooks: sees the tasks that gather() makes", "[task][task_hooks]") {
  recorder seen;
  ouro::current_task().set_name("main");
  {
    const hooked scope(seen);
    auto both = ouro::gather(number(1), number(2));
    const std::string created = seen.log;
    co_await both;
    CHECK(created == "create Task-2\ncreate Task-3\n");
  }
}

OURO_TEST_CASE("task_hooks: eager_task_factory starts every task inside create_task()",
               "[task][task_hooks]") {
  std::string log;
  ouro::event go;
  const hooked scope(ouro::eager_task_factory);

  auto a = ouro::create_task(append(log, 'a', go));
  log += '-';
  auto done = ouro::create_task(number(3));
  CHECK(log == "a-");
  CHECK(done.done());

  go.set();
  co_await a;
  CHECK(log == "a-a");
}

OURO_TEST_CASE(
    "task_hooks: eager_task_factory lets a gather of ready children end without a turn of theirs",
    "[task][task_hooks]") {
  const hooked scope(ouro::eager_task_factory);

  auto both = ouro::gather(number(1), number(2));
  CHECK(ouro::all_tasks().size() == 1);
  const auto& [first, second] = co_await both;

  CHECK(first == 1);
  CHECK(second == 2);
}

namespace {

class suspensions final : public ouro::task_hooks {
 public:
  void on_suspend(const ouro::task_handle<>& task) noexcept override {
    log += task.get_name() + (task.done() ? " done " : " ");
  }
  std::string log;
};

}  // namespace

OURO_TEST_CASE("task_hooks: are told of each suspension, but not of the end",
               "[task][task_hooks]") {
  suspensions seen;
  const hooked scope(seen);

  auto handle = ouro::create_task(two_steps(), {.name = "a"});
  while (!handle.done()) co_await ouro::sleep(0s);

  std::string of_a;
  for (std::size_t at = seen.log.find("a "); at != std::string::npos;
       at = seen.log.find("a ", at + 1)) {
    of_a += "a";
  }
  CHECK(of_a == "a");
  CHECK(seen.log.find("done") == std::string::npos);
}
