// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/staggered_race.hpp"

#include "ouro/base/errors.hpp"

#include "tests/support/loop_test.hpp"

#include <string>

using namespace std::chrono_literals;

namespace {

/// Gives its number after a while, or fails then. Notes what happens to it.
struct runner_up {
  std::string* log;
  int number;
  ouro::duration after;
  bool fails = false;

  ouro::task<int> operator()() const { return run(log, number, after, fails); }

  static ouro::task<int> run(std::string* log, int number, ouro::duration after, bool fails) {
    *log += "start " + std::to_string(number) + " ";
    try {
      co_await ouro::sleep(after);
    } catch (const ouro::cancelled_error&) {
      *log += "cancelled " + std::to_string(number) + " ";
      throw;
    }
    if (fails) throw std::runtime_error("failed " + std::to_string(number));
    co_return number;
  }
};

}  // namespace

OURO_TEST_CASE("staggered_race: the first value wins and the others are cancelled",
               "[task][race]") {
  std::string log;
  std::vector<runner_up> functions{{&log, 1, 10s}, {&log, 2, 1s}, {&log, 3, 10s}};

  auto result = co_await ouro::staggered_race(std::move(functions), 200ms);

  CHECK(result.winner == 2);
  CHECK(result.winner_index == 1U);
  CHECK(log == "start 1 start 2 start 3 cancelled 1 cancelled 3 ");
  CHECK(ouro::current_task().cancelling() == 0);
}

OURO_TEST_CASE("staggered_race: a failure starts the next at once", "[task][race][error]") {
  std::string log;
  std::vector<runner_up> functions{{&log, 1, 10ms, true}, {&log, 2, 1s}};
  const auto begin = test::current_clock().now();

  auto result = co_await ouro::staggered_race(std::move(functions), 5s);

  CHECK(result.winner == 2);
  CHECK(test::current_clock().now() - begin == 1010ms);
  CHECK(result.exceptions[0] != nullptr);
  CHECK(result.exceptions[1] == nullptr);
}

OURO_TEST_CASE("staggered_race: a winner keeps later ones from being called", "[task][race]") {
  std::string log;
  std::vector<runner_up> functions{{&log, 1, 10ms}, {&log, 2, 1s}};

  auto result = co_await ouro::staggered_race(std::move(functions), 5s);

  CHECK(result.winner == 1);
  CHECK(log == "start 1 ");
}

OURO_TEST_CASE("staggered_race: if all fail there is no winner", "[task][race][error]") {
  std::string log;
  std::vector<runner_up> functions{{&log, 1, 10ms, true}, {&log, 2, 0s, true}};

  auto result = co_await ouro::staggered_race(std::move(functions), std::nullopt);

  CHECK(!result.winner);
  CHECK(result.exceptions[0] != nullptr);
  CHECK(result.exceptions[1] != nullptr);
}

OURO_TEST_CASE("staggered_race: of no functions gives no winner", "[task][race]") {
  auto result = co_await ouro::staggered_race(std::vector<runner_up>(), 1s);
  CHECK(!result.winner);
}

OURO_TEST_CASE("staggered_race: a cancel ends all of them and leaves", "[task][race][cancel]") {
  std::string log;
  std::vector<runner_up> functions{{&log, 1, 10s}, {&log, 2, 10s}};
  auto race = ouro::create_task(ouro::staggered_race(std::move(functions), 1s));
  co_await ouro::sleep(2s);

  race.cancel();

  CHECK_THROWS_AS(co_await race, ouro::cancelled_error);
  CHECK(log == "start 1 start 2 cancelled 1 cancelled 2 ");
}
