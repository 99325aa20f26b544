// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/shake.hpp"

#include "ouro/sync/queue.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/gather.hpp"

#include "tests/support/loop_test.hpp"

#include <set>
#include <string>
#include <vector>

namespace {

using namespace std::chrono_literals;

ouro::task<> append(std::string& log, char name) {
  log += name;
  co_await ouro::sleep(0s);
  log += name;
}

ouro::task<> append_when_fed(ouro::queue<int>& queue, std::string& log, char name) {
  co_await queue.get();
  log += name;
}

/// In which order four tasks run their two steps.
ouro::task<std::string> order_of_steps() {
  std::string log;
  co_await ouro::gather(append(log, 'a'), append(log, 'b'), append(log, 'c'), append(log, 'd'));
  co_return log;
}

}  // namespace

OURO_TEST_CASE("shake: another seed gives another order, the same seed the same",
               "[testing][shake]") {
  std::set<std::string> orders;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    std::string first;
    std::string second;
    {
      ouro::testing::shake shaken(seed);
      first = co_await order_of_steps();
    }
    {
      ouro::testing::shake shaken(seed);
      second = co_await order_of_steps();
    }
    CHECK(first == second);
    orders.insert(first);
  }
  CHECK(orders.size() > 30);
}

OURO_TEST_CASE("shake: tasks that a queue has woken run in another order too", "[testing][shake]") {
  std::set<std::string> orders;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    ouro::queue<int> queue;
    std::string log;
    std::vector<ouro::task_handle<>> getters;
    for (const char name : {'a', 'b', 'c'}) {
      getters.push_back(ouro::create_task(append_when_fed(queue, log, name)));
    }
    co_await ouro::sleep(0s);
    for (int i = 0; i < 3; ++i) queue.put_nowait(i);

    ouro::testing::shake shaken(seed);
    for (const auto& getter : getters) co_await getter;
    orders.insert(log);
  }

  CHECK(orders.size() == 6);
}

OURO_TEST_CASE("shake: a turn is still a turn", "[testing][shake]") {
  ouro::testing::shake shaken(3);

  const std::string log = co_await order_of_steps();

  const std::string first = log.substr(0, 4);
  CHECK(std::set<char>(first.begin(), first.end()).size() == 4);
}

OURO_TEST_CASE("shake: callbacks keep their order", "[testing][shake]") {
  ouro::testing::shake shaken(9);
  std::string log;
  for (char name = 'a'; name <= 'h'; ++name) {
    ouro::get_running_loop().call_soon([&log, name] { log += name; });
  }

  co_await ouro::sleep(0s);

  CHECK(log == "abcdefgh");
}

OURO_TEST_CASE("shake: ends with the object", "[testing][shake]") {
  {
    ouro::testing::shake shaken(4);
  }

  const std::string log = co_await order_of_steps();

  CHECK(log == "abcdabcd");
}
