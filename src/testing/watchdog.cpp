// SPDX-License-Identifier: BSL-1.0
#include "watchdog.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace ouro::inline v0::testing {
namespace {

/// How long a stopped loop may take to return.
constexpr duration longest_grace = std::chrono::seconds(5);

}  // namespace

watchdog::~watchdog() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    quit_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void watchdog::begin(duration limit) {
  if (limit <= duration::zero()) return;
  {
    const std::lock_guard lock(mutex_);
    ++round_;
    armed_ = true;
    struck_ = false;
    limit_ = limit;
    // A year is as good as for ever, and does not overflow.
    deadline_ = clock::now() + std::min(limit, duration(std::chrono::hours(24 * 365)));
  }
  changed_.notify_one();
  if (thread_.joinable()) return;
  // Signals are for the threads of the test.
  ::sigset_t all;
  ::sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this] { watch(); });
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void watchdog::end() {
  const std::lock_guard lock(mutex_);
  ++round_;
  armed_ = false;
}

bool watchdog::struck() const {
  const std::lock_guard lock(mutex_);
  return struck_;
}

void watchdog::watch() {
  std::unique_lock lock(mutex_);
  while (!quit_) {
    if (!armed_) {
      changed_.wait(lock);
    } else if (clock::now() < deadline_) {
      changed_.wait_until(lock, deadline_);
    } else {
      strike(lock);
    }
  }
}

void watchdog::strike(std::unique_lock<std::mutex>& lock) {
  if (struck_) {
    std::fprintf(stderr,
                 "ouro::testing: the test has blocked its thread; the process ends, %.1f seconds "
                 "after the time limit\n",
                 std::chrono::duration<double>(std::min(limit_, longest_grace)).count());
    std::abort();
  }
  struck_ = true;
  deadline_ = clock::now() + std::min(limit_, longest_grace);
  const std::uint64_t round = round_;
  lock.unlock();
  loop_.call_soon_threadsafe([this, round] {
    if (round_ == round) loop_.stop();
  });
  lock.lock();
}

}  // namespace ouro::inline v0::testing
