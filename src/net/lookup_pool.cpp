// SPDX-License-Identifier: BSL-1.0
#include "lookup_pool.hpp"

#include "ouro/loop/event_loop.hpp"
#include "ouro/net/resolver.hpp"

#include <algorithm>
#include <csignal>
#include <pthread.h>
#include <stdexcept>
#include <thread>
#include <utility>

namespace ouro::inline v0 {
namespace detail {
namespace {

/// Threads inherit the mask: signals go to those of the program.
class all_signals_blocked {
 public:
  all_signals_blocked() noexcept {
    ::sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  all_signals_blocked(const all_signals_blocked&) = delete;
  all_signals_blocked& operator=(const all_signals_blocked&) = delete;
  ~all_signals_blocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  ::sigset_t before_;
};

}  // namespace

// The wait for an answer --------------------------------------------------------------------------

// What cannot be asked is told when the task resumes: nothing may be thrown once it is parked.
bool lookup_wait::await_suspend(const await_point& at) {
  if (!begin_wait(at)) return false;
  event_loop& loop = task()->loop();
  loop.begin_outside_work();
  try {
    lookup_pool::instance().join(*this);
  } catch (...) {
    failure_ = std::current_exception();
    loop.end_outside_work();
    wake();
  }
  return true;
}

const lookup& lookup_wait::await_resume() const {
  finish_wait();
  if (failure_) std::rethrow_exception(failure_);
  return *lookup_;
}

void lookup_wait::arrive() noexcept {
  lookup_pool::instance().receive(*this);
  task()->loop().end_outside_work();
  wake();
}

void lookup_wait::leave() noexcept {
  lookup_pool::instance().leave(*this);
  task()->loop().end_outside_work();
}

// The loop's side ---------------------------------------------------------------------------------

lookup_pool& lookup_pool::instance() {
  static lookup_pool* const pool = new lookup_pool;
  return *pool;
}

void lookup_pool::join(lookup_wait& wait) {
  auto entry = std::make_unique<lookup_entry>(wait);
  const std::lock_guard lock(mutex_);
  if (const auto same = in_flight_.find(wait.lookup_->key()); same != in_flight_.end()) {
    wait.lookup_ = same->second;
  } else {
    in_flight_.emplace(wait.lookup_->key(), wait.lookup_);
    try {
      queue_.push_back(wait.lookup_);
      wait.lookup_->queued_ = true;
      start_threads();
    } catch (...) {
      remove(*wait.lookup_);
      throw;
    }
    changed_.notify_one();
  }
  wait.entry_ = entry.release();
  wait.lookup_->waiting_.push_back(*wait.entry_);
}

void lookup_pool::leave(lookup_wait& wait) noexcept {
  const std::lock_guard lock(mutex_);
  if (wait.entry_ == nullptr) {
    wait.delivery_.cancel();
    return;
  }
  wait.entry_->unlink();
  delete std::exchange(wait.entry_, nullptr);
  if (wait.lookup_->waiting_.empty() && wait.lookup_->queued_) remove(*wait.lookup_);
}

void lookup_pool::receive(lookup_wait& wait) noexcept {
  const std::lock_guard lock(mutex_);
  wait.delivery_ = {};
}

/// Forgets a lookup that no thread has begun with.
void lookup_pool::remove(lookup& unwanted) noexcept {
  std::erase_if(queue_, [&](const auto& each) { return each.get() == &unwanted; });
  unwanted.queued_ = false;
  in_flight_.erase(unwanted.key());
}

resolver_state lookup_pool::state() {
  const std::lock_guard lock(mutex_);
  return {.threads = threads_,
          .idle = idle_,
          .queued = queue_.size(),
          .running = in_flight_.size() - queue_.size()};
}

void lookup_pool::set_most_threads(std::size_t most) {
  const std::lock_guard lock(mutex_);
  most_threads_ = most;
  start_threads();
  changed_.notify_all();
}

void lookup_pool::set_idle_time(duration time) {
  const std::lock_guard lock(mutex_);
  idle_time_ = time;
  changed_.notify_all();
}

// The threads -------------------------------------------------------------------------------------

/// One for each lookup that finds none idle, as far as that is allowed and possible.
void lookup_pool::start_threads() {
  while (queue_.size() > idle_ && threads_ < most_threads_) {
    try {
      const all_signals_blocked blocked;
      std::thread([this] { work(); }).detach();
    } catch (const std::system_error&) {
      if (threads_ == 0) throw;
      return;
    }
    ++threads_;
    ++idle_;  // until it has taken the mutex, and with it the lookup
  }
}

void lookup_pool::work() noexcept {
  ::pthread_setname_np(::pthread_self(), "ouro-resolver");
  std::unique_lock lock(mutex_);
  while (wait_for_work(lock)) {
    --idle_;
    std::shared_ptr<lookup> current = std::move(queue_.front());
    queue_.pop_front();
    current->queued_ = false;
    lock.unlock();
    current->run();
    lock.lock();
    finish(*current);
    ++idle_;
    lock.unlock();
    current.reset();
    lock.lock();
  }
  --idle_;
  --threads_;
}

/// Returns false if the thread is to end.
bool lookup_pool::wait_for_work(std::unique_lock<std::mutex>& lock) {
  const time_point since = clock::now();
  while (queue_.empty()) {
    if (threads_ > most_threads_) return false;
    const time_point end = saturating_add(since, idle_time_);
    if (clock::now() >= end) return false;
    changed_.wait_until(lock, end);
  }
  return true;
}

/// Sends the answer to all that wait for it. A loop outlives the waits of its tasks, and its
/// destructor waits for those who post.
void lookup_pool::finish(lookup& done) noexcept {
  in_flight_.erase(done.key());
  while (!done.waiting_.empty()) {
    const std::unique_ptr<lookup_entry> entry(&done.waiting_.pop_front());
    lookup_wait& wait = *entry->wait;
    wait.entry_ = nullptr;
    wait.delivery_ = wait.task()->loop().call_soon_threadsafe([&wait] { wait.arrive(); });
  }
}

resolver_state get_resolver_state() { return lookup_pool::instance().state(); }

void set_resolver_idle_time(duration time) { lookup_pool::instance().set_idle_time(time); }

}  // namespace detail

void set_resolver_threads(std::size_t most) {
  if (most == 0) {
    throw std::invalid_argument("a resolver without a thread cannot look up anything: allow one");
  }
  detail::lookup_pool::instance().set_most_threads(most);
}

}  // namespace ouro::inline v0
