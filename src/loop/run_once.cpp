// SPDX-License-Identifier: BSL-1.0
// One turn of the loop, and the loop over turns.
#include "ouro/base/log.hpp"
#include "ouro/loop/event_loop.hpp"

#include "wakeup.hpp"

#include <cstdio>
#include <iterator>

namespace ouro::inline v0 {
namespace {

/// Completions reaped in one turn; the rest waits, so that timers and callbacks get theirs.
constexpr unsigned reap_limit = 2048;

}  // namespace

void event_loop::run_forever() {
  prepare_run();
  struct run_scope {
    event_loop& loop;
    explicit run_scope(event_loop& running) : loop(running) {
      loop.running_.store(true);
      running_here_ = &loop;
    }
    ~run_scope() {
      loop.stopping_ = false;
      running_here_ = nullptr;
      loop.running_.store(false);
    }
  } scope(*this);
  do {
    run_once();
  } while (!stopping_);
  wakeup_->disarm(ring_);
}

void event_loop::run_once() {
  clock_.new_turn();
  wakeup_->arm(ring_);
  inbox_.take(ready_);
  if (ready_.empty() || ring_.has_work()) {
    wait_for_events();
    inbox_.take(ready_);
    ring_.dispatch(reap_limit);
  }
  if (interrupted_.load(std::memory_order_relaxed) != 0) [[unlikely]]
    handle_interrupts();
  collect_due_timers();
  run_batch();
}

bool event_loop::has_ready() noexcept {
  if (!batch_.empty() || !ready_.empty() || !inbox_.empty() || ring_.has_work()) return true;
  if (interrupted_.load(std::memory_order_relaxed) != 0) return true;
  if (timers_.empty()) return false;
  // The time of this turn may be older than what a virtual clock shows.
  ouro::time_source* const source = clock_.source();
  return timers_.next_deadline() <= (source != nullptr ? source->now() : clock_.now());
}

void event_loop::wait_for_events() {
  if (!ready_.empty() || stopping_ || ring_.has_completions()) {
    if (ring_.must_enter()) ring_.enter(duration::zero());
    return;
  }
  if (clock_.source() != nullptr && !timers_.empty() && outside_work_ == 0) {
    ring_.enter(duration::zero());
    if (ring_.has_completions() || !inbox_.empty()) return;
    if (clock_.source()->advance_to(timers_.next_deadline())) return;
  }
  if (busy_poll_ > duration::zero() && busy_poll()) return;
  poll_or_sleep();
}

void event_loop::poll_or_sleep() {
  optional_duration wait;
  if (!timers_.empty()) {
    wait = timers_.next_deadline() - clock_.now();
    if (*wait < duration::zero()) wait = duration::zero();
  }
  // Pairs with the exchange in post(): announce the sleep, then look once more.
  sleeping_.store(true, std::memory_order_seq_cst);
  const bool woken = !inbox_.empty() || interrupted_.load(std::memory_order_seq_cst) != 0;
  ring_.enter(woken ? optional_duration(duration::zero()) : wait);
  sleeping_.store(false, std::memory_order_relaxed);
  clock_.new_turn();
}

/// Looks in user space: the kernel says in the ring's flags when an enter() would find something.
bool event_loop::busy_poll() {
  const time_point end = clock_.read() + busy_poll_;
  const time_point next = timers_.empty() ? time_point::max() : timers_.next_deadline();
  do {
    if (ring_.must_enter()) ring_.enter(duration::zero());
    if (ring_.has_completions() || !inbox_.empty()) return true;
  } while (clock_.read() < end && clock_.now() < next);
  return clock_.now() >= next;
}

void event_loop::handle_interrupts() {
  const unsigned kinds = interrupted_.exchange(0);
  for (unsigned kind = 0; kind < std::size(on_interrupt_); ++kind) {
    if ((kinds >> kind & 1U) != 0 && on_interrupt_[kind]) on_interrupt_[kind]();
  }
}

void event_loop::collect_due_timers() {
  if (timers_.empty()) return;
  const time_point now = clock_.now();
  while (!timers_.empty() && timers_.next_deadline() <= now) ready_.push(timers_.pop());
}

void event_loop::run_batch() noexcept {
  ready_.move_to(batch_);
  if (watched_) [[unlikely]]
    return run_watched_batch();
  while (!batch_.empty()) batch_.pop().run();
}

void event_loop::run_watched_batch() noexcept {
  for (loop_hooks& hooks : hooks_) hooks.on_turn(batch_);
  while (!batch_.empty()) {
    detail::ready_node& next = batch_.pop();
    debug_ ? run_timed(next) : next.run();
  }
}

void event_loop::run_timed(detail::ready_node& node) noexcept {
  const std::string what = node.describe();
  const auto begin = clock::now();
  node.run();
  const duration taken = clock::now() - begin;
  if (taken < slow_callback_duration) return;
  char text[32];
  std::snprintf(text, sizeof text, " took %.3f seconds",
                std::chrono::duration<double>(taken).count());
  detail::log(log_level::warning, "Executing " + what + text);
}

}  // namespace ouro::inline v0
