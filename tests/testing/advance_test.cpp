// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/advance.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/io/socket.hpp"

#include "tests/support/loop_test.hpp"

using namespace std::chrono_literals;
using ouro::testing::advance;

namespace {

ouro::task<> note_after(ouro::duration delay, std::string& log, char name) {
  co_await ouro::sleep(delay);
  log += name;
}

ouro::task<> tick(std::vector<ouro::duration>& times, ouro::duration period) {
  const auto begin = ouro::get_running_loop().time();
  for (;;) {
    co_await ouro::sleep(period);
    times.push_back(ouro::get_running_loop().time() - begin);
  }
}

ouro::task<> advance_and_note(ouro::duration span, std::string& log, char name) {
  co_await advance(span);
  log += name;
}

}  // namespace

OURO_TEST_CASE("advance: moves the time by exactly the span", "[testing][advance]") {
  for (const bool autojump : {true, false}) {
    auto& clock = ouro::testing::current_clock();
    clock.set_autojump(autojump);
    const auto begin = clock.now();

    co_await advance(30s);

    CHECK(clock.now() - begin == 30s);
  }
}

OURO_TEST_CASE("advance: runs every timer at its own time", "[testing][advance]") {
  for (const bool autojump : {true, false}) {
    ouro::testing::current_clock().set_autojump(autojump);
    std::vector<ouro::duration> times;
    auto ticker = ouro::create_task(tick(times, 10s));

    co_await advance(35s);

    CHECK(times == std::vector<ouro::duration>{10s, 20s, 30s});
    ticker.cancel();
    co_await ouro::testing::settle();
  }
}

OURO_TEST_CASE("advance: leaves later timers alone", "[testing][advance]") {
  ouro::testing::current_clock().set_autojump(false);
  std::string log;
  auto early = ouro::create_task(note_after(1s, log, 'a'));
  auto late = ouro::create_task(note_after(3s, log, 'b'));

  co_await advance(2s);
  CHECK(log == "a");

  co_await advance(1s);
  CHECK(log == "ab");
}

OURO_TEST_CASE("advance: what becomes ready at the last moment has run when it returns",
               "[testing][advance]") {
  std::string log;
  auto& loop = ouro::get_running_loop();
  auto sleeper = ouro::create_task(advance_and_note(0s, log, '0'));
  loop.call_later(5s, [&] {
    loop.call_soon([&] {
      log += 'a';
      loop.call_later(0s, [&] { log += 'b'; });
    });
  });

  co_await advance(5s);

  CHECK(log == "0ab");
}

OURO_TEST_CASE("advance: zero runs what is ready and moves no time", "[testing][advance]") {
  std::string log;
  const auto begin = ouro::testing::current_clock().now();
  auto task = ouro::create_task(note_after(0s, log, 'a'));

  co_await advance(0s);

  CHECK(log == "a");
  CHECK(ouro::testing::current_clock().now() == begin);
}

OURO_TEST_CASE("advance: several tasks may advance at the same time", "[testing][advance]") {
  ouro::testing::current_clock().set_autojump(false);
  std::string log;
  const auto begin = ouro::testing::current_clock().now();
  auto a = ouro::create_task(advance_and_note(2s, log, 'a'));
  auto b = ouro::create_task(advance_and_note(1s, log, 'b'));
  auto c = ouro::create_task(advance_and_note(2s, log, 'c'));

  co_await a;
  co_await b;
  co_await c;

  CHECK(log == "bac");
  CHECK(ouro::testing::current_clock().now() - begin == 2s);
}

OURO_TEST_CASE("advance: refuses a negative span", "[testing][advance][error]") {
  CHECK_THROWS_AS(co_await advance(-1s), ouro::usage_error);
}

OURO_TEST_CASE("advance: cancelled while it waits, it leaves the time where it is",
               "[testing][advance][cancel]") {
  auto& clock = ouro::testing::current_clock();
  clock.set_autojump(false);
  const auto begin = clock.now();
  std::string log;
  auto advancing = ouro::create_task(advance_and_note(10s, log, 'x'));
  ouro::get_running_loop().call_later(4s, [&] { advancing.cancel(); });

  CHECK_THROWS_AS(co_await advancing, ouro::cancelled_error);

  CHECK(log == "");
  CHECK(clock.now() - begin == 4s);
  CHECK_FALSE(clock.advance_to(begin + 5s));  // the permit is gone
}

OURO_TEST_CASE("advance: cancelled before it starts, it moves no time",
               "[testing][advance][cancel]") {
  const auto begin = ouro::testing::current_clock().now();
  std::string log;
  auto advancing = ouro::create_task(advance_and_note(10s, log, 'x'));
  advancing.cancel();

  CHECK_THROWS_AS(co_await advancing, ouro::cancelled_error);

  CHECK(ouro::testing::current_clock().now() == begin);
}

OURO_TEST_CASE("advance: cancelled in the turn in which it ends, the cancel wins",
               "[testing][advance][cancel]") {
  std::string log;
  auto& loop = ouro::get_running_loop();
  ouro::task_handle<> advancing;
  loop.call_later(10s, [&] { advancing.cancel(); });
  advancing = ouro::create_task(advance_and_note(10s, log, 'x'));

  CHECK_THROWS_AS(co_await advancing, ouro::cancelled_error);

  CHECK(log == "");
}
