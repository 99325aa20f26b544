// SPDX-License-Identifier: BSL-1.0
// timeout_scope: moved, asked, used once; and timeouts in timeouts.
#include "ouro/base/errors.hpp"
#include "ouro/task/timeout.hpp"

#include "tests/support/loop_test.hpp"

#include <optional>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;

namespace {

ouro::time_point now() { return ouro::get_running_loop().time(); }

ouro::task<> sleeps() { co_await ouro::sleep(1h); }

ouro::task<> returns() { co_return; }

/// Not a coroutine.
ouro::task<> throws_instead() { throw std::domain_error("no coroutine"); }

/// Nested limits around a sleep; which of them threw.
ouro::task<std::string> nested(ouro::duration outer, ouro::duration inner) {
  std::string log;
  try {
    co_await ouro::timeout(outer, [&]() -> ouro::task<> {
      try {
        co_await ouro::timeout(inner, &sleeps);
      } catch (const ouro::timeout_error&) {
        log += "inner ";
      } catch (const ouro::cancelled_error&) {
        log += "cancelled ";
        throw;
      }
      co_await ouro::sleep(1h);
    });
  } catch (const ouro::timeout_error&) {
    log += "outer";
  }
  co_return log;
}

}  // namespace

OURO_TEST_CASE("timeout_scope: reschedule() extends the deadline", "[task][timeout]") {
  const auto start = now();
  auto body = [&](ouro::timeout_scope& scope) -> ouro::task<> {
    co_await ouro::sleep(1s);
    scope.reschedule(start + 10s);
    co_await ouro::sleep(1h);
  };

  CHECK_THROWS_AS(co_await ouro::timeout(2s, body), ouro::timeout_error);

  CHECK(now() - start == 10s);
}

OURO_TEST_CASE("timeout_scope: reschedule() shortens the deadline", "[task][timeout]") {
  const auto start = now();
  auto body = [&](ouro::timeout_scope& scope) -> ouro::task<> {
    scope.reschedule(start + 1s);
    co_await ouro::sleep(1h);
  };

  CHECK_THROWS_AS(co_await ouro::timeout(20s, body), ouro::timeout_error);

  CHECK(now() - start == 1s);
}

OURO_TEST_CASE("timeout_scope: reschedule() into the past bites at the next suspension",
               "[task][timeout]") {
  const auto start = now();
  bool still_running = false;
  auto body = [&](ouro::timeout_scope& scope) -> ouro::task<> {
    scope.reschedule(start - 1s);
    still_running = true;
    co_await ouro::sleep(1h);
  };

  CHECK_THROWS_AS(co_await ouro::timeout(20s, body), ouro::timeout_error);

  CHECK(still_running);
  CHECK(now() == start);
}

OURO_TEST_CASE("timeout_scope: reschedule() to nothing takes the deadline away",
               "[task][timeout]") {
  std::optional<ouro::time_point> deadline;

  co_await ouro::timeout(2s, [&](ouro::timeout_scope& scope) -> ouro::task<> {
    scope.reschedule(std::nullopt);
    deadline = scope.when();
    co_await ouro::sleep(1h);
  });

  CHECK(!deadline);
}

OURO_TEST_CASE("timeout_scope: a deadline taken away in the turn it is due does not bite",
               "[task][timeout]") {
  auto& loop = ouro::get_running_loop();
  ouro::timeout_scope scope(1s);
  // Registered first, so it runs in the same batch ahead of the deadline.
  loop.call_later(1s, [&] { scope.reschedule(std::nullopt); });

  co_await ouro::timeout(scope, &sleeps);

  CHECK(!scope.expired());
}

OURO_TEST_CASE("timeout_scope: expired() stays true afterwards and is false in time",
               "[task][timeout]") {
  ouro::timeout_scope late(1s);
  ouro::timeout_scope in_time(1s);
  CHECK(!late.expired());

  CHECK_THROWS_AS(co_await ouro::timeout(late, &sleeps), ouro::timeout_error);
  co_await ouro::timeout(in_time, &returns);
  co_await ouro::sleep(5s);

  CHECK(late.expired());
  CHECK(!in_time.expired());
}

OURO_TEST_CASE("timeout_scope: is used once", "[task][timeout][error]") {
  ouro::timeout_scope scope(1s);
  co_await ouro::timeout(scope, &returns);

  CHECK_THROWS_AS(co_await ouro::timeout(scope, &returns), ouro::usage_error);
}

OURO_TEST_CASE("timeout_scope: entered again inside its own block is a usage_error",
               "[task][timeout][error]") {
  ouro::timeout_scope scope(1s);
  auto body = [&]() -> ouro::task<> { co_await ouro::timeout(scope, &returns); };

  CHECK_THROWS_AS(co_await ouro::timeout(scope, body), ouro::usage_error);

  CHECK(ouro::get_running_loop().pending_timers() == 0);
}

OURO_TEST_CASE("timeout_scope: reschedule() outside its block is a usage_error",
               "[task][timeout][error]") {
  ouro::timeout_scope scope(1s);
  CHECK_THROWS_AS(scope.reschedule(now() + 5s), ouro::usage_error);

  co_await ouro::timeout(scope, &returns);

  CHECK_THROWS_AS(scope.reschedule(now() + 5s), ouro::usage_error);
}

OURO_TEST_CASE("timeout_scope: reschedule() after it expired is a usage_error",
               "[task][timeout][error]") {
  bool refused = false;
  auto body = [&](ouro::timeout_scope& scope) -> ouro::task<> {
    try {
      co_await ouro::sleep(1h);
    } catch (const ouro::cancelled_error&) {
      try {
        scope.reschedule(now() + 5s);
      } catch (const ouro::usage_error&) {
        refused = true;
      }
      throw;
    }
  };

  CHECK_THROWS_AS(co_await ouro::timeout(1s, body), ouro::timeout_error);

  CHECK(refused);
}

OURO_TEST_CASE("timeout_scope: a body that throws before it gives a coroutine leaves no deadline",
               "[task][timeout][error]") {
  ouro::timeout_scope scope(1s);

  CHECK_THROWS_AS(co_await ouro::timeout(scope, &throws_instead), std::domain_error);

  CHECK(ouro::get_running_loop().pending_timers() == 0);
  co_await ouro::sleep(5s);  // nobody cancels this
  CHECK(ouro::current_task().cancelling() == 0);
}

OURO_TEST_CASE("timeout: of two nested ones the inner expires first", "[task][timeout]") {
  const std::string log = co_await nested(2s, 1s);
  CHECK(log == "inner outer");
}

OURO_TEST_CASE("timeout: of two nested ones the outer expires first", "[task][timeout]") {
  const std::string log = co_await nested(1s, 2s);
  CHECK(log == "cancelled outer");
}

OURO_TEST_CASE("timeout: two nested ones that expire in one turn leave by the outer",
               "[task][timeout]") {
  const std::string log = co_await nested(1s, 1s);
  CHECK(log.ends_with("outer"));
  CHECK(ouro::current_task().cancelling() == 0);
  CHECK(ouro::get_running_loop().pending_timers() == 0);
}
