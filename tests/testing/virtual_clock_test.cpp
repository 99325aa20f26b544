// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/virtual_clock.hpp"

#include "ouro/base/errors.hpp"

#include "tests/support/loop_test.hpp"

using namespace std::chrono_literals;
using ouro::testing::virtual_clock;

OURO_TEST_CASE("virtual_clock: with autojump a sleep of a day takes no time",
               "[testing][virtual_clock]") {
  const auto real_begin = ouro::clock::now();
  const auto begin = ouro::testing::current_clock().now();

  co_await ouro::sleep(24h);

  CHECK(ouro::testing::current_clock().now() - begin == 24h);
  CHECK(ouro::clock::now() - real_begin < 1min);
}

TEST_CASE("virtual_clock: without autojump it stands still before a deadline",
          "[testing][virtual_clock]") {
  virtual_clock clock(false);
  const auto begin = clock.now();

  CHECK_FALSE(clock.advance_to(begin + 1s));
  CHECK(clock.now() == begin);

  clock.set_autojump(true);
  CHECK(clock.advance_to(begin + 1s));
  CHECK(clock.now() == begin + 1s);
}

TEST_CASE("virtual_clock: a permit lets it jump as far as its limit", "[testing][virtual_clock]") {
  virtual_clock clock(false);
  const auto begin = clock.now();
  {
    const virtual_clock::permit permit(clock, begin + 2s);
    CHECK(clock.advance_to(begin + 2s));
    CHECK_FALSE(clock.advance_to(begin + 3s));
  }
  CHECK_FALSE(clock.advance_to(begin + 2s));
  CHECK(clock.now() == begin + 2s);
}

OURO_TEST_CASE("virtual_clock: timers that pass() goes by run late, in the order of deadlines",
               "[testing][virtual_clock]") {
  std::string log;
  auto& loop = ouro::get_running_loop();
  loop.call_later(2s, [&] { log += 'b'; });
  loop.call_later(1s, [&] { log += 'a'; });
  const auto begin = loop.time();

  ouro::testing::current_clock().pass(5s);
  co_await ouro::testing::settle();

  CHECK(log == "ab");
  CHECK(loop.time() - begin == 5s);
}

TEST_CASE("virtual_clock: pass() refuses to go back", "[testing][virtual_clock][error]") {
  virtual_clock clock;

  CHECK_THROWS_AS(clock.pass(-1ns), ouro::usage_error);
}

TEST_CASE("virtual_clock: current_clock() refuses a loop with another clock",
          "[testing][virtual_clock][error]") {
  CHECK_THROWS_AS(ouro::testing::current_clock(), ouro::usage_error);

  ouro::event_loop loop;
  bool refused = false;
  loop.call_soon([&] {
    try {
      ouro::testing::current_clock();
    } catch (const ouro::usage_error&) {
      refused = true;
    }
    loop.stop();
  });
  loop.run_forever();
  CHECK(refused);
}
