// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/ring/liburing.hpp"
#include "ouro/ring/operation.hpp"
#include "ouro/ring/ring.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

/// Requests for the tests of the ring; each remembers its results.
namespace ring_test {

class recorded_operation : public ouro::operation {
 public:
  /// Results of all completions, in order.
  std::vector<int> results;

  /// Called after each completion was recorded.
  std::function<void()> then;

  /// Whether it has completed once, with `result`.
  bool ended_with(int result) const { return results == std::vector<int>{result}; }

 private:
  void on_complete(int result, unsigned) noexcept override {
    results.push_back(result);
    if (then) then();
  }
};

class nop_operation final : public recorded_operation {
 private:
  void prepare(io_uring_sqe& sqe) noexcept override { io_uring_prep_nop(&sqe); }
};

class recv_operation final : public recorded_operation {
 public:
  explicit recv_operation(int fd) : fd_(fd) {}

  char buffer[16] = {};

 private:
  void prepare(io_uring_sqe& sqe) noexcept override {
    io_uring_prep_recv(&sqe, fd_, buffer, sizeof buffer, 0);
  }

  int fd_;
};

class poll_operation final : public recorded_operation {
 public:
  poll_operation(int fd, unsigned events, bool multishot = false)
      : fd_(fd), events_(events), multishot_(multishot) {}

 private:
  void prepare(io_uring_sqe& sqe) noexcept override {
    if (multishot_) {
      io_uring_prep_poll_multishot(&sqe, fd_, events_);
    } else {
      io_uring_prep_poll_add(&sqe, fd_, events_);
    }
  }

  int fd_;
  unsigned events_;
  bool multishot_;
};

/// Puts a completion with any `user_data` into another ring.
class message_operation final : public recorded_operation {
 public:
  message_operation(int ring_fd, std::uint64_t user_data)
      : ring_fd_(ring_fd), user_data_(user_data) {}

 private:
  void prepare(io_uring_sqe& sqe) noexcept override {
    io_uring_prep_msg_ring(&sqe, ring_fd_, 0, user_data_, 0);
  }

  int ring_fd_;
  std::uint64_t user_data_;
};

/// A ring bound to this thread.
struct bound_ring : ouro::ring {
  explicit bound_ring(const ouro::ring_options& options = {}) : ouro::ring(options) { bind(); }
};

/// Lets the ring run until `done` holds.
template <class Condition>
void run_until(ouro::ring& ring, Condition done) {
  while (!done()) {
    ring.enter(std::nullopt);
    ring.dispatch();
  }
}

/// Lets the ring run until nothing is in flight.
inline void run_all(ouro::ring& ring) {
  run_until(ring, [&] { return ring.in_flight() == 0; });
}

/// Submits what is queued and dispatches what is there, without waiting.
inline void turn(ouro::ring& ring) {
  ring.enter(ouro::duration::zero());
  ring.dispatch();
}

}  // namespace ring_test
