// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/gather.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/task/future.hpp"

#include "tests/support/loop_test.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace std::chrono_literals;

namespace {

ouro::duration passed_since(ouro::time_point start) {
  return ouro::get_running_loop().time() - start;
}

ouro::task<int> number_after(ouro::duration delay, int value) {
  co_await ouro::sleep(delay);
  co_return value;
}

ouro::task<int> number(int value) { co_return value; }

ouro::task<> log_after(ouro::duration delay, std::string& log, char name) {
  co_await ouro::sleep(delay);
  log += name;
}

ouro::task<int> fails_after(ouro::duration delay, const char* text) {
  co_await ouro::sleep(delay);
  throw std::runtime_error(text);
}

ouro::task<int&> reference_to(int& value) { co_return value; }

ouro::task<std::unique_ptr<int>> boxed(int value) { co_return std::make_unique<int>(value); }

ouro::task<> counts(int& runs) {
  ++runs;
  co_return;
}

ouro::task<int> throws_an_int() {
  throw 7;
  co_return 0;
}

ouro::task<int> sum_of_two(int a, int b) {
  auto [x, y] = co_await ouro::gather(number_after(1s, a), number_after(2s, b));
  co_return x + y;
}

struct refuses_copies {
  refuses_copies() = default;
  refuses_copies(refuses_copies&&) noexcept = default;
  refuses_copies(const refuses_copies&) { throw std::domain_error("no copies"); }
};

ouro::task<refuses_copies> no_copies() { co_return refuses_copies{}; }

std::string text_of(const std::exception_ptr& error) { return ouro::detail::describe(error); }

}  // namespace

OURO_TEST_CASE("gather: gives the results in the order of its arguments", "[task][gather]") {
  const auto start = ouro::get_running_loop().time();

  auto [a, b, c] =
      co_await ouro::gather(number_after(3s, 1), number_after(1s, 2), number_after(2s, 3));

  CHECK(a == 1);
  CHECK(b == 2);
  CHECK(c == 3);
  CHECK(passed_since(start) == 3s);
}

OURO_TEST_CASE("gather: starts its children in the order of its arguments, in the next turn",
               "[task][gather]") {
  std::string log;
  auto all =
      ouro::gather(log_after(0s, log, 'a'), log_after(0s, log, 'b'), log_after(0s, log, 'c'));
  log += '|';

  co_await all;

  CHECK(log == "|abc");
}

OURO_TEST_CASE("gather: of nothing is done at once", "[task][gather]") {
  auto none = ouro::gather();
  auto empty = ouro::gather(std::vector<ouro::task<int>>());

  CHECK(none.done());
  CHECK(empty.done());
  const std::vector<int> values = co_await empty;
  CHECK(values.empty());
}

OURO_TEST_CASE(
    "gather: void gives monostate, a reference a reference_wrapper, a move-only value itself",
    "[task][gather]") {
  int value = 1;
  int runs = 0;

  auto [nothing, reference, box] =
      co_await ouro::gather(counts(runs), reference_to(value), boxed(5));

  static_assert(std::is_same_v<decltype(nothing), std::monostate>);
  CHECK(&reference.get() == &value);
  CHECK(*box == 5);
  CHECK(runs == 1);
}

OURO_TEST_CASE("gather: a vector of coroutines gives a vector in the same order",
               "[task][gather]") {
  std::vector<ouro::task<int>> pages;
  for (int i = 0; i < 10; ++i) pages.push_back(number_after(std::chrono::seconds(10 - i), i));

  const std::vector<int> values = co_await ouro::gather(std::move(pages));

  REQUIRE(values.size() == 10);
  for (int i = 0; i < 10; ++i) CHECK(values[static_cast<std::size_t>(i)] == i);
}

OURO_TEST_CASE("gather: a vector of move-only results arrives", "[task][gather]") {
  std::vector<ouro::task<std::unique_ptr<int>>> boxes;
  boxes.push_back(boxed(1));
  boxes.push_back(boxed(2));

  std::vector<std::unique_ptr<int>> values = co_await ouro::gather(std::move(boxes));

  REQUIRE(values.size() == 2);
  CHECK(*values[0] == 1);
  CHECK(*values[1] == 2);
}

OURO_TEST_CASE("gather: waits for handles and futures, and copies their values", "[task][gather]") {
  auto handle = ouro::create_task(number_after(1s, 1));
  auto future = ouro::get_running_loop().create_future<std::string>();
  ouro::get_running_loop().call_later(2s, [&] { future.set_result("two"); });

  auto [one, two] = co_await ouro::gather(handle, future);

  CHECK(one == 1);
  CHECK(two == "two");
  CHECK(handle.result() == 1);
  CHECK(future.result() == "two");
}

OURO_TEST_CASE("gather: takes any awaitable", "[task][gather]") {
  auto [text, value] = co_await ouro::gather(ouro::sleep(1s, std::string("slept")), number(2));

  CHECK(text == "slept");
  CHECK(value == 2);
}

OURO_TEST_CASE("gather: of children that are done is not done before a turn", "[task][gather]") {
  auto handle = ouro::create_task(number(1));
  co_await handle;

  auto all = ouro::gather(handle);

  CHECK(!all.done());
  auto [one] = co_await all;
  CHECK(one == 1);
}

OURO_TEST_CASE("gather: a handle given twice runs once and fills both places", "[task][gather]") {
  int runs = 0;
  auto counting = ouro::create_task(counts(runs));
  auto handle = ouro::create_task(number_after(1s, 4));

  auto [a, b, c, d] = co_await ouro::gather(counting, handle, counting, handle);
  static_cast<void>(a);
  static_cast<void>(c);

  CHECK(runs == 1);
  CHECK(b == 4);
  CHECK(d == 4);
}

OURO_TEST_CASE("gather: nests", "[task][gather]") {
  const auto start = ouro::get_running_loop().time();

  auto [inner, other, sum] = co_await ouro::gather(
      ouro::gather(number_after(1s, 1), number_after(3s, 2)), number(3), sum_of_two(4, 5));

  CHECK(std::get<0>(inner) == 1);
  CHECK(std::get<1>(inner) == 2);
  CHECK(other == 3);
  CHECK(sum == 9);
  CHECK(passed_since(start) == 3s);
}

OURO_TEST_CASE("gather: is a future that can be awaited many times", "[task][gather]") {
  auto both = ouro::gather(number_after(1s, 1), number_after(2s, 2));
  auto other = ouro::create_task(number_after(5s, 0));

  const auto& first = co_await both;
  const auto& second = co_await both;

  CHECK(&first == &second);
  CHECK(std::get<1>(second) == 2);
  co_await other;
}

OURO_TEST_CASE("gather: of ten thousand children", "[task][gather]") {
  std::vector<ouro::task<int>> many;
  for (int i = 0; i < 10'000; ++i) many.push_back(number_after(std::chrono::seconds(i % 7), i));

  const std::vector<int> values = co_await ouro::gather(std::move(many));

  long sum = 0;
  for (const int value : values) sum += value;
  CHECK(sum == 9'999L * 10'000 / 2);
}

OURO_TEST_CASE("gather: dropping it leaves the children running", "[task][gather]") {
  std::string log;

  static_cast<void>(ouro::gather(log_after(1s, log, 'a'), log_after(2s, log, 'b')));
  co_await ouro::sleep(3s);

  CHECK(log == "ab");
}

OURO_TEST_CASE("gather: the first error leaves at once and the siblings go on",
               "[task][gather][error]") {
  std::string log;
  const auto start = ouro::get_running_loop().time();
  std::string caught;

  try {
    co_await ouro::gather(log_after(3s, log, 's'), fails_after(1s, "first"));
  } catch (const std::runtime_error& error) {
    caught = error.what();
  }

  CHECK(caught == "first");
  CHECK(passed_since(start) == 1s);
  CHECK(log == "");
  co_await ouro::sleep(5s);
  CHECK(log == "s");
}

OURO_TEST_CASE("gather: a later error is reported once", "[task][gather][error]") {
  CHECK_THROWS_AS(co_await ouro::gather(fails_after(1s, "first"), fails_after(2s, "second")),
                  std::runtime_error);
  CHECK(test::take_reports().empty());

  co_await ouro::sleep(5s);

  const auto reports = test::take_reports();
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].starts_with("Task exception was never retrieved | "));
  CHECK(reports[0].ends_with("std::runtime_error: second"));
}

OURO_TEST_CASE("gather: of two errors in one turn the second is reported once",
               "[task][gather][error]") {
  std::string caught;
  try {
    co_await ouro::gather(fails_after(1s, "first"), fails_after(1s, "second"));
  } catch (const std::runtime_error& error) {
    caught = error.what();
  }
  co_await test::settle();

  CHECK(caught == "first");
  const auto reports = test::take_reports();
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].ends_with("std::runtime_error: second"));
}

OURO_TEST_CASE("gather: a later error that somebody awaits is not reported",
               "[task][gather][error]") {
  auto second = ouro::create_task(fails_after(2s, "second"));

  CHECK_THROWS_AS(co_await ouro::gather(fails_after(1s, "first"), second), std::runtime_error);

  CHECK_THROWS_AS(co_await second, std::runtime_error);
}

OURO_TEST_CASE("gather: one that fails with nobody waiting is reported once",
               "[task][gather][error]") {
  {
    auto unread = ouro::gather(fails_after(1s, "lost"), number_after(2s, 1));
    co_await ouro::sleep(3s);
    CHECK(unread.done());
    CHECK(test::take_reports().empty());
  }

  const auto reports = test::take_reports();
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].find("never retrieved") != std::string::npos);
  CHECK(reports[0].ends_with("lost"));
}

OURO_TEST_CASE("gather: what is thrown need not be an exception class", "[task][gather][error]") {
  CHECK_THROWS_AS(co_await ouro::gather(throws_an_int(), number(1)), int);
}

OURO_TEST_CASE("gather: an empty coroutine among the arguments is a usage_error",
               "[task][gather][error]") {
  ouro::task<int> empty;

  CHECK_THROWS_AS(co_await ouro::gather(std::move(empty)), ouro::usage_error);
}

OURO_TEST_CASE("gather: a value whose copy throws is its error", "[task][gather][error]") {
  auto handle = ouro::create_task(no_copies());

  CHECK_THROWS_AS(co_await ouro::gather(handle), std::domain_error);
}

OURO_TEST_CASE("gather: return_exceptions gives each outcome at its place",
               "[task][gather][error]") {
  auto cancelled = ouro::create_task(number_after(9s, 9));
  ouro::get_running_loop().call_later(1s, [&] { cancelled.cancel("enough"); });
  const auto start = ouro::get_running_loop().time();

  auto [good, bad, ended, box] = co_await ouro::gather(ouro::return_exceptions, number_after(3s, 1),
                                                       fails_after(1s, "bad"), cancelled, boxed(4));

  CHECK(passed_since(start) == 3s);
  CHECK(good.value() == 1);
  CHECK(text_of(bad.exception()) == "std::runtime_error: bad");
  CHECK(text_of(ended.exception()) == "cancelled_error: enough");
  CHECK(*box.value() == 4);
}

OURO_TEST_CASE("gather: return_exceptions of a vector", "[task][gather][error]") {
  std::vector<ouro::task<int>> pages;
  pages.push_back(number(1));
  pages.push_back(fails_after(1s, "bad"));
  pages.push_back(number(3));

  auto results = co_await ouro::gather(ouro::return_exceptions, std::move(pages));

  REQUIRE(results.size() == 3);
  CHECK(results[0].value() == 1);
  CHECK_THROWS_AS(results[1].value(), std::runtime_error);
  CHECK(results[2].value() == 3);
}
