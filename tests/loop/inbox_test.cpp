// SPDX-License-Identifier: BSL-1.0
#include "ouro/loop/inbox.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/loop/event_loop.hpp"

#include "tests/support/catch.hpp"

#include <array>
#include <atomic>
#include <deque>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

using namespace std::chrono_literals;

namespace {

constexpr int thread_count = 4;
constexpr int posts_each = 5000;

struct message final : ouro::detail::ready_node {
  message(int its_thread, int its_number) noexcept : thread(its_thread), number(its_number) {}
  void run() noexcept override {}
  int thread;
  int number;
};

/// Calls `function(thread)` on several threads at once.
template <class Function>
std::vector<std::thread> on_threads(int count, Function function) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back(function, i);
  return threads;
}

void join(std::vector<std::thread>& threads) {
  for (std::thread& each : threads) each.join();
}

/// How many write system calls this thread has made; -1 if the kernel does not tell.
long writes_of_this_thread() {
  std::ifstream io("/proc/thread-self/io");
  std::string key;
  long value = 0;
  while (io >> key >> value) {
    if (key == "syscw:") return value;
  }
  return -1;
}

}  // namespace

TEST_CASE("inbox: gives what one thread posted, oldest first", "[loop][inbox]") {
  message a(0, 0), b(0, 1), c(0, 2);
  ouro::detail::inbox posted;
  ouro::detail::ready_queue queue;
  CHECK(posted.empty());
  posted.post(a);
  posted.post(b);
  posted.post(c);
  CHECK(!posted.empty());

  posted.take(queue);

  CHECK(posted.empty());
  for (int i = 0; i < 3; ++i) CHECK(static_cast<message&>(queue.pop()).number == i);
}

TEST_CASE("inbox: appends behind what is in the queue", "[loop][inbox]") {
  message a(0, 0), b(0, 1);
  ouro::detail::inbox posted;
  ouro::detail::ready_queue queue;
  queue.push(a);
  posted.post(b);

  posted.take(queue);
  posted.take(queue);  // of nothing

  CHECK(&queue.pop() == &a);
  CHECK(&queue.pop() == &b);
  CHECK(queue.empty());
}

TEST_CASE("inbox: loses nothing of many threads and keeps the order of each",
          "[loop][inbox][threads]") {
  ouro::detail::inbox posted;
  ouro::detail::ready_queue queue;
  std::vector<std::deque<message>> messages(thread_count);
  for (int thread = 0; thread < thread_count; ++thread) {
    for (int i = 0; i < posts_each; ++i) {
      messages[static_cast<std::size_t>(thread)].emplace_back(thread, i);
    }
  }
  std::array<int, thread_count> next{};
  bool in_order = true;
  int taken = 0;

  auto threads = on_threads(thread_count, [&](int thread) {
    for (message& each : messages[static_cast<std::size_t>(thread)]) posted.post(each);
  });
  while (taken < thread_count * posts_each) {
    posted.take(queue);
    for (; !queue.empty(); ++taken) {
      const auto& each = static_cast<message&>(queue.pop());
      in_order = in_order && each.number == next[static_cast<std::size_t>(each.thread)]++;
    }
  }
  join(threads);

  CHECK(in_order);
  CHECK(posted.empty());
}

TEST_CASE("call_soon_threadsafe: every post of every thread runs, in the order of its thread",
          "[loop][inbox][threads]") {
  ouro::event_loop loop;
  std::array<int, thread_count> next{};
  bool in_order = true;
  int ran = 0;

  auto threads = on_threads(thread_count, [&](int thread) {
    for (int i = 0; i < posts_each; ++i) {
      loop.call_soon_threadsafe([&, thread, i] {
        in_order = in_order && next[static_cast<std::size_t>(thread)]++ == i;
        if (++ran == thread_count * posts_each) loop.stop();
      });
    }
  });
  loop.run_forever();
  join(threads);

  CHECK(in_order);
  CHECK(ran == thread_count * posts_each);
}

TEST_CASE("call_soon_threadsafe: wakes a loop that sleeps, again and again",
          "[loop][inbox][threads]") {
  ouro::event_loop loop;
  std::atomic<int> answered{0};

  std::thread other([&] {
    for (int i = 1; i <= 300; ++i) {
      loop.call_soon_threadsafe([&] { answered.fetch_add(1); });
      // The loop has nothing else to do: it sleeps, or is about to.
      while (answered.load() < i) std::this_thread::yield();
    }
    loop.call_soon_threadsafe([&] { loop.stop(); });
  });
  loop.run_forever();
  other.join();

  CHECK(answered == 300);
}

TEST_CASE("call_soon_threadsafe: posts to a loop that is awake make no system call",
          "[loop][inbox][threads]") {
  if (writes_of_this_thread() < 0) {
    WARN("the kernel does not count system calls");
    return;
  }
  ouro::event_loop loop;
  std::atomic<bool> awake{false};
  std::atomic<bool> posted{false};
  long writes = -1;
  int ran = 0;
  std::thread other([&] {
    while (!awake.load()) std::this_thread::yield();
    const long before = writes_of_this_thread();
    for (int i = 0; i < 1000; ++i) loop.call_soon_threadsafe([&] { ++ran; });
    writes = writes_of_this_thread() - before;
    posted.store(true);
  });

  loop.call_soon([&] {
    awake.store(true);
    while (!posted.load()) std::this_thread::yield();
    loop.call_soon_threadsafe([&] { loop.stop(); });
  });
  loop.run_forever();
  other.join();

  CHECK(writes < 10);  // not one a post; UndefinedBehaviorSanitizer makes a few of its own
  CHECK(ran == 1000);
}

TEST_CASE("call_soon_threadsafe: from the loop's own thread runs in a later turn",
          "[loop][inbox]") {
  ouro::event_loop loop;
  std::string log;
  loop.call_soon([&] {
    loop.call_soon_threadsafe([&] {
      log += 'c';
      loop.stop();
    });
    log += 'a';
  });
  loop.call_soon([&] { log += 'b'; });

  loop.run_forever();

  CHECK(log == "abc");
}

TEST_CASE("call_soon_threadsafe: what was posted before the run runs", "[loop][inbox][threads]") {
  ouro::event_loop loop;
  int ran = 0;
  std::thread([&] { loop.call_soon_threadsafe([&] { ++ran; }); }).join();

  loop.stop();
  loop.run_forever();

  CHECK(ran == 1);
}

TEST_CASE("call_soon_threadsafe: a closed loop refuses", "[loop][inbox][threads][error]") {
  ouro::event_loop loop;
  loop.close();
  bool refused = false;

  std::thread([&] {
    try {
      loop.call_soon_threadsafe([] {});
    } catch (const ouro::usage_error&) {
      refused = true;
    }
  }).join();

  CHECK(refused);
}
