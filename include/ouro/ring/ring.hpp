// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/intrusive_list.hpp"
#include "ouro/base/owned.hpp"
#include "ouro/base/time.hpp"
#include "ouro/ring/features.hpp"
#include "ouro/ring/operation.hpp"
#include "ouro/ring/ring_hooks.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>
#include <vector>

struct io_uring;
struct io_uring_sqe;

namespace ouro::inline v0 {

namespace detail {
class kernel_ring;
}

/// How large a ring to make. More operations than `entries` may be in flight: it bounds only how
/// many requests one system call submits.
struct ring_options {
  /// Size of the submission queue; the kernel rounds up to a power of two and holds it at 32768.
  /// Halved, down to 64, while the kernel refuses for lack of memory.
  unsigned entries = 1024;
  /// Size of the completion queue; zero means four times `entries`, and less than `entries` is
  /// raised to it. When it overflows the kernel keeps what does not fit: slower, but lossless.
  unsigned cq_entries = 0;
};
static_assert(std::is_trivially_destructible_v<ring_options>);

/// The one seam to the kernel: requests leave as operations and come back as completions. A ring
/// belongs to one thread, the first to call bind(); before that, operations may be submitted, but
/// nothing reaches the kernel.
///
/// A turn of the loop is: submit() and cancel() as needed, enter() once, dispatch().
class ring {
 public:
  /// Makes a ring that is not bound to a thread yet.
  ///
  /// Errors: ring_setup_error, which tells why the kernel refused and what to do.
  explicit ring(const ring_options& options = {});
  ring(const ring&) = delete;
  ring& operator=(const ring&) = delete;

  /// Drains the ring if anything is in flight, then gives it back to the kernel. Destroy a bound
  /// ring on its own thread: if draining fails, the program is terminated, because the kernel could
  /// still write to memory that is about to go.
  ~ring();

  /// Binds the ring to the calling thread. Does nothing if it is already bound to it.
  ///
  /// Errors: usage_error if it is bound to another thread, or in a forked child;
  /// std::system_error, with the errno of io_uring_register(2).
  void bind();

  /// Whether bind() has succeeded, on any thread.
  [[nodiscard]] bool bound() const noexcept { return owner_ != 0; }

  /// Queues `request`, which must be idle. The kernel gets it at the next enter(), or earlier if
  /// the queue is full. Allocates only when more operations are in flight than ever before. While
  /// the ring drains, `request` completes with -ECANCELED at the next dispatch(). In a forked child
  /// nothing happens, and `request` stays idle: enter() will say why.
  void submit(operation& request) noexcept;

  /// Has prepare() of `request`, which must be in flight, called anew, so that it can ask for more.
  /// Returns whether that came in time: false if the kernel has the request already, or if hooks
  /// have bent it.
  bool amend(operation& request) noexcept;

  /// Asks for an early end of `request`; does nothing if it is idle or was asked before. The
  /// operation completes in its own time, in a later dispatch() and never inside this call, with
  /// -ECANCELED if the cancel came first, else with its result: a partial transfer or a new
  /// descriptor may still come. If the kernel had not seen the request, it never will.
  void cancel(operation& request) noexcept;

  /// cancel() for everything in flight.
  void cancel_all() noexcept;

  /// Whether enter() has something to do beside waiting: requests are queued, or the kernel shows
  /// that it has completions to make.
  [[nodiscard]] bool must_enter() const noexcept;

  /// must_enter() or has_completions(), in one look.
  [[nodiscard]] bool has_work() const noexcept;

  /// Submits what is queued, lets the kernel make completions, and waits for one. `wait` is how
  /// long: std::nullopt means until there is one, zero and less not at all, and more than 24 hours
  /// count as 24 hours. Does not wait if dispatch() has something to do already. May return early
  /// with nothing to dispatch: after a signal, or when the kernel is short of memory.
  ///
  /// Errors: usage_error if the ring is not bound, is bound to another thread, or in a forked
  /// child; std::system_error, with the errno of io_uring_enter(2).
  void enter(optional_duration wait);

  /// Hands out at most `limit` completions, and returns how many.
  unsigned dispatch(unsigned limit = std::numeric_limits<unsigned>::max());

  /// Whether dispatch() has something to do.
  [[nodiscard]] bool has_completions() const noexcept;

  /// Cancels everything, and waits until nothing is in flight, dispatching all completions. Binds
  /// the ring if need be. Only then may the memory that requests named go: giving the ring back
  /// (io_uring_queue_exit) does not wait for the kernel. In a forked child it makes everything idle
  /// without telling: the requests are the parent's.
  ///
  /// Errors: as bind() and enter().
  void drain();

  /// How many operations are in flight.
  [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }

  /// How many completions belonged to no operation in flight, and were dropped. Not zero means a
  /// broken promise, of this library or of the kernel.
  [[nodiscard]] std::uint64_t stale_completions() const noexcept { return stale_completions_; }

  /// Lets `hooks` see and bend requests and answers, after those that were added before. It must be
  /// removed before it or the ring goes.
  void add_hooks(ring_hooks& hooks) noexcept;
  void remove_hooks(ring_hooks& hooks) noexcept { hooks.unlink(); }

  /// The descriptor of the ring: readable when there are completions; -1 in a forked child.
  [[nodiscard]] int fd() const noexcept;

  /// The size of the submission queue that the kernel granted; zero in a forked child.
  [[nodiscard]] unsigned entries() const noexcept;

  /// What the running kernel can do.
  [[nodiscard]] const ring_features& features() const noexcept { return features_; }

 private:
  struct slot {
    operation* owner;          // null while free
    std::uint32_t generation;  // never zero
    std::uint32_t next_free;   // valid while free
  };

  bool alive() const noexcept;
  bool on_owner_thread() const noexcept;
  std::uint64_t id_of(const operation& request) const noexcept;
  io_uring_sqe* unsubmitted_sqe(std::uint32_t position) const noexcept;
  io_uring_sqe* unsubmitted_sqe_of(const operation& request) const noexcept;

  void submit_slowly(operation& request) noexcept;
  bool start(operation& request) noexcept;
  void place(operation& request, std::uint32_t position) noexcept;
  void refuse(operation& request) noexcept;
  bool withdraw(operation& request) noexcept;
  bool queue_cancel(operation& request) noexcept;
  void drop_cancel(operation& request) noexcept;
  io_uring_sqe* next_sqe() noexcept;
  void refill() noexcept;

  template <bool Bent>
  void complete(const ring_answer& answer) noexcept;
  void complete_bent(const ring_answer& answer) noexcept;
  void complete_other(const ring_answer& answer) noexcept;
  int end_cancelled(operation& request, int result) noexcept;
  void cancel_answered(std::uint64_t id, int result) noexcept;
  unsigned dispatch_refused(unsigned limit) noexcept;
  unsigned dispatch_bent(unsigned limit);
  bool work_waits() const noexcept;
  bool completions_wait() const noexcept;
  void tell(operation& request, const ring_answer& answer) noexcept;
  bool grow() noexcept;
  void release_slot(std::uint32_t index) noexcept;
  void abandon() noexcept;

  detail::owned<detail::kernel_ring> kernel_;
  io_uring* queues_;  // of kernel_
  ring_features features_;
  std::uint64_t owner_ = 0;  // the number of the thread; zero until bind()

  std::vector<slot> slots_;
  std::uint32_t first_free_;
  std::size_t in_flight_ = 0;
  std::uint64_t stale_completions_ = 0;
  bool draining_ = false;

  intrusive_list<ring_hooks> hooks_;
  std::vector<ring_answer> held_;  // answers that hooks have not let pass yet
  bool holding_ = false;           // held_ is not empty

  intrusive_list<operation> waiting_;       // no room in the submission queue yet
  intrusive_list<operation> refused_;       // to be told -ECANCELED by the next dispatch()
  intrusive_list<operation> late_cancels_;  // in the kernel; no room for the cancel yet
};

}  // namespace ouro::inline v0
