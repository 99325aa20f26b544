// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/buffer.hpp"
#include "ouro/io/io_operation.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ouro::inline v0 {
namespace detail {

class write_operation final : public io_operation {
 public:
  write_operation(int fd, const_buffer data, std::int64_t offset) noexcept
      : fd_(fd), data_(data), offset_(offset) {}

  std::size_t await_resume() { return static_cast<std::size_t>(take_result("write")); }

 private:
  void prepare(io_uring_sqe& sqe) noexcept override;

  int fd_;
  const_buffer data_;
  std::int64_t offset_;
};

}  // namespace detail

/// Writes from the beginning of `data` to a pipe, a terminal, a file or anything else that has
/// write(2). For sockets use send().
///
/// Suspends until there is room. Returns the number of bytes written, which may be less than all.
/// `offset` is where in a file to write; -1 is its current position, which moves. Pipes and the
/// like have none and ignore it. `data` must stay valid, and `fd` open, until the await ends.
///
/// Effects: the kernel raises SIGPIPE when the reader of a pipe is gone, and nothing in a request can
/// prevent that. So the first write() of the process sets SIGPIPE to be ignored, if nobody has
/// chosen what it shall do (SIG_DFL, which kills); a handler stays. A program that wants to die of
/// it sets SIG_DFL after that. Python ignores SIGPIPE from its start.
/// Errors: std::system_error, with the errno of write(2); EPIPE if the reader is gone.
/// Cancellation: if cancelled_error or timeout_error is thrown, no byte was written. A write to a file
/// cannot be stopped once it runs: the await ends when the write does, with its result.
/// asyncio: none for a descriptor; os.write().
[[nodiscard]] inline detail::write_operation write(int fd, const_buffer data,
                                                   std::int64_t offset = -1) noexcept {
  return {fd, data, offset};
}
[[nodiscard]] inline detail::write_operation write(int fd, std::string_view data,
                                                   std::int64_t offset = -1) noexcept {
  return {fd, as_buffer(data), offset};
}

}  // namespace ouro::inline v0
