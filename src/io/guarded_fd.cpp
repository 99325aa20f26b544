// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/detail/guarded_fd.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/base/log.hpp"
#include "ouro/io/io_operation.hpp"

#include <cstdio>
#include <utility>

namespace ouro::inline v0::detail {

guarded_fd::guarded_fd(guarded_fd&& other) noexcept : fd_(std::move(other.fd_)) {
  take_users(other);
}

guarded_fd& guarded_fd::operator=(guarded_fd&& other) noexcept {
  if (this == &other) return *this;
  if (pending()) give_up();
  fd_ = std::move(other.fd_);
  take_users(other);
  return *this;
}

void guarded_fd::take_users(guarded_fd& other) noexcept {
  users_ = std::exchange(other.users_, {});
  for (io_operation* request : users_) {
    if (request != nullptr) request->owner_ = this;
  }
}

int guarded_fd::release() {
  if (pending()) {
    throw_usage_error(
        "a request is in flight on this socket: cancel the task that awaits it, and await that "
        "task, "
        "before you close or release the socket");
  }
  return fd_.release();
}

void guarded_fd::refuse(io_direction direction) const {
  throw_usage_error(
      direction == io_direction::in
          ? "another task is receiving from, accepting on or waiting to read this descriptor: one "
            "at a "
            "time"
          : "another task is sending on, connecting or waiting to write this descriptor: one at a "
            "time");
}

void guarded_fd::close_broken() noexcept {
  if (pending()) give_up();
  fd_.reset();
}

void guarded_fd::give_up() noexcept {
  char text[160];
  std::snprintf(text, sizeof text,
                "the socket or fd_watcher of descriptor %d was destroyed while a request was in "
                "flight on it; "
                "the await ends with ECANCELED",
                fd_.get());
  log(log_level::error, text);
  for (io_operation* request : std::exchange(users_, {})) {
    if (request == nullptr) continue;
    request->owner_ = nullptr;
    request->in_owner_ = false;
    // Withdrawn if the kernel has not seen it; else the kernel holds the file itself and not the
    // number.
    request->task()->loop().io().cancel(*request);
  }
}

}  // namespace ouro::inline v0::detail
