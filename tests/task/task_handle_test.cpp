// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/task_handle.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/sync/event.hpp"

#include "tests/support/loop_test.hpp"

#include <memory>
#include <string>
#include <type_traits>
#include <unordered_set>
#include <utility>

using namespace std::chrono_literals;

namespace {

/// Notes its end in a log.
struct noted_end {
  noted_end(std::string& log, char name) : log_(&log), name_(name) {}
  noted_end(noted_end&& other) noexcept
      : log_(std::exchange(other.log_, nullptr)), name_(other.name_) {}
  ~noted_end() {
    if (log_ != nullptr) *log_ += name_;
  }

 private:
  std::string* log_;
  char name_;
};

ouro::task<int> number_after(ouro::duration delay, int value) {
  co_await ouro::sleep(delay);
  co_return value;
}

ouro::task<std::string> text(std::string value) { co_return value; }

ouro::task<std::unique_ptr<int>> move_only(int value) { co_return std::make_unique<int>(value); }

ouro::task<int&> reference(int& value) {
  co_await ouro::sleep(0s);
  co_return value;
}

ouro::task<> wait_for(ouro::event& go) { co_await go.wait(); }

ouro::task<> fails(const char* what) {
  co_await ouro::sleep(0s);
  throw std::runtime_error(what);
}

ouro::task<> keeps(noted_end parameter, std::string& log) {
  static_cast<void>(parameter);
  const noted_end local(log, 'l');
  co_await ouro::sleep(0s);
}

ouro::task<> append_result(ouro::task_handle<int> of, std::string& log) {
  const int value = co_await of;
  log += std::to_string(value);
}

ouro::task<> await_handle(ouro::task_handle<> other) { co_await other; }

/// Awaits whatever task it finds in `other`.
ouro::task<> await_found(const ouro::task_handle<>& other) { co_await other; }

}  // namespace

static_assert(std::is_same_v<ouro::await_result_t<ouro::task_handle<int>&>, const int&>);
static_assert(std::is_same_v<ouro::await_result_t<ouro::task_handle<int>>, int>);
static_assert(std::is_same_v<ouro::await_result_t<ouro::task_handle<int&>&>, int&>);
static_assert(std::is_same_v<ouro::await_result_t<ouro::task_handle<int&>>, int&>);
static_assert(std::is_void_v<ouro::await_result_t<ouro::task_handle<>&>>);

OURO_TEST_CASE("task_handle: awaiting it suspends until the task has ended",
               "[task][task_handle]") {
  const auto begin = ouro::get_running_loop().time();
  auto handle = ouro::create_task(number_after(3s, 7));
  CHECK(!handle.done());

  const int value = co_await handle;

  CHECK(value == 7);
  CHECK(handle.done());
  CHECK(ouro::get_running_loop().time() - begin == 3s);
}

OURO_TEST_CASE("task_handle: awaiting a finished task gives nobody a turn", "[task][task_handle]") {
  auto done = ouro::create_task(number_after(0s, 7));
  co_await done;
  bool turned = false;
  ouro::get_running_loop().call_soon([&turned] { turned = true; });

  const int value = co_await done;

  CHECK(value == 7);
  CHECK(!turned);
  co_await ouro::sleep(0s);
}

OURO_TEST_CASE("task_handle: an awaited lvalue gives the same object every time",
               "[task][task_handle]") {
  auto handle = ouro::create_task(text("a long text that does not fit into the string itself"));

  const std::string& first = co_await handle;
  const std::string& second = co_await handle;

  CHECK(&first == &second);
  CHECK(&first == &handle.result());
  CHECK(first == "a long text that does not fit into the string itself");
}

OURO_TEST_CASE("task_handle: an awaited rvalue moves the value out", "[task][task_handle]") {
  auto handle = ouro::create_task(text("a long text that does not fit into the string itself"));
  auto copy = handle;

  const std::string taken = co_await std::move(handle);

  CHECK(taken == "a long text that does not fit into the string itself");
  CHECK(copy.result().empty());
}

OURO_TEST_CASE("task_handle: a move-only value is read in place and moved out",
               "[task][task_handle]") {
  auto handle = ouro::create_task(move_only(5));

  const std::unique_ptr<int>& seen = co_await handle;
  const int value = *seen;
  const std::unique_ptr<int> owned = co_await std::move(handle);

  CHECK(value == 5);
  CHECK(*owned == 5);
}

OURO_TEST_CASE("task_handle: a reference result is the object itself", "[task][task_handle]") {
  int value = 1;
  auto handle = ouro::create_task(reference(value));

  int& from_lvalue = co_await handle;
  int& from_result = handle.result();
  int& from_rvalue = co_await std::move(handle);

  CHECK(&from_lvalue == &value);
  CHECK(&from_result == &value);
  CHECK(&from_rvalue == &value);
}

OURO_TEST_CASE("task_handle: every awaiter gets the value, in the order of awaiting",
               "[task][task_handle]") {
  std::string log;
  auto shared = ouro::create_task(number_after(1s, 4));
  auto first = ouro::create_task(append_result(shared, log));
  auto second = ouro::create_task(append_result(shared, log));

  co_await first;
  CHECK(log == "44");
  co_await second;
}

OURO_TEST_CASE("task_handle: every await of a failed task throws the same error",
               "[task][task_handle][error]") {
  auto handle = ouro::create_task(fails("broken"));

  CHECK_THROWS_AS(co_await handle, std::runtime_error);
  CHECK_THROWS_AS(co_await handle, std::runtime_error);
  CHECK_THROWS_AS(handle.result(), std::runtime_error);
  CHECK(handle.exception() != nullptr);
  CHECK(!handle.cancelled());
}

OURO_TEST_CASE("task_handle: result() and exception() of a pending task are an invalid_state_error",
               "[task][task_handle][error]") {
  auto handle = ouro::create_task(number_after(1s, 1));

  CHECK_THROWS_AS(handle.result(), ouro::invalid_state_error);
  CHECK_THROWS_AS(handle.exception(), ouro::invalid_state_error);

  co_await handle;
  CHECK(handle.exception() == nullptr);
}

OURO_TEST_CASE("task_handle: result() and exception() of a cancelled task throw cancelled_error",
               "[task][task_handle][cancel]") {
  auto handle = ouro::create_task(number_after(1s, 1));
  handle.cancel();
  co_await test::settle();

  CHECK(handle.cancelled());
  CHECK_THROWS_AS(handle.result(), ouro::cancelled_error);
  CHECK_THROWS_AS(handle.exception(), ouro::cancelled_error);
}

OURO_TEST_CASE("task_handle: awaiting one cancelled before the await throws cancelled_error",
               "[task][task_handle][cancel]") {
  auto handle = ouro::create_task(number_after(1s, 1));
  handle.cancel();

  CHECK_THROWS_AS(co_await handle, ouro::cancelled_error);
}

OURO_TEST_CASE("task_handle: dropping it lets the task go on", "[task][task_handle]") {
  std::string log;
  {
    auto handle = ouro::create_task(append_result(ouro::create_task(number_after(1s, 3)), log));
  }
  CHECK(ouro::all_tasks().size() == 3);

  co_await ouro::sleep(2s);

  CHECK(log == "3");
  CHECK(ouro::all_tasks().size() == 1);
}

OURO_TEST_CASE("task_handle: the failure of a detached task is reported once, with its name",
               "[task][task_handle][error]") {
  static_cast<void>(ouro::create_task(fails("lost"), {.name = "worker"}));

  co_await test::settle();

  CHECK(test::take_reports() ==
        std::vector<std::string>{
            "Task exception was never retrieved | worker | std::runtime_error: lost"});
}

OURO_TEST_CASE("task_handle: the frame is gone when the task has ended, though handles live",
               "[task][task_handle]") {
  std::string log;
  auto handle = ouro::create_task(keeps(noted_end(log, 'p'), log));
  co_await ouro::sleep(0s);
  CHECK(log == "");

  co_await handle;

  CHECK(log == "lp");
  CHECK(handle.get_stack().empty());
}

OURO_TEST_CASE(
    "task_handle: the parameters of a task cancelled before its first step are destroyed",
    "[task][task_handle][cancel]") {
  std::string log;
  auto handle = ouro::create_task(keeps(noted_end(log, 'p'), log));
  handle.cancel();

  CHECK_THROWS_AS(co_await handle, ouro::cancelled_error);

  CHECK(log == "p");
}

OURO_TEST_CASE("task_handle: the state dies with the last handle and the value with it",
               "[task][task_handle]") {
  auto handle = ouro::create_task(text("a long text that does not fit into the string itself"));
  co_await handle;
  const auto with_handle = ouro::detail::frame_pool::live();

  handle = {};

  CHECK(ouro::detail::frame_pool::live() < with_handle);
  CHECK(!handle);
}

OURO_TEST_CASE("task_handle: using an empty one is a usage_error", "[task][task_handle][error]") {
  const ouro::task_handle<int> empty;

  CHECK_THROWS_AS(empty.done(), ouro::usage_error);
  CHECK_THROWS_AS(empty.cancel(), ouro::usage_error);
  CHECK_THROWS_AS(empty.get_name(), ouro::usage_error);
  CHECK_THROWS_AS(co_await empty, ouro::usage_error);
}

OURO_TEST_CASE("task_handle: a task that awaits itself gets a usage_error",
               "[task][task_handle][error]") {
  ouro::task_handle<> self;
  self = ouro::create_task(await_found(self));

  CHECK_THROWS_AS(co_await self, ouro::usage_error);
}

OURO_TEST_CASE("task_handle: two tasks that await each other get a usage_error",
               "[task][task_handle][error]") {
  ouro::task_handle<> first;
  auto second = ouro::create_task(await_found(first));
  first = ouro::create_task(await_handle(second));

  CHECK_THROWS_AS(co_await first, ouro::usage_error);
  CHECK_THROWS_AS(co_await second, ouro::usage_error);
}

OURO_TEST_CASE("task_handle: converts to task_handle<> and future<> that mean the same task",
               "[task][task_handle]") {
  auto handle = ouro::create_task(number_after(1s, 3));
  ouro::event go;
  auto other = ouro::create_task(wait_for(go));

  const ouro::task_handle<> any = handle;
  const ouro::future<> future = handle;

  CHECK(any == handle);
  CHECK(future == handle);
  CHECK(!(other == any));
  co_await any;
  CHECK(future.done());
  go.set();
  co_await other;
}

OURO_TEST_CASE("task_handle: the future<T> of a task gives its value", "[task][task_handle]") {
  const ouro::future<std::string> future = ouro::create_task(text("value"));

  const std::string& value = co_await future;

  CHECK(value == "value");
  CHECK(&value == &future.result());
}

OURO_TEST_CASE("task_handle: a future<T> of a task cannot be given a result",
               "[task][task_handle][error]") {
  const ouro::future<int> future = ouro::create_task(number_after(1s, 3));

  CHECK_THROWS_AS(future.set_result(1), ouro::usage_error);
  CHECK_THROWS_AS(future.set_exception(std::runtime_error("x")), ouro::usage_error);

  const int value = co_await future;
  CHECK(value == 3);
}

OURO_TEST_CASE("task_handle: copies are equal and hash alike, other tasks differ",
               "[task][task_handle]") {
  auto first = ouro::create_task(number_after(0s, 1));
  auto second = ouro::create_task(number_after(0s, 1));
  const auto copy = first;
  std::unordered_set<ouro::task_handle<int>> tasks;

  tasks.insert(first);
  tasks.insert(copy);
  tasks.insert(second);

  CHECK(tasks.size() == 2);
  CHECK(std::hash<ouro::task_handle<>>()(first) == std::hash<ouro::task_handle<int>>()(copy));
  CHECK(std::hash<ouro::future<>>()(first) == std::hash<ouro::task_handle<int>>()(copy));
  tasks.clear();
  co_await first;
  co_await second;
}
