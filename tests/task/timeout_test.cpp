// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/timeout.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/task/future.hpp"
#include "ouro/task/shield.hpp"

#include "tests/support/loop_test.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;

namespace {

ouro::duration passed_since(ouro::time_point start) {
  return ouro::get_running_loop().time() - start;
}

ouro::time_point now() { return ouro::get_running_loop().time(); }

ouro::task<int> number_after(ouro::duration delay, int value) {
  co_await ouro::sleep(delay);
  co_return value;
}

ouro::task<> sleeps() { co_await ouro::sleep(1h); }

ouro::task<> has_a_limit(ouro::duration limit) { co_await ouro::timeout(limit, &sleeps); }

ouro::task<> cancels_itself_in_a_limit(bool& suspended) {
  ouro::current_task().cancel();
  co_await ouro::timeout(1s, [&]() -> ouro::task<> {
    suspended = true;
    co_await ouro::sleep(1h);
  });
}

ouro::task<std::string> limited_outcome(ouro::duration limit) {
  try {
    co_await ouro::timeout(limit, &sleeps);
  } catch (const ouro::cancelled_error&) {
    co_return "cancelled";
  } catch (const ouro::timeout_error&) {
    co_return "timeout";
  }
  co_return "value";
}

ouro::task<int> retries(int attempts) {
  int expired = 0;
  for (int i = 0; i < attempts; ++i) {
    try {
      co_await ouro::timeout(1s, &sleeps);
    } catch (const ouro::timeout_error&) {
      ++expired;
    }
    if (ouro::current_task().cancelling() != 0) co_return -1;
  }
  co_return expired;
}

ouro::task<bool> limited_in_a_clean_up() {
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
  }
  try {
    co_await ouro::timeout(1s, &sleeps);
  } catch (const ouro::timeout_error&) {
    co_return ouro::current_task().cancelling() == 1;
  }
  co_return false;
}

}  // namespace

OURO_TEST_CASE("timeout: returns what the body returns", "[task][timeout]") {
  int local = 1;

  const int value = co_await ouro::timeout(2s, [] { return number_after(1s, 3); });
  const std::unique_ptr<int> box =
      co_await ouro::timeout(2s, [&]() -> ouro::task<std::unique_ptr<int>> {
        co_await ouro::sleep(1s);
        co_return std::make_unique<int>(4);
      });
  int& reference = co_await ouro::timeout(2s, [&]() -> ouro::task<int&> { co_return local; });

  CHECK(value == 3);
  CHECK(*box == 4);
  CHECK(&reference == &local);
  CHECK(ouro::get_running_loop().pending_timers() == 0);
}

OURO_TEST_CASE("timeout: a body that does not suspend costs no turn", "[task][timeout]") {
  bool turn = false;
  auto ticking = ouro::get_running_loop().call_soon([&] { turn = true; });
  bool ran = false;

  co_await ouro::timeout(0s, [&]() -> ouro::task<> {
    ran = true;
    co_return;
  });

  CHECK(ran);
  CHECK(!turn);
  ticking.cancel();
}

OURO_TEST_CASE("timeout: the body runs in the current task and sees the cancel",
               "[task][timeout]") {
  std::string log;
  const auto outer = ouro::current_task();
  const auto start = now();

  auto body = [&](ouro::timeout_scope& scope) -> ouro::task<> {
    if (ouro::current_task() == outer) log += "same ";
    try {
      co_await ouro::sleep(1h);
    } catch (const ouro::cancelled_error&) {
      log += scope.expired() ? "expired " : "";
      log += std::to_string(outer.cancelling());
      throw;
    }
  };
  CHECK_THROWS_AS(co_await ouro::timeout(2s, body), ouro::timeout_error);

  CHECK(log == "same expired 1");
  CHECK(passed_since(start) == 2s);
  CHECK(outer.cancelling() == 0);
}

OURO_TEST_CASE("timeout: zero and less bite at the first suspension", "[task][timeout]") {
  int steps = 0;
  auto body = [&]() -> ouro::task<> {
    ++steps;
    co_await ouro::sleep(0s);
    ++steps;
  };
  const auto start = now();

  CHECK_THROWS_AS(co_await ouro::timeout(0s, body), ouro::timeout_error);
  CHECK_THROWS_AS(co_await ouro::timeout(-5s, body), ouro::timeout_error);
  CHECK_THROWS_AS(co_await ouro::timeout_at(start - 1s, body), ouro::timeout_error);

  CHECK(steps == 3);
  CHECK(passed_since(start) == 0s);
}

OURO_TEST_CASE("timeout: nullopt never expires", "[task][timeout]") {
  std::optional<ouro::time_point> deadline = now();

  co_await ouro::timeout(std::nullopt, [&](ouro::timeout_scope& scope) -> ouro::task<> {
    deadline = scope.when();
    co_await ouro::sleep(1000h);
  });
  co_await ouro::timeout_at(std::nullopt, [] { return number_after(1000h, 1); });

  CHECK(!deadline);
}

OURO_TEST_CASE("timeout_at: counts on the loop's clock", "[task][timeout]") {
  const auto start = now();
  std::optional<ouro::time_point> deadline;

  auto body = [&](ouro::timeout_scope& scope) -> ouro::task<> {
    deadline = scope.when();
    co_await ouro::sleep(1h);
  };
  CHECK_THROWS_AS(co_await ouro::timeout_at(start + 3s, body), ouro::timeout_error);

  CHECK(deadline == start + 3s);
  CHECK(passed_since(start) == 3s);
}

OURO_TEST_CASE("timeout: an error of the body wins", "[task][timeout][error]") {
  auto fails_at_once = []() -> ouro::task<> {
    throw std::domain_error("body");
    co_return;
  };
  auto fails_on_cancel = []() -> ouro::task<> {
    try {
      co_await ouro::sleep(1h);
    } catch (const ouro::cancelled_error&) {
      throw std::domain_error("clean-up");
    }
  };

  CHECK_THROWS_AS(co_await ouro::timeout(1s, fails_at_once), std::domain_error);
  CHECK_THROWS_AS(co_await ouro::timeout(1s, fails_on_cancel), std::domain_error);

  CHECK(ouro::current_task().cancelling() == 0);
  CHECK(ouro::get_running_loop().pending_timers() == 0);
}

OURO_TEST_CASE("timeout: a body that swallows the cancel returns normally", "[task][timeout]") {
  ouro::timeout_scope scope(1s);

  const int value = co_await ouro::timeout(scope, []() -> ouro::task<int> {
    try {
      co_await ouro::sleep(1h);
    } catch (const ouro::cancelled_error&) {
    }
    co_return 3;
  });
  co_await ouro::sleep(0s);  // no cancel is left behind

  CHECK(value == 3);
  CHECK(scope.expired());
  CHECK(ouro::current_task().cancelling() == 0);
}

OURO_TEST_CASE("timeout: joins the clean-up of the body", "[task][timeout]") {
  const auto start = now();
  auto body = []() -> ouro::task<> {
    bool cancelled = false;
    try {
      co_await ouro::sleep(1h);
    } catch (const ouro::cancelled_error&) {
      cancelled = true;
    }
    co_await ouro::sleep(5s);
    if (cancelled) throw ouro::cancelled_error{};
  };

  CHECK_THROWS_AS(co_await ouro::timeout(1s, body), ouro::timeout_error);

  CHECK(passed_since(start) == 6s);
}

OURO_TEST_CASE("timeout: that comes in the turn in which the body ends leaves nothing behind",
               "[task][timeout]") {
  auto& loop = ouro::get_running_loop();
  auto future = loop.create_future<int>();
  loop.call_later(1s, [&] { future.set_result(3); });
  ouro::timeout_scope scope(1s);

  // The future's value is set, and its awaiter ready, when the deadline comes; the cancel wins.
  CHECK_THROWS_AS(
      co_await ouro::timeout(scope, [&]() -> ouro::task<int> { co_return co_await future; }),
      ouro::timeout_error);
  co_await ouro::sleep(0s);

  CHECK(scope.expired());
  CHECK(future.result() == 3);
  CHECK(ouro::current_task().cancelling() == 0);
}

OURO_TEST_CASE("timeout: an outer cancel stays a cancel", "[task][timeout][cancel]") {
  auto limited = ouro::create_task(has_a_limit(5s));
  co_await test::settle();

  limited.cancel();
  CHECK_THROWS_AS(co_await limited, ouro::cancelled_error);

  CHECK(ouro::get_running_loop().pending_timers() == 0);
}

OURO_TEST_CASE("timeout: a task cancelled before its first step does not begin",
               "[task][timeout][cancel]") {
  auto limited = ouro::create_task(has_a_limit(5s));
  const auto start = now();

  limited.cancel();
  CHECK_THROWS_AS(co_await limited, ouro::cancelled_error);

  CHECK(passed_since(start) == 0s);
}

OURO_TEST_CASE("timeout: a pending cancel is delivered at the first suspension of the body",
               "[task][timeout][cancel]") {
  bool suspended = false;
  auto limited = ouro::create_task(cancels_itself_in_a_limit(suspended));
  const auto start = now();

  CHECK_THROWS_AS(co_await limited, ouro::cancelled_error);

  CHECK(suspended);
  CHECK(passed_since(start) == 0s);
}

OURO_TEST_CASE("timeout: an outer cancel that coincides with the deadline stays a cancel",
               "[task][timeout][cancel]") {
  auto& loop = ouro::get_running_loop();
  for (const bool cancel_first : {true, false}) {
    ouro::task_handle<std::string> limited;
    const auto deadline = now() + 1s;
    if (cancel_first) loop.call_at(deadline, [&] { limited.cancel(); });
    limited = ouro::create_task(limited_outcome(1s));
    co_await test::settle();
    if (!cancel_first) loop.call_at(deadline, [&] { limited.cancel(); });

    const std::string outcome = co_await limited;

    CHECK(outcome == "cancelled");
    CHECK(limited.cancelling() == 1);
  }
}

OURO_TEST_CASE("timeout: a retry loop leaves the cancel count at zero", "[task][timeout]") {
  const int expired = co_await retries(5);
  CHECK(expired == 5);
}

OURO_TEST_CASE("timeout: with an earlier cancel counted, the deadline is still a time-out",
               "[task][timeout][cancel]") {
  auto survivor = ouro::create_task(limited_in_a_clean_up());
  co_await test::settle();

  survivor.cancel();
  const bool count_kept = co_await survivor;

  CHECK(count_kept);
}

OURO_TEST_CASE("timeout: around a shield leaves the shielded task running", "[task][timeout]") {
  auto inner = ouro::create_task(number_after(5s, 3));

  CHECK_THROWS_AS(co_await ouro::timeout(
                      1s, [&]() -> ouro::task<int> { co_return co_await ouro::shield(inner); }),
                  ouro::timeout_error);

  const int value = co_await inner;
  CHECK(value == 3);
}
