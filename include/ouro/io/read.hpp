// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/buffer.hpp"
#include "ouro/io/io_operation.hpp"

#include <cstddef>
#include <cstdint>

namespace ouro::inline v0 {
namespace detail {

class read_operation final : public io_operation {
 public:
  read_operation(int fd, mutable_buffer into, std::int64_t offset) noexcept
      : fd_(fd), into_(into), offset_(offset) {}

  std::size_t await_resume() { return static_cast<std::size_t>(take_result("read")); }

 private:
  void prepare(io_uring_sqe& sqe) noexcept override;

  int fd_;
  mutable_buffer into_;
  std::int64_t offset_;
};

}  // namespace detail

/// Reads up to `into.size()` bytes from a pipe, a terminal, a file or anything else that has
/// read(2).
///
/// Suspends until at least one byte is there. Returns the number of bytes read; zero is the end.
/// `offset` is where in a file to read; -1 is its current position, which moves. Pipes and the like
/// have none and ignore it. `into` must stay valid, and `fd` open, until the await ends.
///
/// Errors: std::system_error, with the errno of read(2).
/// Cancellation: if cancelled_error or timeout_error is thrown, no byte was taken. A read from a file
/// cannot be stopped once it runs: the await ends when the read does, with its result.
/// asyncio: none for a descriptor; os.read().
[[nodiscard]] inline detail::read_operation read(int fd, mutable_buffer into,
                                                 std::int64_t offset = -1) noexcept {
  return {fd, into, offset};
}

}  // namespace ouro::inline v0
