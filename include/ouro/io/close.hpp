// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/unique_fd.hpp"
#include "ouro/io/io_operation.hpp"

#include <utility>

namespace ouro::inline v0 {
namespace detail {

class close_operation final : public io_operation {
 public:
  explicit close_operation(unique_fd fd) noexcept
      : io_operation(when_aborted::finish), fd_(std::move(fd)) {}

  void await_resume() { take_result("close"); }

 private:
  void prepare(io_uring_sqe& sqe) noexcept override;
  void on_complete(int result, unsigned flags) noexcept override;

  unique_fd fd_;
};

}  // namespace detail

/// Closes a descriptor without blocking the loop, as close(2) may for files on a network and
/// sockets that linger, and tells if that failed. The descriptor is closed in any case: if this is
/// not awaited to its end, by its destructor.
///
/// Requests that still use the descriptor are not cancelled by that: end them first.
///
/// Errors: std::system_error, with the errno of close(2): what was written may be lost.
/// Cancellation: a close that has begun is not interrupted; cancelled_error is then thrown at the next
/// suspension.
/// asyncio: none; os.close().
[[nodiscard]] inline detail::close_operation close(unique_fd fd) noexcept {
  return detail::close_operation(std::move(fd));
}

}  // namespace ouro::inline v0
