// SPDX-License-Identifier: BSL-1.0
#include "ouro/loop/event_loop.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/base/log.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/testing/virtual_clock.hpp"

#include "tests/support/catch.hpp"

#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

using namespace std::chrono_literals;

namespace {

ouro::task<int> number_after(ouro::duration delay, int value) {
  co_await ouro::sleep(delay);
  co_return value;
}

ouro::task<> fails() {
  co_await ouro::sleep(0s);
  throw std::domain_error("broken");
}

ouro::task<std::unique_ptr<int>> boxed(int value) { co_return std::make_unique<int>(value); }

ouro::task<int&> reference_to(int& value) { co_return value; }

ouro::task<> ticks(int& count) {
  for (;;) {
    co_await ouro::sleep(1s);
    ++count;
  }
}

ouro::task<> stops_the_loop() {
  ouro::get_running_loop().stop();
  co_return;
}

/// The text of the usage_error that `function` throws.
template <class Function>
std::string misuse_of(Function function) {
  try {
    function();
  } catch (const ouro::usage_error& error) {
    return error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("event_loop: run_forever() runs until stop()", "[loop][event_loop]") {
  ouro::event_loop loop;
  int turns = 0;
  ouro::unique_function<void()> turn([&] {
    if (++turns == 5) return loop.stop();
    loop.call_soon([&] { turn(); });
  });
  loop.call_soon([&] { turn(); });

  loop.run_forever();

  CHECK(turns == 5);
}

TEST_CASE("event_loop: stop() lets the batch finish and keeps what it queued for the next run",
          "[loop][event_loop]") {
  ouro::event_loop loop;
  std::string log;
  loop.call_soon([&] {
    log += 'a';
    loop.stop();
    loop.call_soon([&] {
      log += 'c';
      loop.stop();
    });
  });
  loop.call_soon([&] { log += 'b'; });

  loop.run_forever();
  CHECK(log == "ab");

  loop.run_forever();
  CHECK(log == "abc");
}

TEST_CASE("event_loop: stop() before the run lets it do one turn", "[loop][event_loop]") {
  ouro::testing::virtual_clock clock;
  ouro::event_loop loop({.clock = &clock});
  std::string log;
  loop.call_soon([&] {
    log += 'a';
    loop.call_soon([&] { log += 'b'; });
  });
  loop.call_later(1s, [&] { log += 't'; });

  loop.stop();
  loop.run_forever();

  CHECK(log == "a");
}

TEST_CASE("event_loop: an idle loop that was stopped does not sleep", "[loop][event_loop]") {
  ouro::event_loop loop;
  loop.stop();
  loop.run_forever();
  CHECK(!loop.is_running());
}

TEST_CASE("event_loop: is_running() and get_running_loop() are true inside a callback only",
          "[loop][event_loop]") {
  ouro::event_loop loop;
  bool running = false;
  const ouro::event_loop* seen = nullptr;
  loop.call_soon([&] {
    running = loop.is_running();
    seen = &ouro::get_running_loop();
    loop.stop();
  });
  CHECK(!loop.is_running());

  loop.run_forever();

  CHECK(running);
  CHECK(seen == &loop);
  CHECK(!loop.is_running());
  CHECK(ouro::try_get_running_loop() == nullptr);
  CHECK(misuse_of([] { ouro::get_running_loop(); }) == "no running event loop");
}

TEST_CASE("event_loop: a loop that runs cannot be run, and no other one inside it",
          "[loop][event_loop][error]") {
  ouro::event_loop loop;
  ouro::event_loop other;
  std::string itself;
  std::string another;
  std::string closing;
  loop.call_soon([&] {
    itself = misuse_of([&] { loop.run_forever(); });
    another = misuse_of([&] { other.run_forever(); });
    closing = misuse_of([&] { loop.close(); });
    loop.stop();
  });

  loop.run_forever();

  CHECK(itself == "This event loop is already running");
  CHECK(another == "Cannot run the event loop while another loop is running");
  CHECK(closing == "Cannot close a running event loop");
}

TEST_CASE("event_loop: loops take turns on one thread", "[loop][event_loop]") {
  ouro::event_loop first;
  ouro::event_loop second;
  std::string log;
  for (int i = 0; i < 2; ++i) {
    for (ouro::event_loop* each : {&first, &second}) {
      each->call_soon([&log, each, &first] {
        log += each == &first ? '1' : '2';
        each->stop();
      });
      each->run_forever();
    }
  }
  CHECK(log == "1212");
}

TEST_CASE("event_loop: a closed loop takes nothing and does not run", "[loop][event_loop][error]") {
  ouro::event_loop loop;
  const auto nothing = [] {};
  loop.close();
  loop.close();  // again is fine

  CHECK(loop.is_closed());
  for (const std::string& text : {
           misuse_of([&] { loop.call_soon(nothing); }),
           misuse_of([&] { loop.call_soon_threadsafe(nothing); }),
           misuse_of([&] { loop.call_later(1s, nothing); }),
           misuse_of([&] { loop.call_at(loop.time(), nothing); }),
           misuse_of([&] { loop.run_forever(); }),
       }) {
    CHECK(text == "Event loop is closed");
  }
}

TEST_CASE("event_loop: a closed loop refuses a coroutine before it takes it",
          "[loop][event_loop][error]") {
  ouro::event_loop loop;
  loop.close();
  auto coroutine = number_after(0s, 1);

  CHECK(misuse_of([&] { loop.run_until_complete(std::move(coroutine)); }) ==
        "Event loop is closed");

  CHECK(static_cast<bool>(coroutine));
  coroutine.close();
}

TEST_CASE("run_until_complete: gives the value of a coroutine, twice on the same loop",
          "[loop][event_loop]") {
  ouro::testing::virtual_clock clock;
  ouro::event_loop loop({.clock = &clock});
  int local = 0;

  CHECK(loop.run_until_complete(number_after(1s, 1)) == 1);
  CHECK(loop.run_until_complete(number_after(1s, 2)) == 2);
  CHECK(*loop.run_until_complete(boxed(3)) == 3);
  CHECK(&loop.run_until_complete(reference_to(local)) == &local);
  CHECK(loop.run_until_complete(ouro::sleep(1s, 5)) == 5);
}

TEST_CASE("run_until_complete: throws what the coroutine throws", "[loop][event_loop][error]") {
  ouro::event_loop loop;
  CHECK_THROWS_AS(loop.run_until_complete(fails()), std::domain_error);
  CHECK(loop.run_until_complete(number_after(0s, 1)) == 1);
}

TEST_CASE("run_until_complete: waits for a task and for a future", "[loop][event_loop]") {
  ouro::testing::virtual_clock clock;
  ouro::event_loop loop({.clock = &clock});
  const auto task = loop.create_task(number_after(1s, 1));
  const auto future = loop.create_future<std::string>();
  loop.call_later(2s, [&] { future.set_result("two"); });

  CHECK(loop.run_until_complete(task) == 1);
  CHECK(loop.run_until_complete(future) == "two");
  CHECK(loop.run_until_complete(task) == 1);
}

TEST_CASE("run_until_complete: other tasks are paused between the runs", "[loop][event_loop]") {
  ouro::testing::virtual_clock clock;
  ouro::event_loop loop({.clock = &clock});
  int count = 0;
  const auto ticking = loop.create_task(ticks(count));

  loop.run_until_complete(number_after(2500ms, 0));
  CHECK(count == 2);
  loop.run_until_complete(number_after(1s, 0));
  CHECK(count == 3);

  ticking.cancel();
  CHECK_THROWS_AS(loop.run_until_complete(ticking), ouro::cancelled_error);
}

TEST_CASE("run_until_complete: stop() meanwhile is an error and leaves the task alive",
          "[loop][event_loop][error]") {
  ouro::testing::virtual_clock clock;
  ouro::event_loop loop({.clock = &clock});
  const auto task = loop.create_task(number_after(5s, 7));
  loop.call_later(1s, [&] { loop.stop(); });

  CHECK(misuse_of([&] { loop.run_until_complete(task); }) ==
        "Event loop stopped before Future completed.");
  CHECK(!task.done());

  CHECK(loop.run_until_complete(task) == 7);
}

TEST_CASE("run_until_complete: a task that outlives its run does not stop a later one",
          "[loop][event_loop]") {
  ouro::testing::virtual_clock clock;
  ouro::event_loop loop({.clock = &clock});
  const auto early = loop.create_task(number_after(2s, 1));
  loop.call_later(1s, [&] { loop.stop(); });
  CHECK_THROWS_AS(loop.run_until_complete(early), ouro::usage_error);

  CHECK(loop.run_until_complete(number_after(5s, 2)) == 2);

  CHECK(early.done());
}

TEST_CASE("run_until_complete: the task that stops the loop may be the one waited for",
          "[loop][event_loop]") {
  ouro::event_loop loop;
  CHECK_NOTHROW(loop.run_until_complete(stops_the_loop()));
}

TEST_CASE("run_until_complete: nested is an error and leaves the coroutine to the caller",
          "[loop][event_loop][error]") {
  ouro::event_loop loop;
  std::string text;
  bool kept = false;
  loop.call_soon([&] {
    auto coroutine = number_after(0s, 1);
    text = misuse_of([&] { loop.run_until_complete(std::move(coroutine)); });
    kept = static_cast<bool>(coroutine);
    coroutine.close();
    loop.stop();
  });

  loop.run_forever();

  CHECK(text == "This event loop is already running");
  CHECK(kept);
}

TEST_CASE("event_loop: get_event_loop() makes a loop for the thread, once", "[loop][event_loop]") {
  ouro::event_loop& made = ouro::get_event_loop();

  CHECK(&ouro::get_event_loop() == &made);
  CHECK(made.run_until_complete(number_after(0s, 4)) == 4);
}

TEST_CASE("event_loop: get_event_loop() prefers the running loop, then the one that was set",
          "[loop][event_loop]") {
  ouro::event_loop set;
  ouro::event_loop running;
  const ouro::event_loop* inside = nullptr;
  ouro::set_event_loop(&set);
  running.call_soon([&] {
    inside = &ouro::get_event_loop();
    running.stop();
  });

  CHECK(&ouro::get_event_loop() == &set);
  running.run_forever();

  CHECK(inside == &running);
  ouro::set_event_loop(nullptr);
  CHECK(&ouro::get_event_loop() != &set);
}

TEST_CASE("event_loop: the sizes of its queues are those asked for", "[loop][event_loop]") {
  const ouro::event_loop loop({.ring_entries = 8, .ring_cq_entries = 16});

  std::ifstream about("/proc/self/fdinfo/" + std::to_string(loop.fileno()));
  const std::string text(std::istreambuf_iterator<char>(about), {});

  CHECK(text.find("SqMask:\t0x7\n") != std::string::npos);
  CHECK(text.find("CqMask:\t0xf\n") != std::string::npos);
}

TEST_CASE("event_loop: new_event_loop() takes options", "[loop][event_loop]") {
  const auto loop = ouro::new_event_loop({.ring_entries = 8, .busy_poll = 100us});

  CHECK(loop->fileno() >= 0);
  CHECK(loop->run_until_complete(number_after(1ms, 1)) == 1);
}
