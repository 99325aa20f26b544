// SPDX-License-Identifier: BSL-1.0
#include "ouro/sync/detail/queue_core.hpp"

#include "ouro/sync/queue_errors.hpp"

#include <algorithm>
#include <stdexcept>

namespace ouro::inline v0::detail {

// One wait.

bool queue_wait::await_suspend(await_point at) noexcept {
  if (!begin_wait(at)) return false;
  core_->waiting(side_).push_back(*this);
  return true;
}

// The place in the ready queue of a task that was woken: it goes on, or waits again behind those
// who wait already, because another was faster.
void queue_wait::run() noexcept {
  task_base& waiting = *task();
  if (core_ == nullptr) return waiting.run();
  unlink();
  if (is_met() || waiting.interrupt_pending()) return waiting.run();
  woken_ = false;
  park_again();
  core_->waiting(side_).push_back(*this);
}

void queue_wait::finish_suspended() {
  if (task()->interrupt_pending()) pass_on();
  task()->throw_if_interrupted();
}

void queue_wait::pass_on() noexcept {
  if (woken_ && core_ != nullptr && is_met()) core_->wake_next(core_->waiting(side_));
}

// The task is destroyed where it stands.
void queue_wait::forget() noexcept {
  if (core_ != nullptr) unlink();
  task()->loop().forget_ready(*this);
}

void queue_wait::throw_shut_down() { throw queue_shut_down(); }

std::string queue_wait::describe() const { return task()->describe(); }

// The queue.

void queue_core::wake_first(waits& waiting) noexcept {
  queue_wait& first = waiting.pop_front();
  first.woken_ = true;
  woken_.push_back(first);
  first.wake_in(first);
}

void queue_core::desert_woken() noexcept {
  while (!woken_.empty()) woken_.pop_front().core_ = nullptr;
}

void queue_core::wake_all(waits& waiting) noexcept {
  while (!waiting.empty()) wake_first(waiting);
}

void queue_core::task_done() {
  if (unfinished_ == 0) throw std::invalid_argument("task_done() called too many times");
  if (--unfinished_ == 0) joining_.wake_all();
}

void queue_core::shut_down(std::size_t dropped) noexcept {
  shut_down_ = true;
  size_ -= dropped;
  if (dropped != 0) {
    unfinished_ -= std::min(unfinished_, dropped);
    if (unfinished_ == 0) joining_.wake_all();
  }
  wake_all(getters_);
  wake_all(putters_);
}

void queue_core::throw_put_refused() const {
  if (shut_down_) throw queue_shut_down();
  throw queue_full();
}

void queue_core::throw_get_refused() const {
  if (shut_down_) throw queue_shut_down();
  throw queue_empty();
}

void queue_core::check_waiting_thread() {
  if (!getters_.empty()) getters_.front().task()->check_thread();
  if (!putters_.empty()) putters_.front().task()->check_thread();
}

}  // namespace ouro::inline v0::detail
