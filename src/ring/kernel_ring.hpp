// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/intrusive_list.hpp"
#include "ouro/base/time.hpp"
#include "ouro/ring/liburing.hpp"

#include <cstdint>

namespace ouro::inline v0::detail {

/// The queues shared with the kernel, and every system call on them. Whatever serves those queues
/// in the kernel's stead replaces this class and nothing above it.
///
/// All calls return what the system call returns, or a negated errno.
class kernel_ring : private list_hook {
 public:
  kernel_ring() noexcept { uring_.ring_fd = -1; }
  ~kernel_ring();

  /// io_uring_setup(2). May be called again if it fails. The queues are not inherited by a forked
  /// child, where alive() is false.
  int set_up(unsigned entries, io_uring_params& params) noexcept;

  /// False before set_up(), and in a forked child: then the queues must not be touched.
  bool alive() const noexcept { return uring_.ring_fd >= 0; }

  /// Lets the calling thread, and only it, use the ring, which was made disabled.
  int enable() noexcept;

  /// Undoes what enable() did to the calling thread, which must be the same.
  void release_thread() noexcept;

  /// Hands all prepared entries to the kernel, without looking for completions.
  int submit() noexcept;

  /// Hands all prepared entries to the kernel, lets it make completions, and waits for one, at most
  /// for `wait` (std::nullopt: for ever; zero and less: not at all).
  int submit_and_wait(optional_duration wait) noexcept;

  /// The queues, for liburing's inlines.
  io_uring& queues() noexcept { return uring_; }

  /// Whether the next entry of the submission queue is free, and nothing else has to be looked at
  /// before it is filled: one comparison for each request.
  bool may_fill_next() const noexcept {
    return static_cast<std::int32_t>(fill_until_ - uring_.sq.sqe_tail) > 0;
  }
  /// Lets may_fill_next() be true as long as there is room now.
  void allow_filling() noexcept {
    fill_until_ = io_uring_smp_load_acquire(uring_.sq.khead) + uring_.sq.ring_entries;
  }
  void forbid_filling() noexcept { fill_until_ = uring_.sq.sqe_tail; }

 private:
  friend class intrusive_list<kernel_ring>;
  friend class fork_registry;

  int enter(unsigned min_complete, unsigned flags, void* argument, std::size_t size) noexcept;

  io_uring uring_{};
  std::uint32_t fill_until_ = 0;  // a position, which wraps around as sqe_tail does
  int enter_fd_ = -1;         // the ring's descriptor, or its number among the thread's rings
  unsigned enter_flags_ = 0;  // tells which
};

}  // namespace ouro::inline v0::detail
