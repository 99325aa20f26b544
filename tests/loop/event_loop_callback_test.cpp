// SPDX-License-Identifier: BSL-1.0
// call_soon(), call_later(), call_at(): in which order what runs.
#include "ouro/loop/event_loop.hpp"
#include "ouro/testing/virtual_clock.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

/// A loop on a virtual clock, with a log to write to.
struct logged_loop {
  ouro::testing::virtual_clock clock;
  ouro::event_loop loop{{.clock = &clock}};
  std::string log;

  auto append(char name) {
    return [this, name] { log += name; };
  }

  /// Runs for `span` of virtual time.
  std::string run(ouro::duration span = 1h) {
    loop.call_later(span, [this] { loop.stop(); });
    loop.run_forever();
    return std::exchange(log, {});
  }
};

}  // namespace

TEST_CASE("call_soon: runs in the order of the calls, never at once", "[loop][event_loop]") {
  logged_loop test;
  test.loop.call_soon(test.append('a'));
  test.loop.call_soon(test.append('b'));
  test.log += '|';
  test.loop.call_soon(test.append('c'));

  CHECK(test.run() == "|abc");
}

TEST_CASE("call_soon: what a callback queues runs in the next turn", "[loop][event_loop]") {
  logged_loop test;
  test.loop.call_soon([&] {
    test.log += 'a';
    test.loop.call_soon(test.append('c'));
  });
  test.loop.call_soon(test.append('b'));

  CHECK(test.run() == "abc");
}

TEST_CASE("call_soon: a callback that is moved only is called once", "[loop][event_loop]") {
  logged_loop test;
  int calls = 0;
  test.loop.call_soon([box = std::make_unique<int>(1), &calls] { calls += *box; });

  test.run();
  test.run();

  CHECK(calls == 1);
}

TEST_CASE("call_soon: a callback's result is dropped", "[loop][event_loop]") {
  logged_loop test;
  test.loop.call_soon([&] {
    test.log += 'a';
    return 7;
  });
  CHECK(test.run() == "a");
}

TEST_CASE("call_later: runs in the order of the deadlines", "[loop][event_loop]") {
  logged_loop test;
  test.loop.call_later(3s, test.append('c'));
  test.loop.call_later(1s, test.append('a'));
  test.loop.call_later(2s, test.append('b'));

  CHECK(test.run() == "abc");
}

TEST_CASE("call_later: equal deadlines run in the order of registration", "[loop][event_loop]") {
  logged_loop test;
  const auto when = test.loop.time() + 2s;
  for (char name = 'a'; name <= 'z'; ++name) {
    if (name % 2 == 0) {
      test.loop.call_later(2s, test.append(name));
    } else {
      test.loop.call_at(when, test.append(name));
    }
  }

  CHECK(test.run() == "abcdefghijklmnopqrstuvwxyz");
}

TEST_CASE("call_later: overdue timers run in the order of their deadlines", "[loop][event_loop]") {
  logged_loop test;
  test.loop.call_later(30ms, test.append('c'));
  test.loop.call_later(10ms, test.append('a'));
  test.loop.call_later(20ms, test.append('b'));
  test.clock.pass(5s);

  CHECK(test.run() == "abc");
}

TEST_CASE("call_later: zero runs behind what is ready now", "[loop][event_loop]") {
  logged_loop test;
  test.loop.call_later(0s, test.append('t'));
  test.loop.call_soon(test.append('a'));
  test.loop.call_soon(test.append('b'));

  CHECK(test.run() == "abt");
}

TEST_CASE("call_later: negative delays and times that have passed keep the order of deadlines",
          "[loop][event_loop]") {
  logged_loop test;
  test.loop.call_later(0s, test.append('d'));
  test.loop.call_later(-1s, test.append('c'));
  test.loop.call_at(test.loop.time() - 5s, test.append('b'));
  test.loop.call_at(ouro::time_point::min(), test.append('a'));

  CHECK(test.run() == "abcd");
}

TEST_CASE("call_later: takes any duration, rounding up", "[loop][event_loop]") {
  logged_loop test;
  const auto start = test.loop.time();

  const auto half = test.loop.call_later(std::chrono::duration<double>(0.5), [] {});
  const auto tiny = test.loop.call_later(std::chrono::duration<double, std::pico>(1), [] {});

  CHECK(half.when() == start + 500ms);
  CHECK(tiny.when() == start + 1ns);
}

TEST_CASE("call_later: the longest delay is never", "[loop][event_loop]") {
  logged_loop test;
  const auto never = test.loop.call_later(std::chrono::hours::max(), test.append('n'));

  CHECK(never.when() == ouro::time_point::max());
  CHECK(test.run(24h * 365 * 100) == "");
}

TEST_CASE("call_later: a timer that makes a due one gives the others their turn",
          "[loop][event_loop]") {
  logged_loop test;
  int left = 3;
  ouro::unique_function<void()> again([&] {
    test.log += 't';
    if (--left > 0) test.loop.call_later(0s, [&] { again(); });
  });
  test.loop.call_later(1s, [&] { again(); });
  test.loop.call_later(1s, [&] { test.loop.call_soon(test.append('s')); });

  CHECK(test.run() == "tstt");
}

TEST_CASE("call_later: cancelled from a callback of the same batch, does not run",
          "[loop][event_loop]") {
  logged_loop test;
  ouro::timer_handle later;
  test.loop.call_later(1s, [&] {
    test.log += 'a';
    later.cancel();
  });
  later = test.loop.call_later(1s, test.append('b'));
  test.loop.call_later(1s, test.append('c'));

  CHECK(test.run() == "ac");
  CHECK(later.cancelled());
}

TEST_CASE("call_later: a cancelled timer leaves the heap at once", "[loop][event_loop]") {
  logged_loop test;
  auto timer = test.loop.call_later(1s, test.append('a'));
  CHECK(test.loop.pending_timers() == 1);

  timer.cancel();

  CHECK(test.loop.pending_timers() == 0);
  CHECK(test.run() == "");
}

TEST_CASE("call_later: virtual time passes only when nothing is ready", "[loop][event_loop]") {
  logged_loop test;
  const auto start = test.loop.time();
  std::vector<ouro::duration> seen;
  int left = 100;
  ouro::unique_function<void()> busy([&] {
    if (--left > 0) return static_cast<void>(test.loop.call_soon([&] { busy(); }));
    seen.push_back(test.loop.time() - start);
  });
  busy();
  test.loop.call_later(1s, [&] { seen.push_back(test.loop.time() - start); });

  test.run();

  REQUIRE(seen.size() == 2);
  CHECK(seen[0] == 0s);
  CHECK(seen[1] == 1s);
}

TEST_CASE("call_later: a real timer does not run early", "[loop][event_loop]") {
  ouro::event_loop loop;
  const auto start = ouro::clock::now();
  std::vector<ouro::duration> late;
  for (const auto delay : {2ms, 1ms, 3ms}) {
    loop.call_later(delay,
                    [&late, start, delay] { late.push_back(ouro::clock::now() - start - delay); });
  }
  loop.call_later(4ms, [&] { loop.stop(); });

  loop.run_forever();

  REQUIRE(late.size() == 3);
  for (const auto each : late) CHECK(each >= 0ns);
}

TEST_CASE("call_at: a million timers, cancelled in random order, leave nothing behind",
          "[loop][event_loop][slow]") {
  ouro::event_loop loop;
  const auto blocks = ouro::detail::frame_pool::live();
  {
    std::mt19937 random(5);
    std::vector<ouro::timer_handle> timers;
    timers.reserve(1'000'000);
    for (int i = 0; i < 1'000'000; ++i) {
      timers.push_back(
          loop.call_later(std::chrono::milliseconds(3'600'000 + random() % 1000), [] {}));
    }
    REQUIRE(loop.pending_timers() == 1'000'000);
    std::shuffle(timers.begin(), timers.end(), random);

    for (auto& timer : timers) timer.cancel();
  }

  CHECK(loop.pending_timers() == 0);
  CHECK(ouro::detail::frame_pool::live() == blocks);
}
