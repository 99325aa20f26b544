// SPDX-License-Identifier: BSL-1.0
#include "ouro/loop/handle.hpp"

#include "ouro/loop/event_loop.hpp"
#include "ouro/testing/virtual_clock.hpp"

#include "tests/support/catch.hpp"

#include <memory>
#include <string>
#include <thread>
#include <utility>

using namespace std::chrono_literals;

namespace {

void run_turns(ouro::event_loop& loop) {
  for (int turn = 0; turn < 3; ++turn) {
    loop.stop();
    loop.run_forever();
  }
}

}  // namespace

TEST_CASE("handle: cancel() keeps the callback from running", "[loop][handle]") {
  ouro::event_loop loop;
  std::string log;
  auto handle = loop.call_soon([&] { log += 'a'; });
  loop.call_soon([&] { log += 'b'; });
  CHECK(!handle.cancelled());

  handle.cancel();
  handle.cancel();  // again is fine
  run_turns(loop);

  CHECK(handle.cancelled());
  CHECK(log == "b");
}

TEST_CASE("handle: cancel() works later in the same batch", "[loop][handle]") {
  ouro::event_loop loop;
  std::string log;
  ouro::handle victim;
  loop.call_soon([&] {
    log += 'a';
    victim.cancel();
  });
  victim = loop.call_soon([&] { log += 'v'; });
  loop.call_soon([&] { log += 'b'; });

  run_turns(loop);

  CHECK(log == "ab");
}

TEST_CASE("handle: cancel() of a callback that has run does nothing", "[loop][handle]") {
  ouro::event_loop loop;
  int calls = 0;
  auto handle = loop.call_soon([&] { ++calls; });
  run_turns(loop);

  handle.cancel();
  run_turns(loop);

  CHECK(calls == 1);
}

TEST_CASE("handle: a callback may cancel itself", "[loop][handle]") {
  ouro::event_loop loop;
  const auto shared = std::make_shared<std::string>("text");
  std::string seen;
  ouro::handle self;
  self = loop.call_soon([&seen, &self, shared] {
    self.cancel();
    seen = *shared;
  });

  run_turns(loop);

  CHECK(seen == "text");
  CHECK(shared.use_count() == 1);
}

TEST_CASE("handle: cancel() destroys the captures at once", "[loop][handle]") {
  ouro::testing::virtual_clock clock;
  ouro::event_loop loop({.clock = &clock});
  const auto shared = std::make_shared<int>(0);
  auto soon = loop.call_soon([shared] {});
  auto later = loop.call_later(1s, [shared] {});
  CHECK(shared.use_count() == 3);

  soon.cancel();
  CHECK(shared.use_count() == 2);
  later.cancel();
  CHECK(shared.use_count() == 1);

  run_turns(loop);
}

TEST_CASE("handle: running destroys the captures although the handle lives", "[loop][handle]") {
  ouro::event_loop loop;
  const auto shared = std::make_shared<int>(0);
  const auto handle = loop.call_soon([shared] {});

  run_turns(loop);

  CHECK(shared.use_count() == 1);
  CHECK(!handle.cancelled());
}

TEST_CASE("handle: dropping it cancels nothing", "[loop][handle]") {
  ouro::event_loop loop;
  int calls = 0;
  {
    const auto dropped = loop.call_soon([&] { ++calls; });
  }
  loop.call_soon([&] { ++calls; });

  run_turns(loop);

  CHECK(calls == 2);
}

TEST_CASE("handle: knows whether it is empty and which callback it means", "[loop][handle]") {
  ouro::event_loop loop;
  const ouro::handle empty;
  const auto a = loop.call_soon([] {});
  const auto b = loop.call_soon([] {});
  const ouro::handle same = a;

  CHECK(!empty);
  CHECK(static_cast<bool>(a));
  CHECK(a == same);
  CHECK(!(a == b));
  run_turns(loop);
}

TEST_CASE("timer_handle: when() is absolute and stays", "[loop][handle]") {
  ouro::testing::virtual_clock clock;
  ouro::event_loop loop({.clock = &clock});
  const auto start = loop.time();
  auto later = loop.call_later(2s, [&] { loop.stop(); });
  const auto at = loop.call_at(start + 1s, [] {});

  loop.run_forever();
  later.cancel();

  CHECK(later.when() == start + 2s);
  CHECK(at.when() == start + 1s);
}

TEST_CASE("timer_handle: is a handle", "[loop][handle]") {
  ouro::testing::virtual_clock clock;
  ouro::event_loop loop({.clock = &clock});
  bool called = false;
  const ouro::timer_handle timer = loop.call_later(1s, [&] { called = true; });

  ouro::handle handle = timer;
  handle.cancel();

  CHECK(timer.cancelled());
  CHECK(loop.pending_timers() == 0);
}

TEST_CASE("handle: cancel() of a posted callback may come from any thread",
          "[loop][handle][threads]") {
  ouro::event_loop loop;
  const auto shared = std::make_shared<int>(0);
  std::thread other([&] {
    for (int i = 0; i < 1000; ++i) {
      auto handle = loop.call_soon_threadsafe([shared] { ++*shared; });
      if (i % 2 == 0) handle.cancel();
    }
    loop.call_soon_threadsafe([&loop] { loop.stop(); });
  });

  loop.run_forever();
  other.join();

  // A cancelled callback may have run before its cancel, one that was not cancelled always runs.
  CHECK(*shared >= 500);
  CHECK(*shared <= 1000);
  CHECK(shared.use_count() == 1);
}
