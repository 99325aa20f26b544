// SPDX-License-Identifier: BSL-1.0
#include "ouro/ring/ring_hooks.hpp"

#include "ouro/ring/liburing.hpp"
#include "ouro/ring/ring.hpp"

#include "kernel_ring.hpp"

#include <algorithm>

namespace ouro::inline v0 {

void ring::add_hooks(ring_hooks& hooks) noexcept {
  hooks_.push_back(hooks);
  kernel_->forbid_filling();
}

/// dispatch() for a ring with hooks: they see all answers first, and may keep some for later.
unsigned ring::dispatch_bent(unsigned limit) {
  if (!has_completions()) return 0;
  unsigned count = dispatch_refused(limit);
  io_uring* queues = &kernel_->queues();
  unsigned head = 0;
  unsigned reaped = 0;
  io_uring_cqe* cqe = nullptr;
  io_uring_for_each_cqe(queues, head, cqe) {
    held_.push_back({cqe->user_data, cqe->res, cqe->flags});
    ++reaped;
  }
  ::io_uring_cq_advance(queues, reaped);
  std::span<ring_answer> passed = held_;
  for (ring_hooks& hooks : hooks_) {
    const std::size_t count_passed = hooks.on_answers(passed);
    if (!draining_) passed = passed.first(std::min(count_passed, passed.size()));
  }
  passed = passed.first(std::min<std::size_t>(passed.size(), limit - count));
  const std::vector<ring_answer> batch(passed.begin(), passed.end());
  held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(batch.size()));
  holding_ = !held_.empty();
  for (const ring_answer& answer : batch) complete_bent(answer);
  return count + static_cast<unsigned>(batch.size());
}

}  // namespace ouro::inline v0
