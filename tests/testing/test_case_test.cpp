// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/test_case.hpp"

#include "ouro/sync/event.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/testing/virtual_clock.hpp"

#include <stdexcept>

using namespace std::chrono_literals;

namespace {

class counting_case : public ouro::testing::isolated_asyncio_test_case {
 protected:
  ouro::task<> async_set_up() override {
    co_await ouro::sleep(1s);
    ++set_ups;
  }
  int set_ups = 0;
};

ouro::task<> require(bool holds) {
  co_await ouro::sleep(1s);
  REQUIRE(holds);
}
ouro::task<> require_deep(bool holds) { co_await require(holds); }

}  // namespace

OURO_TEST_CASE("test_case: a test is a coroutine on a loop with a virtual clock",
               "[testing][test_case]") {
  const auto begin = ouro::testing::current_clock().now();
  co_await ouro::sleep(1h);
  CHECK(ouro::testing::current_clock().now() - begin == 1h);
}

OURO_TEST_CASE("test_case: tags are optional") { co_await require_deep(true); }

OURO_TEST_CASE_METHOD(counting_case, "test_case: a fixture is set up before the test",
                      "[testing][test_case]") {
  co_await ouro::sleep(1s);
  CHECK(set_ups == 1);
}

OURO_TEST_CASE_METHOD(counting_case, "test_case: each test has a fixture of its own",
                      "[testing][test_case]") {
  CHECK(set_ups == 1);
  co_return;
}

// Catch2 has to see these fail: [!shouldfail] turns each into a success, and into a failure if it
// passes.

OURO_TEST_CASE("test_case: a REQUIRE that fails below two awaits fails the test",
               "[testing][test_case][!shouldfail]") {
  co_await require_deep(false);
  throw std::logic_error("not reached");
}

OURO_TEST_CASE("test_case: an exception fails the test", "[testing][test_case][!shouldfail]") {
  co_await ouro::sleep(1s);
  throw std::runtime_error("as it should");
}

OURO_TEST_CASE("test_case: a cancelled test fails", "[testing][test_case][!shouldfail]") {
  ouro::current_task().cancel("as it should");
  co_await ouro::sleep(1s);
}

OURO_TEST_CASE("test_case: a task that is left fails the test",
               "[testing][test_case][!shouldfail]") {
  ouro::create_task(ouro::sleep(1h));
  co_return;
}

OURO_TEST_CASE("test_case: a coroutine that is never awaited fails the test",
               "[testing][test_case][!shouldfail]") {
  static_cast<void>(require(true));
  co_return;
}
