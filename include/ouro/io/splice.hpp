// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/io_operation.hpp"

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace ouro::inline v0 {

/// Hints of splice(). Their values are the kernel's, and they may be combined by `|`.
enum class splice_flags : unsigned {
  none = 0,
  /// Move pages instead of copying them, if possible (SPLICE_F_MOVE).
  move = 1,
  /// Do not wait for the pipe: EAGAIN instead. A socket is waited for (SPLICE_F_NONBLOCK).
  nonblock = 2,
  /// More follows soon, so that a socket fills its packets (SPLICE_F_MORE).
  more = 4,
};
constexpr splice_flags operator|(splice_flags left, splice_flags right) noexcept {
  return static_cast<splice_flags>(static_cast<unsigned>(left) | static_cast<unsigned>(right));
}

/// Options of splice().
struct splice_options {
  /// Where in a file to read; -1 is its current position, which moves. Pipes and sockets have none.
  std::int64_t from_offset = -1;
  /// Where in a file to write.
  std::int64_t to_offset = -1;
  splice_flags flags = splice_flags::none;
};
static_assert(std::is_trivially_destructible_v<splice_options>);

namespace detail {

class splice_operation final : public io_operation {
 public:
  splice_operation(int from, int to, std::size_t size, const splice_options& options) noexcept
      : from_(from), to_(to), size_(size), options_(options) {}

  std::size_t await_resume() { return static_cast<std::size_t>(take_result("splice")); }

 private:
  void prepare(io_uring_sqe& sqe) noexcept override;

  int from_;
  int to_;
  std::size_t size_;
  splice_options options_;
};

}  // namespace detail

/// Moves up to `size` bytes from one descriptor to another, of which at least one is a pipe,
/// without copying them through the program. From socket to socket it takes a pipe between them:
///
///     auto pipe = ouro::make_pipe();
///     while (std::size_t left = co_await ouro::splice(from, pipe[1].get(), 65536)) {
///       while (left != 0) left -= co_await ouro::splice(pipe[0].get(), to, left);
///     }
///
/// Suspends until something can be moved. Returns the number of bytes moved; zero is the end of the
/// input. Both descriptors must stay open until the await ends. A thread of the kernel waits for
/// each one in flight, so it is for few long transfers, not for thousands of idle sockets: wait for
/// those by poll().
///
/// Effects: SIGPIPE is raised when the reader of the pipe `to` is gone; the first splice() ignores it
/// as write() does.
/// Errors: std::system_error, with the errno of splice(2): EINVAL if neither is a pipe; EPIPE if nobody
/// reads `to`; EAGAIN if a descriptor is non-blocking (O_NONBLOCK) and not ready.
/// Cancellation: if cancelled_error or timeout_error is thrown, nothing was moved.
/// asyncio: none; os.splice().
[[nodiscard]] inline detail::splice_operation splice(int from, int to, std::size_t size,
                                                     const splice_options& options = {}) noexcept {
  return {from, to, size, options};
}

}  // namespace ouro::inline v0
