// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/io_operation.hpp"

namespace ouro::inline v0 {
namespace detail {

class poll_operation final : public io_operation {
 public:
  poll_operation(int fd, unsigned events) noexcept : fd_(fd), events_(events) {}

  unsigned await_resume() { return static_cast<unsigned>(take_result("poll")); }

 private:
  void prepare(io_uring_sqe& sqe) noexcept override;

  int fd_;
  unsigned events_;
};

}  // namespace detail

/// Waits until one of `events` (POLLIN, POLLOUT, … of <poll.h>) is true of `fd`, and returns those
/// that are. POLLERR and POLLHUP need not be asked for. Suspends for a turn even if one is true
/// already. `fd` must stay open until the await ends.
///
/// Errors: std::system_error, with the errno of poll(2); EBADF for a descriptor that is not open.
/// Cancellation: throws cancelled_error or timeout_error; nothing has changed.
/// asyncio: loop.add_reader() and add_writer(), for one event.
[[nodiscard]] inline detail::poll_operation poll(int fd, unsigned events) noexcept {
  return {fd, events};
}

}  // namespace ouro::inline v0
