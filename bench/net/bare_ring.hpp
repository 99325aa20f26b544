// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "liburing.hpp"

#include <cerrno>
#include <ctime>
#include <system_error>

namespace net_bench {

/// An io_uring for one thread, with the cheapest set-up flags that the kernel takes, and no layer
/// over liburing.
class bare_ring {
 public:
  bare_ring(unsigned submissions, unsigned completions) {
    constexpr unsigned ladder[] = {
        IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
        IORING_SETUP_COOP_TASKRUN,
        0,
    };
    int status = 0;
    for (const unsigned flags : ladder) {
      io_uring_params parameters{};
      parameters.flags = flags | IORING_SETUP_CQSIZE;
      parameters.cq_entries = completions;
      status = io_uring_queue_init_params(submissions, &ring_, &parameters);
      if (status != -EINVAL) break;
    }
    if (status < 0) throw std::system_error(-status, std::generic_category(), "io_uring_setup");
    io_uring_register_ring_fd(&ring_);  // saves a lookup a call; goes without if it is refused
  }
  ~bare_ring() { io_uring_queue_exit(&ring_); }
  bare_ring(const bare_ring&) = delete;
  bare_ring& operator=(const bare_ring&) = delete;

  /// A request to fill, user_data last; the queue is submitted first if it is full.
  io_uring_sqe& request() {
    io_uring_sqe* sqe = io_uring_get_sqe(&ring_);
    while (sqe == nullptr) {
      check(io_uring_submit(&ring_));
      sqe = io_uring_get_sqe(&ring_);
    }
    return *sqe;
  }

  /// Submits everything and waits for a completion: one system call.
  void submit_and_wait() { check(io_uring_submit_and_wait(&ring_, 1)); }

  /// The same, for `nanoseconds` at the most.
  void submit_and_wait(long long nanoseconds) {
    __kernel_timespec limit{nanoseconds / 1'000'000'000, nanoseconds % 1'000'000'000};
    io_uring_cqe* first = nullptr;
    const int status = io_uring_submit_and_wait_timeout(&ring_, &first, 1, &limit, nullptr);
    if (status != -ETIME) check(status);
  }

  /// Submits everything and lets the kernel finish what is ready, without a wait.
  void submit_and_look() { check(io_uring_submit_and_get_events(&ring_)); }

  /// Calls `done(user_data, result, flags)` for each completion that is there.
  template <class Done>
  void drain(Done&& done) {
    io_uring_cqe* batch[256];
    while (const unsigned count = io_uring_peek_batch_cqe(&ring_, batch, 256)) {
      for (unsigned i = 0; i < count; ++i) {
        done(batch[i]->user_data, batch[i]->res, batch[i]->flags);
      }
      io_uring_cq_advance(&ring_, count);
    }
  }

  io_uring* get() { return &ring_; }

 private:
  static void check(int status) {
    if (status < 0 && status != -EINTR && status != -EBUSY && status != -EAGAIN) {
      throw std::system_error(-status, std::generic_category(), "io_uring_enter");
    }
  }

  io_uring ring_{};
};

}  // namespace net_bench
