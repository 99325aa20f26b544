// SPDX-License-Identifier: BSL-1.0
// The core workloads on Boost.Asio's awaitables. Debian 12's Boost has neither an event nor a group
// for them; they are built here from async_initiate() and from completion handlers.
#include "harness.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
using asio::use_awaitable;
using peers::trial;

asio::io_context* context = nullptr;  // one thread runs it, and no other posts to it

asio::awaitable<void> yield() { return asio::post(*context, use_awaitable); }

class event {
 public:
  bool is_set() const noexcept { return set_; }
  void clear() noexcept { set_ = false; }

  void set() {
    set_ = true;
    for (handler& each : std::exchange(waiters_, {})) asio::post(*context, std::move(each));
  }

  asio::awaitable<void> wait() {
    if (set_) co_return;
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(
        [this](handler waiter) { waiters_.push_back(std::move(waiter)); }, use_awaitable);
  }

 private:
  using handler = asio::async_result<asio::use_awaitable_t<>, void()>::handler_type;

  bool set_ = false;
  std::vector<handler> waiters_;
};

asio::awaitable<int> give(int value) { co_return value; }

// Without a timer or a socket an io_context never asks the kernel, so most of these runs do not.
template <asio::awaitable<void> (*Body)(trial&)>
void in_loop(trial& run) {
  asio::io_context own(1);
  context = &own;
  asio::co_spawn(own, Body(run), [](std::exception_ptr error) {
    if (error) std::rethrow_exception(error);
  });
  own.run();
}

asio::awaitable<void> await_ready(trial& run) {
  run.begin();
  for (long i = 0; i < run.count; ++i) peers::keep(co_await give(1));
  run.end();
}

asio::awaitable<void> spawn_join(trial& run) {
  run.begin();
  for (long i = 0; i < run.count; ++i) {
    const int result = co_await asio::co_spawn(*context, give(1), use_awaitable);
    peers::keep(result);
  }
  run.end();
}

asio::awaitable<void> yield_times(long times) {
  for (long i = 0; i < times; ++i) co_await yield();
}

asio::awaitable<void> yield_100(trial& run) {
  event all_done;
  int left = 100;
  run.begin();
  for (int i = 0; i < 100; ++i) {
    asio::co_spawn(*context, yield_times(run.count / 100 + 1), [&](std::exception_ptr) {
      if (--left == 0) all_done.set();
    });
  }
  co_await all_done.wait();
  run.end();
}

asio::awaitable<void> answer(event& ping, event& pong, long times) {
  for (long i = 0; i < times; ++i) {
    co_await ping.wait();
    ping.clear();
    pong.set();
  }
}

asio::awaitable<void> ping_pong(trial& run) {
  event ping;
  event pong;
  bool over = false;
  asio::co_spawn(*context, answer(ping, pong, run.count), [&](std::exception_ptr) { over = true; });
  co_await yield();
  run.begin();
  for (long i = 0; i < run.count; ++i) {
    ping.set();
    co_await pong.wait();
    pong.clear();
  }
  run.end();
  while (!over) co_await yield();
}

struct promised {
  event done;
  int value = 0;
};

asio::awaitable<void> set(std::shared_ptr<promised> promise) {
  promise->value = 1;
  promise->done.set();
  co_return;
}

asio::awaitable<void> future(trial& run) {
  run.begin();
  for (long i = 0; i < run.count; ++i) {
    auto promise = std::make_shared<promised>();
    asio::co_spawn(*context, set(promise), asio::detached);
    co_await promise->done.wait();
    peers::keep(promise->value);
  }
  run.end();
}

template <int Count>
asio::awaitable<void> gather(trial& run) {
  run.begin();
  for (long i = 0; i < run.count; ++i) {
    std::vector<int> results(Count);
    event all_done;
    int left = Count;
    for (int value = 0; value < Count; ++value) {
      asio::co_spawn(*context, give(value),
                     [&left, &all_done, &slot = results[static_cast<std::size_t>(value)]](
                         std::exception_ptr, int result) {
                       slot = result;
                       if (--left == 0) all_done.set();
                     });
    }
    co_await all_done.wait();
    peers::keep(results.data());
  }
  run.end();
}

template <int Live>
asio::awaitable<void> timer(trial& run) {
  peers::delays delays;
  const auto start = [&](asio::steady_timer& timer) {
    timer.expires_after(std::chrono::seconds(delays.next_seconds()));
    timer.async_wait([](const boost::system::error_code&) {});
  };
  std::vector<std::unique_ptr<asio::steady_timer>> live;
  live.reserve(Live);
  for (int i = 0; i < Live; ++i) {
    live.push_back(std::make_unique<asio::steady_timer>(*context));
    start(*live.back());
  }
  run.begin();
  for (long i = 1; i <= run.count; ++i) {
    asio::steady_timer each(*context);
    start(each);
    each.cancel();
    if (i % peers::timers_per_turn == 0) co_await yield();
  }
  run.end();
}

asio::awaitable<void> wait_for(asio::steady_timer& never) {
  co_await never.async_wait(use_awaitable);
}

// A task is interrupted in what it waits for, here a timer: Debian 12's Boost cannot cancel one
// from outside.
asio::awaitable<void> cancel_join(trial& run) {
  run.begin();
  for (long i = 0; i < run.count; ++i) {
    asio::steady_timer never(*context, std::chrono::hours(1));
    event joined;
    bool failed = false;
    asio::co_spawn(*context, wait_for(never), [&](std::exception_ptr error) {
      failed = error != nullptr;
      joined.set();
    });
    co_await yield();
    never.cancel();
    co_await joined.wait();
    peers::keep(failed);
  }
  run.end();
}

asio::awaitable<void> count_when_set(event& go, long& woken) {
  co_await go.wait();
  ++woken;
}

asio::awaitable<void> suspended(const peers::options& chosen) {
  trial started(chosen.clock, chosen.count);
  trial ended(chosen.clock, chosen.count);
  event go;
  long woken = 0;
  co_await yield();
  const double before = peers::resident();
  started.begin();
  for (long i = 0; i < chosen.count; ++i) {
    asio::co_spawn(*context, count_when_set(go, woken), asio::detached);
  }
  co_await yield();
  started.end();
  const double bytes = peers::resident() - before;
  ended.begin();
  go.set();
  while (woken < chosen.count) co_await yield();
  ended.end();
  peers::print_tasks(started, ended, bytes);
}

}  // namespace

int main(int argc, char** argv) try {
  const peers::options chosen = peers::parse(argc, argv);
  if (chosen.count > 0) {
    asio::io_context own(1);
    context = &own;
    asio::co_spawn(own, suspended(chosen), asio::detached);
    own.run();
    return 0;
  }
  peers::measure(chosen, {{"await_ready", in_loop<await_ready>},
                          {"spawn_join", in_loop<spawn_join>},
                          {"yield_100", in_loop<yield_100>},
                          {"ping_pong", in_loop<ping_pong>},
                          {"future", in_loop<future>},
                          {"gather_2", in_loop<gather<2>>},
                          {"gather_100", in_loop<gather<100>>},
                          {"gather_10000", in_loop<gather<10'000>>},
                          {"timer_1000", in_loop<timer<1'000>>},
                          {"timer_100000", in_loop<timer<100'000>>},
                          {"cancel_join", in_loop<cancel_join>}});
} catch (const std::exception& error) {
  std::fprintf(stderr, "%s\n", error.what());
  return 1;
}
