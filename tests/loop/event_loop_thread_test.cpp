// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/errors.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/sleep.hpp"

#include "tests/ring/child_process.hpp"
#include "tests/support/catch.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>

using namespace std::chrono_literals;

namespace {

ouro::task<int> number(int value) {
  co_await ouro::sleep(0s);
  co_return value;
}

ouro::task<int> number_after_turns(int turns, int value) {
  while (turns-- > 0) co_await ouro::sleep(0s);
  co_return value;
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

/// As misuse_of(), on a thread of its own.
template <class Function>
std::string misuse_on_a_thread(Function function) {
  std::string text;
  std::thread([&] { text = misuse_of(function); }).join();
  return text;
}

}  // namespace

TEST_CASE("event_loop: scheduling on a running loop from a wrong thread is refused",
          "[loop][event_loop][threads][error]") {
  ouro::event_loop loop;
  const std::string expected =
      "This event loop runs on another thread: use call_soon_threadsafe() from here";
  std::string texts[4];
  bool kept = false;
  loop.call_soon([&] {
    std::thread([&] {
      auto coroutine = number(1);
      texts[0] = misuse_of([&] { loop.call_soon([] {}); });
      texts[1] = misuse_of([&] { loop.call_later(1s, [] {}); });
      texts[2] = misuse_of([&] { loop.call_at(ouro::time_point(), [] {}); });
      texts[3] = misuse_of([&] { loop.run_until_complete(std::move(coroutine)); });
      kept = static_cast<bool>(coroutine);
      coroutine.close();
    }).join();
    loop.stop();
  });

  loop.run_forever();

  for (int i = 0; i < 3; ++i) CHECK(texts[i] == expected);
  CHECK(texts[3] == "This event loop is already running");
  CHECK(kept);
}

TEST_CASE("event_loop: runs on its first thread only", "[loop][event_loop][threads][error]") {
  ouro::event_loop loop;
  CHECK(loop.run_until_complete(number(1)) == 1);

  const std::string text = misuse_on_a_thread([&] { loop.run_forever(); });

  CHECK(text.find("thread") != std::string::npos);
  CHECK(loop.run_until_complete(number(2)) == 2);
}

TEST_CASE("event_loop: a run refused on a wrong thread leaves nothing on the loop",
          "[loop][event_loop][threads][error]") {
  ouro::event_loop loop;
  CHECK(loop.run_until_complete(number(1)) == 1);
  auto coroutine = number(2);

  const std::string text =
      misuse_on_a_thread([&] { loop.run_until_complete(std::move(coroutine)); });

  CHECK(text != "none");
  CHECK(static_cast<bool>(coroutine));
  coroutine.close();
  CHECK(loop.run_until_complete(number_after_turns(10, 3)) == 3);
}

TEST_CASE("event_loop: a loop made on one thread may run on another",
          "[loop][event_loop][threads]") {
  auto loop = std::make_unique<ouro::event_loop>();
  int value = 0;

  std::thread([&] {
    value = loop->run_until_complete(number(4));
    loop.reset();
  }).join();

  CHECK(value == 4);
}

TEST_CASE("event_loop: two loops on two threads are independent", "[loop][event_loop][threads]") {
  constexpr int rounds = 500;
  int sums[2] = {0, 0};
  const ouro::event_loop* seen[2] = {nullptr, nullptr};
  const auto work = [&](int who) {
    ouro::event_loop loop;
    for (int i = 0; i < rounds; ++i) {
      sums[who] += loop.run_until_complete(number_after_turns(3, who + 1));
    }
    loop.call_soon([&] {
      seen[who] = &ouro::get_running_loop();
      loop.stop();
    });
    loop.run_forever();
    if (seen[who] != &loop) seen[who] = nullptr;
  };

  std::thread other(work, 0);
  work(1);
  other.join();

  CHECK(sums[0] == rounds);
  CHECK(sums[1] == 2 * rounds);
  CHECK(seen[0] != nullptr);
  CHECK(seen[1] != nullptr);
}

TEST_CASE("event_loop: two loops call each other across threads", "[loop][event_loop][threads]") {
  constexpr int rounds = 300;
  ouro::event_loop here;
  std::atomic<ouro::event_loop*> there{nullptr};
  int left = rounds;
  std::thread other([&] {
    ouro::event_loop loop;
    loop.call_soon([&] { there.store(&loop); });
    loop.run_forever();
  });
  ouro::unique_function<void()> serve([&] {
    if (left-- == 0) {
      there.load()->call_soon_threadsafe([&] { there.load()->stop(); });
      return here.stop();
    }
    there.load()->call_soon_threadsafe([&] { here.call_soon_threadsafe([&] { serve(); }); });
  });
  while (there.load() == nullptr) std::this_thread::yield();
  here.call_soon([&] { serve(); });

  here.run_forever();
  other.join();

  CHECK(left == -1);
}

TEST_CASE("event_loop: may go as soon as the last callback that was posted has run",
          "[loop][event_loop][threads]") {
  for (int round = 0; round < 100; ++round) {
    std::atomic<ouro::event_loop*> published{nullptr};
    std::thread owner([&] {
      ouro::event_loop loop({.ring_entries = 8});
      loop.call_soon([&] { published.store(&loop); });
      loop.run_forever();
    });  // the loop is gone, perhaps before the post below has returned
    while (published.load() == nullptr) std::this_thread::yield();
    ouro::event_loop& loop = *published.load();

    loop.call_soon_threadsafe([&loop] { loop.stop(); });

    owner.join();
  }
}

TEST_CASE("event_loop: loops are made and closed on many threads at once",
          "[loop][event_loop][threads]") {
  std::atomic<int> sum{0};
  std::thread threads[4];
  for (std::thread& each : threads) {
    each = std::thread([&] {
      for (int i = 0; i < 10; ++i) {
        ouro::event_loop loop({.ring_entries = 8});
        sum += loop.run_until_complete(number(1));
      }
    });
  }
  for (std::thread& each : threads) each.join();
  CHECK(sum == 40);
}

TEST_CASE("event_loop: get_event_loop() makes one for each thread", "[loop][event_loop][threads]") {
  const ouro::event_loop* here = &ouro::get_event_loop();
  const ouro::event_loop* there = nullptr;
  int value = 0;

  std::thread([&] {
    there = &ouro::get_event_loop();
    value = ouro::get_event_loop().run_until_complete(number(6));
  }).join();

  CHECK(there != here);
  CHECK(value == 6);
}

TEST_CASE("event_loop: is destroyed by another thread once its own has ended",
          "[loop][event_loop]") {
  const int code = ring_test::in_child([] {
    auto loop = std::make_unique<ouro::event_loop>();
    std::thread owner([&] { loop->run_forever(); });
    loop->call_soon_threadsafe([&] { loop->stop(); });
    owner.join();
    loop.reset();
    return 0;
  });

  CHECK(code == 0);
}
