// SPDX-License-Identifier: BSL-1.0
// nothing_lost: random orders of set(), clear() and cancel(); every wait ends once, and as it
// should.
#include "ouro/base/errors.hpp"
#include "ouro/sync/event.hpp"

#include "tests/support/loop_test.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <vector>

using namespace std::chrono_literals;

namespace {

struct counts {
  int went_on = 0;
  int cancelled = 0;
};

ouro::task<> waits(ouro::event& go, counts& ended) {
  try {
    co_await go.wait();
    ++ended.went_on;
  } catch (const ouro::cancelled_error&) {
    ++ended.cancelled;
    throw;
  }
}

/// A waiter, and what is expected of it.
struct waiter {
  ouro::task_handle<> task;
  bool cancelled = false;  // a cancel was requested before it went on
};

/// One round: some waiters and random calls, several of them in one turn.
ouro::task<bool> race(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  ouro::event go;
  counts ended;
  std::vector<waiter> waiters(1 + random() % 4);
  for (waiter& each : waiters) each.task = ouro::create_task(waits(go, ended));
  co_await ouro::sleep(0s);

  const auto steps = 1 + random() % 8;
  for (std::uint64_t step = 0; step < steps; ++step) {
    waiter& chosen = waiters[random() % waiters.size()];
    switch (random() % 5) {
      case 0:
        go.set();
        break;
      case 1:
        go.clear();
        break;
      case 2:
      case 3:
        if (chosen.task.cancel()) chosen.cancelled = true;
        break;
      default:
        co_await ouro::sleep(0s);
    }
  }
  go.set();
  co_await test::run_turns(3);

  counts expected;
  bool right = true;
  for (const waiter& each : waiters) {
    ++(each.cancelled ? expected.cancelled : expected.went_on);
    right = right && each.task.done() && each.task.cancelled() == each.cancelled;
  }
  co_return right&& ended.went_on == expected.went_on&& ended.cancelled == expected.cancelled;
}

}  // namespace

OURO_TEST_CASE("event: of 100000 races of set() and cancel() every wait ends exactly once",
               "[sync][event][cancel][slow]") {
  std::uint64_t wrong = 0;
  std::uint64_t first_wrong = 0;

  for (std::uint64_t seed = 1; seed <= 100'000; ++seed) {
    const bool right = co_await race(seed);
    if (!right && wrong++ == 0) first_wrong = seed;
  }

  CHECK(wrong == 0);
  CHECK(first_wrong == 0);
}
