// SPDX-License-Identifier: BSL-1.0
// nothing_lost: random orders of results, cancels and time-outs on a future and who waits for it.
// Every request ends exactly once, and a value is delivered or still in its future.
#include "ouro/base/errors.hpp"
#include "ouro/task/future.hpp"
#include "ouro/task/shield.hpp"
#include "ouro/task/wait_for.hpp"

#include "tests/support/loop_test.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <utility>

using namespace std::chrono_literals;

namespace {

struct counts {
  int values = 0;
  int cancels = 0;
  int timeouts = 0;

  int total() const { return values + cancels + timeouts; }
};

enum class kind { plain, limited, shielded, limited_task };

ouro::task<int> reads(ouro::future<int> from) { co_return co_await from; }

ouro::task<int> receive(ouro::future<int> from, kind how) {
  switch (how) {
    case kind::plain:
      co_return co_await from;
    case kind::limited:
      co_return co_await ouro::wait_for(from, 1s);
    case kind::shielded:
      co_return co_await ouro::wait_for(ouro::shield(from), 1s);
    case kind::limited_task:
      break;
  }
  co_return co_await ouro::wait_for(reads(from), 1s);
}

/// Receives once, and notes how that ended. The task must be as before then: a cancel that was
/// delivered is gone, a time-out leaves none behind.
ouro::task<int> receives(ouro::future<int> from, kind how, counts& ended) {
  int received = 0;
  bool cancelled = false;
  try {
    received = co_await receive(from, how);
    ++ended.values;
  } catch (const ouro::timeout_error&) {
    ++ended.timeouts;
  } catch (const ouro::cancelled_error&) {
    ++ended.cancels;
    cancelled = true;
  }
  if (!cancelled) {
    // Whatever the outcome, nothing is pending but a cancel that came after it.
    co_await ouro::sleep(0s);
  }
  co_return received;
}

struct outcome {
  bool right = false;
  kind how = kind::plain;
  int values = 0;
  int cancels = 0;
  int timeouts = 0;
};

/// One round. Half of the calls come when the time is over, together with the time-out.
ouro::task<outcome> race(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  auto& loop = ouro::get_running_loop();
  counts ended;
  const auto how = static_cast<kind>(random() % 4);
  auto future = loop.create_future<int>();
  auto task = ouro::create_task(receives(future, how, ended));
  int set = 0;
  int task_cancels = 0;
  int future_cancels = 0;
  const auto act = [&] {
    switch (random() % 3) {
      case 0:
        if (!future.done()) future.set_result(5), ++set;
        break;
      case 1:
        task_cancels += task.cancel() ? 1 : 0;
        break;
      default:
        if (random() % 4 == 0) future_cancels += future.cancel() ? 1 : 0;
    }
  };
  if (random() % 8 != 0) co_await ouro::sleep(0s);

  const auto now_count = random() % 3;
  const auto late_count = random() % 4;
  const auto deadline = loop.time() + 1s;
  for (std::uint64_t i = 0; i < late_count; ++i) loop.call_at(deadline - (random() % 2) * 1ns, act);
  for (std::uint64_t i = 0; i < now_count; ++i) {
    act();
    if (random() % 2 == 0) co_await ouro::sleep(0s);
  }
  co_await ouro::sleep(2s);
  if (!task.done() && !future.done()) future.set_result(5), ++set;
  co_await test::settle();

  outcome result{.how = how};
  result.values = ended.values;
  result.cancels = ended.cancels;
  result.timeouts = ended.timeouts;
  bool right = task.done() && set <= 1;
  // A task that began ended its one wait once.
  const bool never_began = task.cancelled() && ended.total() == 0;
  right = right && (never_began ? task_cancels > 0 : ended.total() == 1);
  // Cancels come from a request and nowhere else.
  right = right && (ended.cancels == 0 || task_cancels + future_cancels > 0);
  // A value was set; it is in the future whether or not it was delivered.
  right = right && (ended.values == 0 || set == 1);
  right = right && (set == 0 || (!future.cancelled() && future.result() == 5));
  // Requests are not taken back by the time-out's own.
  right = right && task.cancelling() == task_cancels;
  right = right && (how != kind::plain || ended.timeouts == 0);
  result.right = right;
  co_return result;
}

}  // namespace

OURO_TEST_CASE("wait_for: of 100000 races of value, cancel and time-out each ends exactly once",
               "[task][wait_for][cancel][slow]") {
  std::uint64_t wrong = 0;
  std::uint64_t first_wrong = 0;
  counts seen[4];

  for (std::uint64_t seed = 1; seed <= 100'000; ++seed) {
    const outcome ended = co_await race(seed);
    if (!ended.right && wrong++ == 0) first_wrong = seed;
    counts& kind_seen = seen[static_cast<int>(ended.how)];
    kind_seen.values += ended.values;
    kind_seen.cancels += ended.cancels;
    kind_seen.timeouts += ended.timeouts;
  }

  CHECK(wrong == 0);
  CHECK(first_wrong == 0);
  // The races did happen.
  for (const counts& each : seen) {
    CHECK(each.values > 1000);
    CHECK(each.cancels > 1000);
  }
  CHECK(seen[0].timeouts == 0);
  for (int i = 1; i < 4; ++i) CHECK(seen[i].timeouts > 1000);
}
