// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/detail/file_identity.hpp"
#include "ouro/io/detail/guarded_fd.hpp"
#include "ouro/io/io_operation.hpp"

#include <utility>

namespace ouro::inline v0 {
namespace detail {

class fd_watch_operation final : public io_operation {
 public:
  fd_watch_operation(int fd, unsigned events, guarded_fd& owner, io_direction direction) noexcept
      : io_operation(&owner, direction), fd_(fd), events_(events) {}

  void await_resume();

 private:
  void prepare(io_uring_sqe& sqe) noexcept override;

  int fd_;
  unsigned events_;
  file_identity file_;  // what fd_ meant when the wait began
};

}  // namespace detail

/// Waits for a descriptor that somebody else owns, as a C library with a socket of its own.
///
///     ouro::fd_watcher watcher(PQsocket(connection));
///     while (PQisBusy(connection)) {
///       co_await watcher.readable();
///       PQconsumeInput(connection);
///     }
///
/// The kernel is asked only while a task awaits. One task may await readable() while another awaits
/// writable(), but no two the same: that is a usage_error.
///
/// The owner must not close the descriptor under an await. If it has, the await throws usage_error,
/// as soon as the old file has something to tell; until then it stays open in the kernel. The
/// destructor, which cannot throw, reports an await in flight as an error and cancels it; the await
/// then throws std::system_error (ECANCELED). Moving a watcher is safe at any time.
///
/// asyncio: loop.add_reader() and add_writer(), awaited.
class fd_watcher {
 public:
  /// Watches `fd`, which stays its owner's.
  explicit fd_watcher(int fd) noexcept : fd_(unique_fd(fd)) {}
  fd_watcher(fd_watcher&& other) noexcept = default;
  fd_watcher& operator=(fd_watcher&& other) noexcept;
  ~fd_watcher() { fd_.let_go(); }

  /// Waits until there is something to read, an end of input or an error. Suspends for a turn even
  /// if there is already. A file that cannot be polled, as on a disk, is always readable and
  /// writable.
  ///
  /// Errors: std::system_error, with the errno of poll(2): EBADF for a descriptor that is not open.
  /// usage_error if another task awaits this, or if the descriptor was closed meanwhile.
  /// Cancellation: throws cancelled_error or timeout_error; nothing has changed.
  [[nodiscard]] detail::fd_watch_operation readable() noexcept;

  /// As readable(), until there is room to write, or an error.
  [[nodiscard]] detail::fd_watch_operation writable() noexcept;

  /// The descriptor; -1 after a move.
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

 private:
  detail::guarded_fd fd_;  // never closes it
};

}  // namespace ouro::inline v0
