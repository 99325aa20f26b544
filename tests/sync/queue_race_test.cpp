// SPDX-License-Identifier: BSL-1.0
// nothing_lost: random puts, gets, cancels and time-outs; what was put in comes out, once, in
// order.
#include "ouro/base/errors.hpp"
#include "ouro/sync/queue.hpp"
#include "ouro/task/wait_for.hpp"

#include "tests/support/loop_test.hpp"
#include "tests/support/sanitized.hpp"

#include <cstdint>
#include <random>
#include <vector>

using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t races = test::sanitized ? 15'000 : 100'000;

/// What went in and what came out, in order.
struct records {
  std::vector<int> in;
  std::vector<int> out;
};

ouro::task<> puts(ouro::queue<int>& queue, records& seen, int item, ouro::duration limit) {
  try {
    if (limit != 0s) {
      co_await ouro::wait_for(queue.put(item), limit);
    } else {
      co_await queue.put(item);
    }
  } catch (const ouro::timeout_error&) {
    co_return;
  }
  seen.in.push_back(item);
}

ouro::task<> gets(ouro::queue<int>& queue, records& seen, ouro::duration limit) {
  int item = 0;
  try {
    if (limit != 0s) {
      item = co_await ouro::wait_for(queue.get(), limit);
    } else {
      item = co_await queue.get();
    }
  } catch (const ouro::timeout_error&) {
    co_return;
  }
  seen.out.push_back(item);
}

/// A task, and what it does.
struct worker {
  ouro::task_handle<> task;
  bool puts;
};

/// Whether nobody waits in vain: for room that is there, or for an item that is.
bool waits_rightly(const worker& each, const ouro::queue<int>& queue) {
  return each.task.done() || (each.puts ? queue.full() : queue.empty());
}

/// One race: some getters and putters, and random calls, several of them in one turn. Gives whether
/// it ended as it should.
ouro::task<bool> race(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  ouro::queue<int> queue(random() % 4);
  records seen;
  std::vector<worker> workers;
  int next_item = 0;
  const auto limit = [&] { return random() % 3 == 0 ? 1s * (1 + random() % 2) : ouro::duration(); };

  const auto steps = 4 + random() % 8;
  for (std::uint64_t step = 0; step < steps; ++step) {
    const auto what = random() % 8;
    if (what <= 1) {
      workers.push_back({ouro::create_task(gets(queue, seen, limit())), false});
    } else if (what <= 3) {
      workers.push_back({ouro::create_task(puts(queue, seen, next_item++, limit())), true});
    } else if (what == 4 && !queue.full()) {
      queue.put_nowait(next_item);
      seen.in.push_back(next_item++);
    } else if (what == 4) {
      seen.out.push_back(queue.get_nowait());
    } else if (what == 5 && !workers.empty()) {
      workers[random() % workers.size()].task.cancel();
    } else {
      co_await ouro::sleep(what == 6 ? 1s : 0s);
    }
  }
  co_await test::settle();

  bool right = true;
  for (const worker& each : workers) right = right && waits_rightly(each, queue);
  for (const worker& each : workers) each.task.cancel();
  co_await test::settle();
  for (const worker& each : workers) right = right && each.task.done();
  while (!queue.empty()) seen.out.push_back(queue.get_nowait());
  co_return right&& seen.in == seen.out;
}

}  // namespace

OURO_TEST_CASE("queue: in thousands of random races what is put in comes out, once and in order",
               "[sync][queue][cancel][slow]") {
  std::uint64_t wrong = 0;
  std::uint64_t first_wrong = 0;

  for (std::uint64_t seed = 1; seed <= races; ++seed) {
    const bool right = co_await race(seed);
    if (!right && wrong++ == 0) first_wrong = seed;
  }

  CHECK(wrong == 0);
  CHECK(first_wrong == 0);
}
