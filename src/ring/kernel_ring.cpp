// SPDX-License-Identifier: BSL-1.0
#include "kernel_ring.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <pthread.h>
#include <sys/sysinfo.h>
#include <unistd.h>

namespace ouro::inline v0::detail {

/// All rings of the process. A child made by fork() shares the parent's files: as long as it holds
/// a ring, the kernel keeps the requests in it, and the sockets these name, open in the parent's
/// name. So every ring is closed in the child, and marked as gone.
class fork_registry {
 public:
  static fork_registry& instance() {
    static fork_registry& registry = *new fork_registry;  // outlives rings of static duration
    return registry;
  }

  // Held while a ring is made, so that no fork() falls between that and its registration.
  std::mutex mutex;
  intrusive_list<kernel_ring> rings;

 private:
  fork_registry() {
    ::pthread_atfork([] { instance().mutex.lock(); }, [] { instance().mutex.unlock(); },
                     [] { instance().after_fork_in_child(); });
  }

  // Only calls what is safe after fork() in a program with threads.
  void after_fork_in_child() noexcept {
    for (kernel_ring& ring : rings) {
      ::close(ring.uring_.ring_fd);
      ring.uring_.ring_fd = -1;
      ring.forbid_filling();
    }
    mutex.unlock();
  }
};

namespace {

constexpr duration longest_wait = std::chrono::hours(24);

/// Threads of io-wq, which does what cannot be done without blocking: for regular files, and for
/// the rest, whose limit would otherwise be RLIMIT_NPROC.
constexpr unsigned file_workers_per_cpu = 2;
constexpr unsigned other_workers = 64;

__kernel_timespec to_timespec(duration value) noexcept {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(value);
  __kernel_timespec result{};
  result.tv_sec = seconds.count();
  result.tv_nsec = (value - seconds).count();
  return result;
}

}  // namespace

kernel_ring::~kernel_ring() {
  fork_registry& registry = fork_registry::instance();
  const std::lock_guard lock(registry.mutex);
  if (linked()) unlink();
  // Not in a forked child: something else may be mapped where the queues were.
  if (alive()) ::io_uring_queue_exit(&uring_);
}

int kernel_ring::set_up(unsigned entries, io_uring_params& params) noexcept {
  fork_registry& registry = fork_registry::instance();
  const std::lock_guard lock(registry.mutex);
  int result = ::io_uring_queue_init_params(entries, &uring_, &params);
  if (result == 0) {
    result = ::io_uring_ring_dontfork(&uring_);
    if (result < 0) ::io_uring_queue_exit(&uring_);
  }
  if (result < 0) {
    uring_.ring_fd = -1;
    return result;
  }
  registry.rings.push_back(*this);
  enter_fd_ = uring_.ring_fd;
  return 0;
}

int kernel_ring::enable() noexcept {
  const auto fd = static_cast<unsigned>(uring_.ring_fd);
  // liburing 2.3 declares a helper, but its shared library lacks it.
  if (const int result = ::io_uring_register(fd, IORING_REGISTER_ENABLE_RINGS, nullptr, 0);
      result < 0) {
    return result;
  }

  // Saves the kernel the look-up of the descriptor. Not by liburing's helper, whose
  // io_uring_queue_exit() would give back this number on whatever thread it is called.
  io_uring_rsrc_update update{};
  update.offset = ~0U;
  update.data = fd;
  if (::io_uring_register(fd, IORING_REGISTER_RING_FDS, &update, 1) == 1) {
    enter_fd_ = static_cast<int>(update.offset);
    enter_flags_ = IORING_ENTER_REGISTERED_RING;
  }

  unsigned workers[2] = {file_workers_per_cpu * static_cast<unsigned>(std::max(1, ::get_nprocs())),
                         other_workers};
  ::io_uring_register_iowq_max_workers(&uring_, workers);  // unlimited works too
  return 0;
}

void kernel_ring::release_thread() noexcept {
  if (!alive() || enter_flags_ == 0) return;
  io_uring_rsrc_update update{};
  update.offset = static_cast<__u32>(enter_fd_);
  const auto fd = static_cast<unsigned>(uring_.ring_fd);
  ::io_uring_register(fd, IORING_UNREGISTER_RING_FDS, &update, 1);
  enter_fd_ = uring_.ring_fd;
  enter_flags_ = 0;
}

int kernel_ring::submit() noexcept { return enter(0, 0, nullptr, 0); }

int kernel_ring::submit_and_wait(optional_duration wait) noexcept {
  constexpr unsigned get_events = IORING_ENTER_GETEVENTS;
  if (!wait) return enter(1, get_events, nullptr, 0);
  if (*wait <= duration::zero()) return enter(0, get_events, nullptr, 0);
  __kernel_timespec timeout = to_timespec(std::min(*wait, longest_wait));
  io_uring_getevents_arg argument{};
  argument.ts = reinterpret_cast<__u64>(&timeout);
  return enter(1, get_events | IORING_ENTER_EXT_ARG, &argument, sizeof argument);
}

int kernel_ring::enter(unsigned min_complete, unsigned flags, void* argument,
                       std::size_t size) noexcept {
  io_uring_sq& sq = uring_.sq;
  // At set-up liburing maps the queue's array one to one to the entries: all that is left is to
  // show the kernel the new end.
  io_uring_smp_store_release(sq.ktail, sq.sqe_tail);
  return ::io_uring_enter2(static_cast<unsigned>(enter_fd_), ::io_uring_sq_ready(&uring_),
                           min_complete, flags | enter_flags_, static_cast<sigset_t*>(argument),
                           size);
}

}  // namespace ouro::inline v0::detail
