// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/sleep.hpp"

#include "ouro/base/errors.hpp"

#include "tests/support/loop_test.hpp"

#include <limits>
#include <memory>
#include <string>
#include <vector>

using namespace std::chrono_literals;

namespace {

ouro::time_point now() { return ouro::get_running_loop().time(); }

ouro::task<> append_after(ouro::duration delay, std::string& log, char name) {
  co_await ouro::sleep(delay);
  log += name;
}

ouro::task<> rotate(std::string& log, char name) {
  for (int i = 0; i < 3; ++i) {
    log += name;
    co_await ouro::sleep(0s);
  }
}

ouro::task<> sleep_very_long() { co_await ouro::sleep(std::chrono::hours::max()); }

ouro::task<> sleep_until_end_of_time() { co_await ouro::sleep_until(ouro::time_point::max()); }

}  // namespace

OURO_TEST_CASE("sleep: lasts as long as it is told", "[task][sleep]") {
  const auto begin = now();

  co_await ouro::sleep(1500ms);

  CHECK(now() - begin == 1500ms);
}

OURO_TEST_CASE("sleep: the shortest ends first, equal ones in the order of their beginning",
               "[task][sleep]") {
  std::string log;
  auto a = ouro::create_task(append_after(2s, log, 'a'));
  auto b = ouro::create_task(append_after(1s, log, 'b'));
  auto c = ouro::create_task(append_after(2s, log, 'c'));
  auto d = ouro::create_task(append_after(1s, log, 'd'));

  co_await c;
  co_await a;

  CHECK(log == "bdac");
}

OURO_TEST_CASE("sleep: of zero gives the others exactly one turn, in rotation", "[task][sleep]") {
  std::string log;
  auto a = ouro::create_task(rotate(log, 'a'));
  auto b = ouro::create_task(rotate(log, 'b'));

  co_await b;

  CHECK(log == "ababab");
  CHECK(a.done());
}

OURO_TEST_CASE("sleep: of zero or less uses no timer and no time", "[task][sleep]") {
  const auto begin = now();
  int turns = 0;
  ouro::get_running_loop().call_soon([&turns] {
    ++turns;
    ouro::get_running_loop().call_soon([&turns] { ++turns; });
  });

  co_await ouro::sleep(0s);
  CHECK(turns == 1);
  co_await ouro::sleep(-5s);
  CHECK(turns == 2);

  CHECK(now() == begin);
  CHECK(ouro::get_running_loop().pending_timers() == 0);
}

OURO_TEST_CASE("sleep: does not begin before it is awaited", "[task][sleep]") {
  const auto begin = now();
  auto later = ouro::sleep(1s);
  CHECK(ouro::get_running_loop().pending_timers() == 0);

  co_await ouro::sleep(3s);
  co_await std::move(later);

  CHECK(now() - begin == 4s);
}

OURO_TEST_CASE("sleep: gives its second argument back", "[task][sleep]") {
  const int number = co_await ouro::sleep(1s, 7);
  const std::unique_ptr<int> owned = co_await ouro::sleep(0s, std::make_unique<int>(8));
  const std::string text = co_await ouro::sleep(-1s, std::string("back"));

  CHECK(number == 7);
  CHECK(*owned == 8);
  CHECK(text == "back");
}

OURO_TEST_CASE("sleep: takes any unit, also fractions", "[task][sleep]") {
  const auto begin = now();

  co_await ouro::sleep(std::chrono::duration<double>(0.25));
  co_await ouro::sleep(std::chrono::minutes(1));
  co_await ouro::sleep(5ns);

  CHECK(now() - begin == 60250ms + 5ns);
}

OURO_TEST_CASE("sleep: one that is too long to count lasts until it is cancelled",
               "[task][sleep][cancel]") {
  auto relative = ouro::create_task(sleep_very_long());
  auto absolute = ouro::create_task(sleep_until_end_of_time());
  co_await ouro::sleep(1000h);
  CHECK(!relative.done());
  CHECK(!absolute.done());

  relative.cancel();
  absolute.cancel();

  CHECK_THROWS_AS(co_await relative, ouro::cancelled_error);
  CHECK_THROWS_AS(co_await absolute, ouro::cancelled_error);
}

OURO_TEST_CASE("sleep_until: ends at its time", "[task][sleep]") {
  const auto begin = now();

  co_await ouro::sleep_until(begin + 3s);

  CHECK(now() == begin + 3s);
}

OURO_TEST_CASE("sleep_until: a time that has passed costs one turn", "[task][sleep]") {
  const auto begin = now();
  bool turned = false;
  ouro::get_running_loop().call_soon([&turned] { turned = true; });

  co_await ouro::sleep_until(begin - 1s);

  CHECK(turned);
  CHECK(now() == begin);
}

OURO_TEST_CASE("sleep: is due in the turn of a timer that was set for the same time before",
               "[task][sleep]") {
  std::string log;
  ouro::get_running_loop().call_later(1s, [&log] { log += 't'; });
  auto sleeper = ouro::create_task(append_after(1s, log, 's'));
  ouro::get_running_loop().call_later(1s, [&log] { log += 'u'; });

  co_await sleeper;

  CHECK(log == "tus");  // the sleep wakes its task, which has its step in the turn after
}

OURO_TEST_CASE("sleep: ten thousand at once end in order", "[task][sleep]") {
  int ended = 0;
  bool in_order = true;
  std::vector<ouro::task_handle<>> sleepers;
  auto sleeper = [](int delay, int& count, bool& ordered) -> ouro::task<> {
    co_await ouro::sleep(std::chrono::milliseconds(delay));
    ordered &= count == delay;
    ++count;
  };
  for (int i = 0; i < 10'000; ++i) {
    sleepers.push_back(ouro::create_task(sleeper(9'999 - i, ended, in_order)));
  }

  for (auto& task : sleepers) co_await task;

  CHECK(ended == 10'000);
  CHECK(in_order);
}
