// SPDX-License-Identifier: BSL-1.0
#include "ouro/ring/ring.hpp"

#include "ouro/base/errors.hpp"

#include "kernel_ring.hpp"
#include "setup.hpp"
#include "user_data.hpp"

#include <atomic>
#include <cerrno>
#include <new>
#include <utility>

namespace ouro::inline v0 {

using detail::cancel_mark;
using detail::nobody;

namespace {

constexpr std::uint32_t no_slot = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t first_slots = 64;

constexpr const char* in_forked_child =
    "a forked child may not use its parent's ring: make a new event_loop in the child, or start "
    "processes by create_subprocess_exec()";
constexpr const char* on_other_thread =
    "an event_loop belongs to the first thread that ran it: make another one for this thread";

/// A number for the calling thread that no other thread ever has, unlike its id or any address.
std::uint64_t this_thread() noexcept {
  static std::atomic<std::uint64_t> last{0};
  thread_local std::uint64_t number = 0;
  if (number == 0) number = last.fetch_add(1, std::memory_order_relaxed) + 1;
  return number;
}

/// Returns if there is nothing to do but to come again.
void check_enter(int result) {
  switch (-result) {
    case EINTR:   // a signal; SA_RESTART does not prevent it
    case ETIME:   // the wait is over
    case EBUSY:   // the completion queue has overflowed, and must be reaped first
    case EAGAIN:  // no memory for a request; what was not submitted stays queued
      return;
    case EEXIST:
      detail::throw_usage_error(on_other_thread);
    case EBADR:
      throw std::system_error(EBADR, std::system_category(),
                              "io_uring_enter: completion lost, the kernel had no memory for it");
    default:
      throw_os_error(result, "io_uring_enter");
  }
}

}  // namespace

ring::ring(const ring_options& options)
    : kernel_(detail::make_owned<detail::kernel_ring>()),
      queues_(&kernel_->queues()),
      features_(detail::set_up(*kernel_, options)),
      first_free_(no_slot) {}

ring::~ring() {
  if (in_flight_ != 0) drain();
  if (bound() && on_owner_thread()) kernel_->release_thread();
}

void ring::bind() {
  if (!alive()) detail::throw_usage_error(in_forked_child);
  if (bound()) {
    if (!on_owner_thread()) detail::throw_usage_error(on_other_thread);
    return;
  }
  if (const int result = kernel_->enable(); result < 0) throw_os_error(result, "io_uring_register");
  owner_ = this_thread();
}

bool ring::alive() const noexcept { return kernel_->alive(); }

bool ring::on_owner_thread() const noexcept { return owner_ == this_thread(); }

int ring::fd() const noexcept { return kernel_->queues().ring_fd; }

unsigned ring::entries() const noexcept { return alive() ? kernel_->queues().sq.ring_entries : 0; }

// Slots: who is meant by a user_data.

std::uint64_t ring::id_of(const operation& request) const noexcept {
  return std::uint64_t{slots_[request.slot_].generation} << 32 | request.slot_;
}

bool ring::grow() noexcept {
  const std::size_t old_size = slots_.size();
  const std::size_t new_size = old_size == 0 ? first_slots : 2 * old_size;
  try {
    slots_.resize(new_size, slot{nullptr, 1, no_slot});
  } catch (const std::bad_alloc&) {
    return false;
  }
  for (std::size_t i = new_size; i-- > old_size;) {
    slots_[i].next_free = std::exchange(first_free_, static_cast<std::uint32_t>(i));
  }
  return true;
}

inline void ring::release_slot(std::uint32_t index) noexcept {
  slot& freed = slots_[index];
  freed.owner = nullptr;
  if (++freed.generation == 0) freed.generation = 1;
  freed.next_free = std::exchange(first_free_, index);
}

// Submission.

void ring::submit(operation& request) noexcept {
  OURO_ASSERT(!request.in_flight());
  if (!kernel_->may_fill_next() || first_free_ == no_slot) [[unlikely]]
    return submit_slowly(request);
  ++in_flight_;
  place(request, queues_->sq.sqe_tail++);
}

void ring::submit_slowly(operation& request) noexcept {
  if (!alive()) return;  // in a forked child
  ++in_flight_;
  request.cancel_requested_ = false;
  request.cancel_queued_ = false;
  if (draining_) [[unlikely]] {
    request.cancel_requested_ = true;
    refuse(request);
  } else if (!waiting_.empty() || !start(request)) [[unlikely]] {
    request.state_ = operation::state::waiting;
    waiting_.push_back(request);
    kernel_->forbid_filling();
  } else if (hooks_.empty()) {
    kernel_->allow_filling();
  }
}

/// Gives `request` a slot and an entry of the queue; false if either is not to be had.
bool ring::start(operation& request) noexcept {
  if (first_free_ == no_slot && !grow()) [[unlikely]]
    return false;
  if (next_sqe() == nullptr) [[unlikely]]
    return false;
  const std::uint32_t position = queues_->sq.sqe_tail - 1;
  place(request, position);
  for (ring_hooks& hooks : hooks_) {
    hooks.on_submit(request, queues_->sq.sqes[position & queues_->sq.ring_mask]);
  }
  return true;
}

/// Gives `request` a slot, and the entry at `position`.
inline void ring::place(operation& request, std::uint32_t position) noexcept {
  io_uring_sqe& sqe = queues_->sq.sqes[position & queues_->sq.ring_mask];
  const std::uint32_t index = first_free_;
  slot& taken = slots_[index];
  first_free_ = taken.next_free;
  taken.owner = &request;
  request.slot_ = index;
  request.position_ = position;
  request.state_ = operation::state::submitted;
  request.cancel_requested_ = false;
  request.cancel_queued_ = false;
  const std::uint64_t id = std::uint64_t{taken.generation} << 32 | index;
  request.prepare(sqe);
  sqe.user_data = id;
}

io_uring_sqe* ring::next_sqe() noexcept {
  io_uring& queues = kernel_->queues();
  io_uring_sqe* sqe = ::io_uring_get_sqe(&queues);
  if (sqe == nullptr && bound()) [[unlikely]] {
    kernel_->submit();  // should it fail, the next enter() meets the same error and reports it
    sqe = ::io_uring_get_sqe(&queues);
  }
  return sqe;
}

/// Moves what waits for room into the queue, submitting it as often as it fills up. Cancels go
/// first: they free what others may wait for.
void ring::refill() noexcept {
  while (!late_cancels_.empty()) {
    operation& request = late_cancels_.front();
    if (!queue_cancel(request)) return;
    late_cancels_.pop_front();
  }
  while (!waiting_.empty() && start(waiting_.front())) waiting_.pop_front();
}

// The way into the kernel.

inline bool ring::work_waits() const noexcept {
  io_uring& queues = kernel_->queues();
  constexpr unsigned work = IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW;
  return ::io_uring_sq_ready(&queues) != 0 || (IO_URING_READ_ONCE(*queues.sq.kflags) & work) != 0 ||
         !waiting_.empty() || !late_cancels_.empty();
}

inline bool ring::completions_wait() const noexcept {
  return !refused_.empty() || holding_ || ::io_uring_cq_ready(&kernel_->queues()) != 0;
}

bool ring::must_enter() const noexcept { return alive() && work_waits(); }

bool ring::has_work() const noexcept { return alive() && (work_waits() || completions_wait()); }

bool ring::has_completions() const noexcept { return alive() && completions_wait(); }

void ring::enter(optional_duration wait) {
  if (!alive()) detail::throw_usage_error(in_forked_child);
  if (!bound()) detail::throw_usage_error("bind() the ring to a thread before enter()");
  if (!on_owner_thread()) detail::throw_usage_error(on_other_thread);
  refill();
  if (!waiting_.empty() || !late_cancels_.empty()) wait = duration::zero();
  do {
    if (has_completions()) wait = duration::zero();
    const int result = kernel_->submit_and_wait(wait);
    if (result < 0) return check_enter(result);
    // A short submit has not waited.
  } while (::io_uring_sq_ready(&kernel_->queues()) != 0);
}

// Completion.

unsigned ring::dispatch(unsigned limit) {
  if (!alive()) return 0;
  if (!hooks_.empty() || holding_) [[unlikely]]
    return dispatch_bent(limit);
  unsigned count = dispatch_refused(limit);
  const io_uring_cq& cq = queues_->cq;
  const io_uring_cqe* const answers = cq.cqes;
  const unsigned mask = cq.ring_mask;
  // Nobody else writes the head.
  for (unsigned head = *cq.khead; count < limit; ++count) {
    if (head == io_uring_smp_load_acquire(cq.ktail)) break;
    const io_uring_cqe& cqe = answers[head & mask];
    const ring_answer answer{cqe.user_data, cqe.res, cqe.flags};
    // Before the call, which may submit and so let the kernel make more completions.
    io_uring_smp_store_release(cq.khead, ++head);
    complete<false>(answer);
  }
  return count;
}

/// `Bent` is whether there are hooks.
template <bool Bent>
inline void ring::complete(const ring_answer& answer) noexcept {
  // Neither the id of nobody nor that of a cancel matches a slot.
  const auto index = static_cast<std::uint32_t>(answer.id);
  if (index >= slots_.size() || slots_[index].generation != answer.id >> 32) [[unlikely]]
    return complete_other(answer);
  operation& request = *slots_[index].owner;
  int result = answer.result;
  if ((answer.flags & IORING_CQE_F_MORE) == 0) [[likely]] {
    if (request.cancel_requested_) [[unlikely]]
      result = end_cancelled(request, result);
    release_slot(index);
    request.state_ = operation::state::idle;
    --in_flight_;
  }
  if constexpr (Bent) {
    tell(request, {answer.id, result, answer.flags});
  } else {
    request.on_complete(result, answer.flags);
  }
}

void ring::complete_bent(const ring_answer& answer) noexcept { complete<true>(answer); }

void ring::complete_other(const ring_answer& answer) noexcept {
  if (answer.id == nobody) return;
  if ((answer.id & cancel_mark) != 0) {
    cancel_answered(answer.id & ~cancel_mark, answer.result);
  } else {
    ++stale_completions_;
  }
}

/// The result of a request whose cancellation was asked for.
int ring::end_cancelled(operation& request, int result) noexcept {
  drop_cancel(request);
  return request.state_ == operation::state::withdrawn ? -ECANCELED : result;
}

inline void ring::tell(operation& request, const ring_answer& answer) noexcept {
  for (ring_hooks& hooks : hooks_) hooks.on_complete(request, answer);
  request.on_complete(answer.result, answer.flags);
}

/// Tells those that ended before the kernel saw them; not those that end meanwhile.
unsigned ring::dispatch_refused(unsigned limit) noexcept {
  if (refused_.empty()) [[likely]]
    return 0;
  intrusive_list<operation> batch;
  batch.splice_back(refused_);
  unsigned count = 0;
  for (; count < limit && !batch.empty(); ++count) {
    operation& request = batch.pop_front();
    request.state_ = operation::state::idle;
    --in_flight_;
    tell(request, {nobody, -ECANCELED, 0});
  }
  batch.splice_back(refused_);
  refused_.splice_back(batch);
  return count;
}

void ring::drain() {
  if (!alive()) return abandon();
  if (in_flight_ == 0) return;
  bind();
  struct draining_scope {
    bool& draining;
    explicit draining_scope(bool& flag) noexcept : draining(flag) { draining = true; }
    ~draining_scope() { draining = false; }
  } scope(draining_);
  kernel_->forbid_filling();
  cancel_all();
  while (in_flight_ != 0) {
    enter(std::nullopt);
    dispatch();
  }
}

/// In a forked child: the requests are the parent's, and nothing here is in flight any more.
void ring::abandon() noexcept {
  for (intrusive_list<operation>* list : {&waiting_, &refused_, &late_cancels_}) {
    while (!list->empty()) list->pop_front().state_ = operation::state::idle;
  }
  for (const slot& each : slots_) {
    if (each.owner != nullptr) each.owner->state_ = operation::state::idle;
  }
  held_.clear();
  holding_ = false;
  in_flight_ = 0;
}

}  // namespace ouro::inline v0
