// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/fd_watcher.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/ring/liburing.hpp"

#include <poll.h>

namespace ouro::inline v0 {

void detail::fd_watch_operation::prepare(io_uring_sqe& sqe) noexcept {
  file_ = file_identity::of(fd_);
  ::io_uring_prep_poll_add(&sqe, fd_, events_);
}

void detail::fd_watch_operation::await_resume() {
  take_result("poll");
  if (file_identity::of(fd_) != file_) {
    throw_usage_error(
        "the descriptor of an fd_watcher was closed while a task awaited it: cancel the task, and "
        "await it, before the descriptor is closed");
  }
}

fd_watcher& fd_watcher::operator=(fd_watcher&& other) noexcept {
  if (this == &other) return *this;
  fd_.let_go();
  fd_ = std::move(other.fd_);
  return *this;
}

detail::fd_watch_operation fd_watcher::readable() noexcept {
  return {fd(), POLLIN, fd_, detail::io_direction::in};
}

detail::fd_watch_operation fd_watcher::writable() noexcept {
  return {fd(), POLLOUT, fd_, detail::io_direction::out};
}

}  // namespace ouro::inline v0
