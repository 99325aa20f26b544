// SPDX-License-Identifier: BSL-1.0
#include "ouro/loop/loop_hooks.hpp"

#include "ouro/loop/ready_queue.hpp"

#include "tests/support/loop_test.hpp"

#include <string>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;

/// Turns the order of each turn round.
class reversing final : public ouro::loop_hooks {
 public:
  int turns = 0;

 private:
  void on_turn(ouro::detail::ready_queue& batch) noexcept override {
    ++turns;
    std::vector<ouro::detail::ready_node*> nodes;
    while (!batch.empty()) nodes.push_back(&batch.pop());
    for (auto at = nodes.rbegin(); at != nodes.rend(); ++at) batch.push(**at);
  }
};

/// Schedules a callback from within the hook.
class scheduling final : public ouro::loop_hooks {
 public:
  explicit scheduling(std::string& log) : log_(log) {}

 private:
  void on_turn(ouro::detail::ready_queue&) noexcept override {
    if (log_.empty()) {
      ouro::get_running_loop().call_soon([this] { log_ += "b"; });
      log_ += "a";
    }
  }
  std::string& log_;
};

/// A clock that counts how often it was asked to jump.
class counting_clock final : public ouro::time_source {
 public:
  ouro::time_point now() noexcept override { return now_; }
  bool advance_to(ouro::time_point deadline) noexcept override {
    ++jumps;
    now_ = deadline;
    return true;
  }
  int jumps = 0;

 private:
  ouro::time_point now_{1h};
};

}  // namespace

TEST_CASE("loop_hooks: may put a turn in another order", "[loop][loop_hooks]") {
  ouro::event_loop loop;
  reversing hooks;
  loop.add_hooks(hooks);
  std::string log;
  for (char name = 'a'; name <= 'c'; ++name) loop.call_soon([&log, name] { log += name; });
  loop.stop();

  loop.run_forever();
  loop.remove_hooks(hooks);

  CHECK(log == "cba");
  CHECK(hooks.turns == 1);
}

TEST_CASE("loop_hooks: what they schedule runs in the next turn", "[loop][loop_hooks]") {
  ouro::event_loop loop;
  std::string log;
  scheduling hooks(log);
  loop.add_hooks(hooks);
  loop.call_soon([&log] { log += "1"; });
  loop.call_later(1ms, [&loop] { loop.stop(); });

  loop.run_forever();
  loop.remove_hooks(hooks);

  CHECK(log == "a1b");
}

TEST_CASE("event_loop: a virtual clock stands still while work goes on outside",
          "[loop][loop_hooks]") {
  counting_clock clock;
  ouro::event_loop loop({.clock = &clock});
  bool fired = false;
  loop.call_later(1h, [&] {
    fired = true;
    loop.stop();
  });
  loop.begin_outside_work();
  std::thread worker([&loop, &clock, &fired] {
    loop.call_soon_threadsafe([&] {
      CHECK(clock.jumps == 0);
      CHECK_FALSE(fired);
      loop.end_outside_work();
    });
  });

  loop.run_forever();
  worker.join();

  CHECK(fired);
  CHECK(clock.jumps == 1);
}
