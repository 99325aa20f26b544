// SPDX-License-Identifier: BSL-1.0
#include "ouro/loop/time_source.hpp"

#include "ouro/loop/event_loop.hpp"
#include "ouro/testing/virtual_clock.hpp"

#include "tests/support/catch.hpp"

#include <set>
#include <vector>

using namespace std::chrono_literals;

namespace {

/// Counts how often it is asked; each answer is a nanosecond later than the one before.
class counting_clock final : public ouro::time_source {
 public:
  ouro::time_point now() noexcept override {
    return ouro::time_point(1h) + ouro::duration(++reads);
  }
  bool advance_to(ouro::time_point) noexcept override {
    ++advances;
    return true;
  }

  int reads = 0;
  int advances = 0;
};

/// The steady clock, which does not jump.
class real_clock final : public ouro::time_source {
 public:
  ouro::time_point now() noexcept override { return ouro::clock::now(); }
  bool advance_to(ouro::time_point deadline) noexcept override {
    asked.push_back(deadline);
    return false;
  }

  std::vector<ouro::time_point> asked;
};

/// Runs `turns` turns in which a callback asks for the time `asks` times; what it was told.
std::set<ouro::time_point> ask_in_turns(ouro::event_loop& loop, int turns, int asks) {
  std::set<ouro::time_point> told;
  int left = turns;
  ouro::unique_function<void()> turn([&] {
    for (int i = 0; i < asks; ++i) told.insert(loop.time());
    if (--left == 0) return loop.stop();
    loop.call_soon([&] { turn(); });
  });
  loop.call_soon([&] { turn(); });
  loop.run_forever();
  return told;
}

}  // namespace

TEST_CASE("time_source: is asked once a turn, however often time() is called",
          "[loop][time_source]") {
  counting_clock clock;
  ouro::event_loop loop({.clock = &clock});

  const auto told = ask_in_turns(loop, 10, 5);

  CHECK(clock.reads == 10);
  CHECK(told.size() == 10);
}

TEST_CASE("time_source: is asked once a turn with timers pending, too", "[loop][time_source]") {
  counting_clock clock;
  ouro::event_loop loop({.clock = &clock});
  const auto far = loop.call_later(1h, [] {});
  const int before = clock.reads;

  ask_in_turns(loop, 10, 3);

  CHECK(clock.reads - before == 10);
}

TEST_CASE("time_source: is not asked by turns that need no time", "[loop][time_source]") {
  counting_clock clock;
  ouro::event_loop loop({.clock = &clock});

  ask_in_turns(loop, 10, 0);

  CHECK(clock.reads == 0);
}

TEST_CASE("time_source: is advanced only when nothing is ready", "[loop][time_source]") {
  counting_clock clock;
  ouro::event_loop loop({.clock = &clock});
  const auto far = loop.call_later(1h, [] {});

  ask_in_turns(loop, 10, 1);

  CHECK(clock.advances == 0);
}

TEST_CASE("time_source: one that does not jump makes the loop wait for real",
          "[loop][time_source]") {
  real_clock clock;
  ouro::event_loop loop({.clock = &clock});
  const auto start = ouro::clock::now();
  const auto timer = loop.call_later(2ms, [&] { loop.stop(); });

  loop.run_forever();

  CHECK(ouro::clock::now() - start >= 2ms);
  REQUIRE(!clock.asked.empty());
  CHECK(clock.asked.front() == timer.when());
}

TEST_CASE("time_source: time() is that of the source", "[loop][time_source]") {
  ouro::testing::virtual_clock clock;
  ouro::event_loop loop({.clock = &clock});
  const auto start = loop.time();
  ouro::duration seen{};
  loop.call_later(90min, [&] {
    seen = loop.time() - start;
    loop.stop();
  });

  loop.run_forever();

  CHECK(seen == 90min);
  CHECK(clock.now() == start + 90min);
}

TEST_CASE("time_source: the steady clock is read again after a long step", "[loop][time_source]") {
  ouro::event_loop loop;
  ouro::duration passed{};
  loop.call_soon([&] {
    const auto before = loop.time();
    const auto begin = ouro::clock::now();
    while (ouro::clock::now() - begin < 2ms) {
    }
    passed = loop.time() - before;
    loop.stop();
  });

  loop.run_forever();

  CHECK(passed >= 2ms);
}

TEST_CASE("time_source: without one, time() is the steady clock", "[loop][time_source]") {
  ouro::event_loop loop;
  const auto before = ouro::clock::now();
  ouro::time_point seen{};
  loop.call_later(1ms, [&] {
    seen = loop.time();
    loop.stop();
  });

  loop.run_forever();

  CHECK(seen >= before + 1ms);
  CHECK(seen <= ouro::clock::now());
}
