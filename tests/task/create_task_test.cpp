// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/create_task.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/sync/event.hpp"

#include "tests/support/loop_test.hpp"
#include "tests/task/captured_log.hpp"

#include <memory>
#include <string>
#include <type_traits>
#include <utility>

using namespace std::chrono_literals;

namespace {

ouro::context_var<int> level("level", 0);

ouro::task<> append(std::string& log, char name) {
  log += name;
  co_return;
}

ouro::task<> append_twice(std::string& log, char first, char second) {
  log += first;
  co_await ouro::sleep(0s);
  log += second;
}

ouro::task<> note_name(std::string& log) {
  log += ouro::current_task().get_name();
  co_return;
}

ouro::task<int> read_level() { co_return level.get(); }

ouro::task<> write_level(int value) {
  level.set(value);
  co_return;
}

ouro::task<int> add(std::unique_ptr<int> left, const int& right) {
  co_await ouro::sleep(0s);
  co_return *left + right;
}

ouro::task<int> fails() {
  throw std::runtime_error("broken");
  co_return 0;
}

ouro::task<> cancels_itself() {
  ouro::current_task().cancel();
  co_await ouro::sleep(1s);
}

ouro::task<> starts_eagerly(std::string& log) {
  log += "<";
  auto inner = ouro::create_task(note_name(log), {.name = "inner", .eager_start = true});
  log += ouro::current_task().get_name() + ">";
  co_await inner;
}

/// Counts how many of it live.
struct counted {
  explicit counted(int& count) : count_(&count) { ++*count_; }
  counted(const counted& other) : count_(other.count_) { ++*count_; }
  ~counted() { --*count_; }
  ouro::task<> operator()() { co_await ouro::sleep(0s); }

 private:
  int* count_;
};

}  // namespace

OURO_TEST_CASE("create_task: the task first runs in the next turn", "[task][create_task]") {
  std::string log;

  auto handle = ouro::create_task(append(log, 'a'));
  CHECK(log == "");
  co_await ouro::sleep(0s);

  CHECK(log == "a");
  CHECK(handle.done());
}

OURO_TEST_CASE("create_task: tasks start in the order of creation, among callbacks too",
               "[task][create_task]") {
  std::string log;

  auto a = ouro::create_task(append_twice(log, 'a', 'A'));
  ouro::get_running_loop().call_soon([&log] { log += '-'; });
  auto b = ouro::create_task(append_twice(log, 'b', 'B'));
  co_await a;
  co_await b;

  CHECK(log == "a-bAB");
}

OURO_TEST_CASE("create_task: the options are all optional, and the name is the task's",
               "[task][create_task]") {
  std::string log;

  co_await ouro::create_task(note_name(log), {.name = "worker"});

  CHECK(log == "worker");
}

OURO_TEST_CASE("create_task: takes a copy of the name", "[task][create_task]") {
  std::string log;
  std::string name = "a name that is too long for the string itself to hold";
  auto handle = ouro::create_task(note_name(log), {.name = name});
  name.assign(name.size(), 'x');

  co_await handle;

  CHECK(log == "a name that is too long for the string itself to hold");
}

OURO_TEST_CASE("create_task: the task has a copy of the context, and keeps its changes to itself",
               "[task][create_task]") {
  level.set(1);
  auto reads = ouro::create_task(read_level());
  auto writes = ouro::create_task(write_level(5));
  level.set(2);

  const int seen = co_await reads;
  co_await writes;

  CHECK(seen == 1);
  CHECK(level.get() == 2);
}

OURO_TEST_CASE("create_task: tasks that are given one context share it", "[task][create_task]") {
  ouro::context shared = ouro::copy_context();

  co_await ouro::create_task(write_level(7), {.context = &shared});
  auto reads = ouro::create_task(read_level(), {.context = &shared});
  const int seen = co_await reads;

  CHECK(seen == 7);
  CHECK(shared.get(level) == 7);
  CHECK(level.get() == 0);
}

OURO_TEST_CASE("create_task: with eager_start the first step runs inside the call",
               "[task][create_task]") {
  std::string log;

  auto handle = ouro::create_task(append_twice(log, 'a', 'b'), {.eager_start = true});
  CHECK(log == "a");
  CHECK(!handle.done());
  co_await handle;

  CHECK(log == "ab");
}

OURO_TEST_CASE("create_task: an eager task that does not suspend is done at once and never listed",
               "[task][create_task]") {
  std::string log;

  auto handle = ouro::create_task(append(log, 'a'), {.eager_start = true});

  CHECK(handle.done());
  CHECK(ouro::all_tasks().size() == 1);
  bool turned = false;
  ouro::get_running_loop().call_soon([&turned] { turned = true; });
  co_await handle;
  CHECK(!turned);
  co_await ouro::sleep(0s);
}

OURO_TEST_CASE(
    "create_task: an eager first step is the current task, and the creator is again after it",
    "[task][create_task]") {
  std::string log;

  co_await ouro::create_task(starts_eagerly(log), {.name = "outer", .eager_start = true});

  CHECK(log == "<innerouter>");
}

OURO_TEST_CASE("create_task: an eager step has its own context", "[task][create_task]") {
  level.set(3);

  co_await ouro::create_task(write_level(4), {.eager_start = true});

  CHECK(level.get() == 3);
}

OURO_TEST_CASE("create_task: the failure of an eager step stays in the task",
               "[task][create_task][error]") {
  auto handle = ouro::create_task(fails(), {.eager_start = true});

  CHECK(handle.done());
  CHECK_THROWS_AS(co_await handle, std::runtime_error);
}

OURO_TEST_CASE("create_task: an eager step that cancels its task ends it cancelled",
               "[task][create_task][cancel]") {
  auto handle = ouro::create_task(cancels_itself(), {.eager_start = true});

  CHECK(handle.cancelled());
  co_return;
}

OURO_TEST_CASE("create_task: eager_start in a plain callback leaves no current task behind",
               "[task][create_task]") {
  std::string log;
  ouro::get_running_loop().call_soon([&log] {
    static_cast<void>(ouro::create_task(note_name(log), {.name = "eager", .eager_start = true}));
    log += ouro::current_task() ? " task" : " none";
  });

  co_await ouro::sleep(0s);

  CHECK(log == "eager none");
}

TEST_CASE("create_task: eager_start on a loop that does not run waits for the loop",
          "[task][create_task]") {
  std::string log;
  ouro::event_loop loop;
  auto handle = loop.create_task(append(log, 'a'), {.eager_start = true});
  CHECK(log == "");

  loop.run_until_complete(handle);

  CHECK(log == "a");
}

OURO_TEST_CASE("create_task: a function and its arguments live as long as the task",
               "[task][create_task]") {
  int right = 3;

  auto handle = ouro::create_task(&add, std::make_unique<int>(4), right);
  right = 100;  // the task has a copy
  const int sum = co_await handle;

  CHECK(sum == 7);
}

OURO_TEST_CASE("create_task: a lambda that captures by value may be given away",
               "[task][create_task]") {
  std::string log;
  auto shared = std::make_shared<std::string>("captured");

  auto handle = ouro::create_task([shared, &log]() -> ouro::task<> {
    co_await ouro::sleep(1s);
    log += *shared;
  });
  shared.reset();
  co_await handle;

  CHECK(log == "captured");
}

OURO_TEST_CASE("create_task: the function and its captures go when the task ends",
               "[task][create_task]") {
  int count = 0;
  auto handle = ouro::create_task(counted(count));
  CHECK(count == 1);

  co_await handle;

  CHECK(count == 0);
}

OURO_TEST_CASE("create_task: takes anything that can be awaited", "[task][create_task]") {
  const auto begin = ouro::get_running_loop().time();
  ouro::event go;
  go.set();

  auto sleeping = ouro::create_task(ouro::sleep(2s, 5), {.name = "sleeping"});
  auto waiting = ouro::create_task(go.wait());
  const int value = co_await sleeping;
  co_await waiting;

  CHECK(value == 5);
  CHECK(sleeping.get_name() == "sleeping");
  CHECK(ouro::get_running_loop().time() - begin == 2s);
}

OURO_TEST_CASE("create_task: an empty task is a usage_error", "[task][create_task][error]") {
  CHECK_THROWS_AS(ouro::create_task(ouro::task<int>()), ouro::usage_error);
  auto moved_from = read_level();
  static_cast<void>(co_await std::move(moved_from));
  CHECK_THROWS_AS(ouro::create_task(std::move(moved_from)), ouro::usage_error);
}

TEST_CASE("create_task: without a running loop is a usage_error", "[task][create_task][error]") {
  const test::captured_log log;

  CHECK_THROWS_AS(ouro::create_task(read_level()), ouro::usage_error);

  CHECK(log.contains("coroutine 'read_level' was never awaited"));
}

OURO_TEST_CASE("create_task: on a closed loop is a usage_error and the coroutine is reported",
               "[task][create_task][error]") {
  ouro::event_loop closed;
  closed.close();

  CHECK_THROWS_AS(closed.create_task(read_level()), ouro::usage_error);

  CHECK(test::take_reports() ==
        std::vector<std::string>{"coroutine 'read_level' was never awaited | read_level"});
  co_return;
}

OURO_TEST_CASE("create_task: event_loop::create_task() makes the same task",
               "[task][create_task]") {
  std::string log;
  auto handle = ouro::get_running_loop().create_task(note_name(log), {.name = "of the loop"});

  co_await handle;

  CHECK(log == "of the loop");
}

TEST_CASE("create_task: a task made before the loop runs starts with it", "[task][create_task]") {
  std::string log;
  ouro::event_loop loop;
  auto first = loop.create_task(append(log, 'a'));
  auto second = loop.create_task(append(log, 'b'));

  loop.run_until_complete(second);

  CHECK(log == "ab");
  CHECK(first.done());
}

OURO_TEST_CASE("ensure_future: gives tasks and futures back and makes a task of a coroutine",
               "[task][create_task]") {
  auto handle = ouro::create_task(read_level());
  auto future = ouro::get_running_loop().create_future<int>();

  auto same_task = ouro::ensure_future(handle);
  auto same_future = ouro::ensure_future(future);
  auto made = ouro::ensure_future(read_level());

  CHECK(same_task == handle);
  CHECK(same_future == future);
  static_assert(std::is_same_v<decltype(made), ouro::task_handle<int>>);
  co_await handle;
  co_await made;
}
