// SPDX-License-Identifier: BSL-1.0
// nothing_lost: every short sequence of events on four tasks that put or get, against what a queue
// promises.
#include "ouro/sync/queue.hpp"

#include "tests/support/loop_test.hpp"
#include "tests/support/sanitized.hpp"

#include <array>
#include <string>
#include <vector>

using namespace std::chrono_literals;

namespace {

constexpr int task_count = 4;
constexpr int event_count = test::sanitized ? 3 : 5;

/// What happens, several things in one turn.
enum event : unsigned { turn, put_one, get_one, cancel_first, kinds = cancel_first + task_count };

struct records {
  std::vector<int> in;
  std::vector<int> out;
};

ouro::task<> puts(ouro::queue<int>& queue, records& seen, int item) {
  co_await queue.put(item);
  seen.in.push_back(item);
}

ouro::task<> gets(ouro::queue<int>& queue, records& seen) {
  const int item = co_await queue.get();
  seen.out.push_back(item);
}

struct scenario {
  unsigned putters;  // bit i: task i puts; else it gets
  unsigned filled;   // items that are in the queue at first
  unsigned events;   // the digits are the events
};

/// What of the promises was broken; empty if nothing.
ouro::task<std::string> play(const scenario& played) {
  ouro::queue<int> queue(1);
  records seen;
  for (unsigned i = 0; i < played.filled; ++i) {
    queue.put_nowait(100);
    seen.in.push_back(100);
  }
  std::array<ouro::task_handle<>, task_count> tasks;
  std::array<bool, task_count> asked_to_end{};
  const auto is_putter = [&](std::size_t i) { return (played.putters >> i & 1U) != 0; };
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    tasks[i] = is_putter(i) ? ouro::create_task(puts(queue, seen, static_cast<int>(i)))
                            : ouro::create_task(gets(queue, seen));
  }

  unsigned left = played.events;
  for (int number = 0; number < event_count; ++number, left /= kinds) {
    const unsigned now = left % kinds;
    if (now == turn) {
      co_await ouro::sleep(0s);
    } else if (now == put_one && !queue.full()) {
      queue.put_nowait(200 + number);
      seen.in.push_back(200 + number);
    } else if (now == get_one && !queue.empty()) {
      seen.out.push_back(queue.get_nowait());
    } else if (now >= cancel_first) {
      const std::size_t chosen = now - cancel_first;
      if (tasks[chosen].cancel()) asked_to_end[chosen] = true;
    }
  }
  co_await test::run_turns(2 * task_count);

  std::string broken;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (asked_to_end[i] && !tasks[i].cancelled()) broken += "a cancel was not told; ";
    if (!asked_to_end[i] && tasks[i].cancelled()) broken += "cancelled by nobody; ";
    if (tasks[i].done()) continue;
    if (is_putter(i) && !queue.full()) broken += "a putter waits though there is room; ";
    if (!is_putter(i) && !queue.empty()) broken += "a getter waits though there is an item; ";
  }
  for (const auto& each : tasks) each.cancel();
  co_await test::run_turns(2);
  while (!queue.empty()) seen.out.push_back(queue.get_nowait());
  if (seen.in != seen.out) broken += "what came out is not what was put in; ";
  co_return broken;
}

}  // namespace

OURO_TEST_CASE("queue: no short sequence of events on four tasks loses an item or a wake-up",
               "[sync][queue][cancel][slow]") {
  unsigned sequences = 1;
  for (int i = 0; i < event_count; ++i) sequences *= kinds;
  unsigned played = 0;
  std::string broken;

  for (unsigned putters = 0; putters < 1U << task_count; ++putters) {
    for (unsigned filled = 0; filled <= 1; ++filled) {
      for (unsigned events = 0; events < sequences; ++events, ++played) {
        const scenario next{.putters = putters, .filled = filled, .events = events};
        const std::string problem = co_await play(next);
        if (!problem.empty() && broken.empty()) {
          broken = problem + std::to_string(putters) + " " + std::to_string(filled) + " " +
                   std::to_string(events);
        }
      }
    }
  }

  CHECK(played == 16 * 2 * sequences);
  CHECK(broken == "");
}
