// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/future.hpp"

#include "ouro/base/errors.hpp"

#include "tests/support/loop_test.hpp"

#include <memory>
#include <string>
#include <type_traits>
#include <unordered_set>
#include <utility>

using namespace std::chrono_literals;

namespace {

template <class T = void>
ouro::future<T> make_future() {
  return ouro::get_running_loop().create_future<T>();
}

ouro::task<> append_value(ouro::future<int> future, std::string& log, char name) {
  const int value = co_await future;
  log += name + std::to_string(value);
}

ouro::task<> append_outcome(ouro::future<int> future, std::string& log) {
  try {
    const int value = co_await future;
    log += std::to_string(value);
  } catch (const ouro::cancelled_error& error) {
    log += "cancelled(" + error.message() + ")";
  } catch (const std::exception& error) {
    log += error.what();
  }
}

ouro::task<> await_elsewhere(ouro::future<int> future) { co_await future; }

struct error_with_number : std::runtime_error {
  explicit error_with_number(int value) : std::runtime_error("numbered"), number(value) {}
  int number;
};

}  // namespace

static_assert(std::is_same_v<ouro::await_result_t<ouro::future<int>&>, const int&>);
static_assert(std::is_same_v<ouro::await_result_t<ouro::future<int>>, int>);

OURO_TEST_CASE("future: set_result() makes the awaiter ready and does not run it",
               "[task][future]") {
  std::string log;
  auto future = make_future<int>();
  auto waiting = ouro::create_task(append_value(future, log, 'a'));
  co_await ouro::sleep(0s);

  future.set_result(5);
  CHECK(log == "");
  CHECK(future.done());
  co_await waiting;

  CHECK(log == "a5");
}

OURO_TEST_CASE("future: one that is done is awaited without a turn", "[task][future]") {
  auto future = make_future<int>();
  future.set_result(5);
  bool turned = false;
  ouro::get_running_loop().call_soon([&turned] { turned = true; });

  const int value = co_await future;

  CHECK(value == 5);
  CHECK(!turned);
  co_await ouro::sleep(0s);
}

OURO_TEST_CASE("future: wakes its awaiters in the order in which they came", "[task][future]") {
  std::string log;
  auto future = make_future<int>();
  auto a = ouro::create_task(append_value(future, log, 'a'));
  auto b = ouro::create_task(append_value(future, log, 'b'));
  auto c = ouro::create_task(append_value(future, log, 'c'));
  co_await ouro::sleep(0s);

  future.set_result(1);
  co_await ouro::sleep(0s);

  CHECK(log == "a1b1c1");
  CHECK(c.done());
}

OURO_TEST_CASE("future: a second result is an invalid_state_error and the first stays",
               "[task][future][error]") {
  auto future = make_future<std::string>();
  future.set_result("first");

  CHECK_THROWS_AS(future.set_result("second"), ouro::invalid_state_error);
  CHECK_THROWS_AS(future.set_exception(std::runtime_error("third")), ouro::invalid_state_error);

  CHECK(future.result() == "first");
  co_return;
}

OURO_TEST_CASE("future: a result after an exception is an invalid_state_error",
               "[task][future][error]") {
  auto future = make_future<int>();
  future.set_exception(error_with_number(3));

  CHECK_THROWS_AS(future.set_result(1), ouro::invalid_state_error);

  CHECK_THROWS_AS(future.result(), error_with_number);
  co_return;
}

OURO_TEST_CASE("future: the exception that was set comes out of every await with its type",
               "[task][future][error]") {
  auto future = make_future<int>();
  future.set_exception(error_with_number(3));

  for (int round = 0; round < 2; ++round) {
    int number = 0;
    try {
      co_await future;
    } catch (const error_with_number& error) {
      number = error.number;
    }
    CHECK(number == 3);
  }
}

OURO_TEST_CASE("future: takes an exception_ptr, but not a null one", "[task][future][error]") {
  auto future = make_future<>();
  CHECK_THROWS_AS(future.set_exception(std::exception_ptr()), ouro::usage_error);
  CHECK(!future.done());

  future.set_exception(std::make_exception_ptr(error_with_number(4)));

  CHECK_THROWS_AS(co_await future, error_with_number);
}

OURO_TEST_CASE("future: result() and exception() of a pending one are an invalid_state_error",
               "[task][future][error]") {
  auto future = make_future<int>();

  CHECK_THROWS_AS(future.result(), ouro::invalid_state_error);
  CHECK_THROWS_AS(future.exception(), ouro::invalid_state_error);
  co_return;
}

OURO_TEST_CASE("future: cancel() is true once, then false", "[task][future][cancel]") {
  auto future = make_future<int>();

  CHECK(future.cancel());
  CHECK(!future.cancel());

  CHECK(future.done());
  CHECK(future.cancelled());
  CHECK_THROWS_AS(future.result(), ouro::cancelled_error);
  CHECK_THROWS_AS(future.exception(), ouro::cancelled_error);
  CHECK_THROWS_AS(future.set_result(1), ouro::invalid_state_error);
  co_return;
}

OURO_TEST_CASE("future: cancel() of one that has a value is false and changes nothing",
               "[task][future][cancel]") {
  auto future = make_future<int>();
  future.set_result(2);

  CHECK(!future.cancel());

  CHECK(!future.cancelled());
  CHECK(future.result() == 2);
  co_return;
}

OURO_TEST_CASE("future: every awaiter of a cancelled one gets cancelled_error with the message",
               "[task][future][cancel]") {
  std::string log;
  auto future = make_future<int>();
  auto a = ouro::create_task(append_outcome(future, log));
  auto b = ouro::create_task(append_outcome(future, log));
  co_await ouro::sleep(0s);

  future.cancel("no more");
  co_await a;
  co_await b;

  CHECK(log == "cancelled(no more)cancelled(no more)");
  CHECK(a.cancelling() == 0);
}

OURO_TEST_CASE("future: awaiting one that was cancelled before throws its message",
               "[task][future][cancel]") {
  std::string log;
  auto future = make_future<int>();
  future.cancel("gone");

  co_await append_outcome(future, log);

  CHECK(log == "cancelled(gone)");
}

OURO_TEST_CASE("future: a rvalue await moves the value out, a lvalue await leaves it",
               "[task][future]") {
  auto future = make_future<std::unique_ptr<int>>();
  future.set_result(std::make_unique<int>(6));

  const std::unique_ptr<int>& seen = co_await future;
  CHECK(*seen == 6);
  const std::unique_ptr<int> taken = co_await std::move(future);

  CHECK(*taken == 6);
}

OURO_TEST_CASE("future: of a reference gives the object itself", "[task][future]") {
  int value = 1;
  auto future = make_future<int&>();
  future.set_result(value);

  int& result = co_await future;

  CHECK(&result == &value);
  CHECK(&future.result() == &value);
}

OURO_TEST_CASE("future: set_result() builds the value from its arguments", "[task][future]") {
  auto future = make_future<std::string>();

  future.set_result(std::size_t{3}, 'x');

  CHECK(future.result() == "xxx");
  co_return;
}

OURO_TEST_CASE("future: future<> stands for any future, without its value", "[task][future]") {
  auto future = make_future<int>();
  const ouro::future<> any = future;
  future.set_result(1);

  co_await any;

  CHECK(any.done());
  CHECK(any == future);
  CHECK(any.exception() == nullptr);
}

OURO_TEST_CASE("future: copies are equal and hash alike, other futures differ", "[task][future]") {
  auto first = make_future<int>();
  auto second = make_future<int>();
  const auto copy = first;
  std::unordered_set<ouro::future<int>> futures;

  futures.insert(first);
  futures.insert(copy);
  futures.insert(second);

  CHECK(futures.size() == 2);
  CHECK(!(first == second));
  co_return;
}

OURO_TEST_CASE("future: using an empty one is a usage_error", "[task][future][error]") {
  const ouro::future<int> empty;

  CHECK(!empty);
  CHECK_THROWS_AS(empty.done(), ouro::usage_error);
  CHECK_THROWS_AS(empty.set_result(1), ouro::usage_error);
  CHECK_THROWS_AS(co_await empty, ouro::usage_error);
}

OURO_TEST_CASE("future: awaiting one of another loop is a usage_error", "[task][future][error]") {
  ouro::event_loop other;
  auto foreign = other.create_future<int>();
  CHECK(&foreign.get_loop() == &other);
  auto waiting = ouro::create_task(await_elsewhere(foreign));

  CHECK_THROWS_AS(co_await waiting, ouro::usage_error);
}

OURO_TEST_CASE("future: a done one of another loop may be read", "[task][future]") {
  ouro::event_loop other;
  auto foreign = other.create_future<int>();
  foreign.set_result(3);

  const int value = co_await foreign;

  CHECK(value == 3);
}

OURO_TEST_CASE(
    "future: an exception that nobody retrieved is reported once, with its last reference",
    "[task][future][error]") {
  auto future = make_future<int>();
  future.set_exception(std::runtime_error("lost"));
  auto copy = future;
  future = {};
  CHECK(test::take_reports().empty());

  copy = {};

  CHECK(test::take_reports() ==
        std::vector<std::string>{
            "Future exception was never retrieved |  | std::runtime_error: lost"});
  co_return;
}

OURO_TEST_CASE("future: an exception counts as retrieved by await, result() or exception()",
               "[task][future][error]") {
  auto awaited = make_future<>();
  auto asked = make_future<>();
  auto looked_at = make_future<>();
  for (const auto& future : {awaited, asked, looked_at})
    future.set_exception(std::runtime_error("x"));

  CHECK_THROWS_AS(co_await awaited, std::runtime_error);
  CHECK_THROWS_AS(asked.result(), std::runtime_error);
  CHECK(looked_at.exception() != nullptr);

  awaited = asked = looked_at = {};
  CHECK(test::take_reports().empty());
}

OURO_TEST_CASE("future: a cancelled one that nobody looked at is not reported",
               "[task][future][cancel]") {
  make_future<int>().cancel("unseen");

  CHECK(test::take_reports().empty());
  co_return;
}

OURO_TEST_CASE("future: dropping a pending one is silent and leaves nothing", "[task][future]") {
  const auto before = ouro::detail::frame_pool::live();
  {
    auto future = make_future<std::string>();
    future.add_done_callback([] {});
  }

  CHECK(ouro::detail::frame_pool::live() == before);
  CHECK(test::take_reports().empty());
  co_return;
}
