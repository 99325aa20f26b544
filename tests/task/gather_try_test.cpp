// SPDX-License-Identifier: BSL-1.0
// try_gather(): all or none.
#include "ouro/base/errors.hpp"
#include "ouro/task/future.hpp"
#include "ouro/task/gather.hpp"

#include "tests/support/loop_test.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace std::chrono_literals;

namespace {

ouro::task<int> number_after(ouro::duration delay, int value) {
  co_await ouro::sleep(delay);
  co_return value;
}

ouro::task<int> fails_after(ouro::duration delay, const char* text) {
  co_await ouro::sleep(delay);
  throw std::runtime_error(text);
}

/// Cleans up for `clean_up` when it is cancelled.
ouro::task<int> cleans_up(ouro::duration clean_up, std::string& log, char name) {
  bool cancelled = false;
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    cancelled = true;
  }
  if (!cancelled) co_return 0;
  co_await ouro::sleep(clean_up);
  log += name;
  throw ouro::cancelled_error{};
}

ouro::task<int> fails_in_clean_up(const char* text) {
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    throw std::runtime_error(text);
  }
  co_return 0;
}

ouro::task<std::unique_ptr<int>> boxed(int value) { co_return std::make_unique<int>(value); }

ouro::task<> try_gathers(std::string& log) {
  co_await ouro::try_gather(cleans_up(1s, log, 'a'), cleans_up(2s, log, 'b'));
}

}  // namespace

OURO_TEST_CASE("try_gather: gives all values if nothing fails", "[task][gather]") {
  auto [a, b, box] = co_await ouro::try_gather(number_after(2s, 1), number_after(1s, 2), boxed(3));

  CHECK(a == 1);
  CHECK(b == 2);
  CHECK(*box == 3);
}

OURO_TEST_CASE("try_gather: an error cancels the others, joins their clean-up, then is thrown",
               "[task][gather][error]") {
  std::string log;
  const auto start = ouro::get_running_loop().time();
  std::string caught;

  try {
    co_await ouro::try_gather(cleans_up(2s, log, 'a'), fails_after(1s, "broken"),
                              cleans_up(1s, log, 'b'));
  } catch (const std::runtime_error& error) {
    caught = error.what();
  }

  CHECK(caught == "broken");
  CHECK(log == "ba");
  CHECK(ouro::get_running_loop().time() - start == 3s);
}

OURO_TEST_CASE("try_gather: a later error is reported once and does not replace the first",
               "[task][gather][error]") {
  std::string caught;
  try {
    co_await ouro::try_gather(fails_after(1s, "first"), fails_in_clean_up("second"));
  } catch (const std::runtime_error& error) {
    caught = error.what();
  }
  co_await test::settle();

  CHECK(caught == "first");
  const auto reports = test::take_reports();
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].ends_with("std::runtime_error: second"));
}

OURO_TEST_CASE("try_gather: a cancelled child cancels the others", "[task][gather][cancel]") {
  std::string log;
  auto victim = ouro::create_task(number_after(9s, 9));
  ouro::get_running_loop().call_later(1s, [&] { victim.cancel("victim"); });
  std::string caught;

  try {
    co_await ouro::try_gather(cleans_up(1s, log, 'a'), victim);
  } catch (const ouro::cancelled_error& error) {
    caught = error.message();
  }

  CHECK(caught == "victim");
  CHECK(log == "a");
  CHECK(ouro::current_task().cancelling() == 0);
}

OURO_TEST_CASE("try_gather: a vector ends with the first error of its members",
               "[task][gather][error]") {
  std::string log;
  std::vector<ouro::task<int>> all;
  all.push_back(cleans_up(0s, log, 'a'));
  all.push_back(fails_after(1s, "broken"));
  all.push_back(cleans_up(0s, log, 'b'));

  CHECK_THROWS_AS(co_await ouro::try_gather(std::move(all)), std::runtime_error);

  CHECK(log == "ab");
}

OURO_TEST_CASE("try_gather: cancelled from outside, joins the clean-up of all",
               "[task][gather][cancel]") {
  std::string log;
  auto gathering = ouro::create_task(try_gathers(log));
  co_await test::settle();

  gathering.cancel();
  CHECK_THROWS_AS(co_await gathering, ouro::cancelled_error);

  CHECK(log == "ab");
}

OURO_TEST_CASE("try_gather: children that swallow the cancel leave the first error",
               "[task][gather][error]") {
  auto pending = ouro::get_running_loop().create_future<int>();
  auto failing = ouro::create_task(fails_after(1s, "broken"));

  CHECK_THROWS_AS(co_await ouro::try_gather(pending, failing), std::runtime_error);

  CHECK(pending.cancelled());
}

OURO_TEST_CASE("try_gather: of nothing is done at once", "[task][gather]") {
  CHECK(ouro::try_gather().done());
  co_return;
}
