// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/detail/pipe_transport.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/base/system.hpp"
#include "ouro/ring/liburing.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <poll.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <utility>

namespace ouro::inline v0::detail {
namespace {

/// A request tells its length in 32 bits; the rest goes with the next.
unsigned request_length(std::size_t size) noexcept {
  return static_cast<unsigned>(std::min<std::size_t>(size, 1U << 30));
}

/// The current position of a file; pipes have none.
constexpr auto here = static_cast<__u64>(-1);

class pipe_transport : public transport {
 public:
  std::optional<int> pipe() const noexcept override {
    return fd_ ? std::optional(fd_.get()) : std::nullopt;
  }

 protected:
  pipe_transport(event_loop& loop, flow way, unique_fd fd)
      : transport(loop, way), fd_(std::move(fd)) {}

  int fd() const noexcept { return fd_.get(); }

 private:
  void close_channel() noexcept override { fd_.reset(); }

  unique_fd fd_;
};

/// Where reading a file is to begin; `here` for what has no positions.
__u64 position_of(int fd) noexcept {
  struct ::stat status{};
  if (::fstat(fd, &status) != 0 || !(S_ISREG(status.st_mode) || S_ISBLK(status.st_mode))) {
    return here;
  }
  return static_cast<__u64>(::lseek(fd, 0, SEEK_CUR));  // -1, `here`, should it fail
}

/// Reads a file at positions of its own. At the file's, a read that a worker thread of the kernel
/// has begun and that is then cancelled gives bytes and does not move it: they would come twice.
class read_pipe_transport final : public pipe_transport, private operation {
 public:
  read_pipe_transport(event_loop& loop, unique_fd fd)
      : pipe_transport(loop, flow::in, std::move(fd)), position_(position_of(this->fd())) {}

  bool can_write_eof() const noexcept override { return false; }

 private:
  void prepare(io_uring_sqe& sqe) noexcept override {
    if (into_.empty()) {
      ::io_uring_prep_poll_add(&sqe, fd(), POLLIN);
    } else {
      ::io_uring_prep_read(&sqe, fd(), into_.data(), request_length(into_.size()), position_);
    }
  }
  void on_complete(int result, unsigned) noexcept override {
    if (is_file()) {
      get_loop()->end_outside_work();
      if (result > 0 && !into_.empty()) position_ += static_cast<__u64>(result);
    }
    received(result);
  }

  void begin_receive(mutable_buffer into) noexcept override {
    into_ = into;
    repeat_receive();
  }
  void repeat_receive() noexcept override {
    if (is_file()) get_loop()->begin_outside_work();  // a disk knows no virtual clock
    get_loop()->io().submit(*this);
  }
  void end_receive() noexcept override { get_loop()->io().cancel(*this); }
  void begin_send() noexcept override {}  // nothing can be written
  void end_send() noexcept override {}
  void send_eof() noexcept override {}

  bool is_file() const noexcept { return position_ != here; }

  mutable_buffer into_;
  __u64 position_;
};

class write_pipe_transport final : public pipe_transport {
 public:
  write_pipe_transport(event_loop& loop, unique_fd fd)
      : pipe_transport(loop, flow::out, std::move(fd)) {
    ignore_sigpipe_once();
    watch();
  }

 private:
  class write_request final : public operation {
   public:
    explicit write_request(write_pipe_transport& owner) noexcept : owner_(owner) {}

   private:
    void prepare(io_uring_sqe& sqe) noexcept override { owner_.prepare_write(sqe); }
    void on_complete(int result, unsigned) noexcept override { owner_.sent(result); }

    write_pipe_transport& owner_;
  };

  class watch_request final : public operation {
   public:
    explicit watch_request(write_pipe_transport& owner) noexcept : owner_(owner) {}

   private:
    void prepare(io_uring_sqe& sqe) noexcept override {
      ::io_uring_prep_poll_add(&sqe, owner_.fd(), 0);  // POLLERR and POLLHUP come unasked
    }
    void on_complete(int result, unsigned) noexcept override { owner_.watched(result); }

    write_pipe_transport& owner_;
  };

  /// The answer of the poll: nobody reads; or, an error, the file cannot be watched.
  void watched(int result) noexcept {
    watch_ended(result);
    if (result > 0) get_write_buffer_size() != 0 ? fail(EPIPE, "write") : close();
  }

  void prepare_write(io_uring_sqe& sqe) noexcept {
    if (queue().is_single()) [[likely]] {
      const const_buffer data = queue().front();
      ::io_uring_prep_write(&sqe, fd(), data.data(), request_length(data.size()), here);
      return;
    }
    std::array<const_buffer, max_parts> parts;
    const std::size_t count = queue().gather(parts);
    for (std::size_t i = 0; i < count; ++i) {
      parts_[i] = {const_cast<std::byte*>(parts[i].data()), parts[i].size()};
    }
    ::io_uring_prep_writev(&sqe, fd(), parts_.data(), static_cast<unsigned>(count), here);
  }

  void begin_receive(mutable_buffer) noexcept override { get_loop()->io().submit(watch_); }
  void repeat_receive() noexcept override { get_loop()->io().submit(watch_); }
  void end_receive() noexcept override { get_loop()->io().cancel(watch_); }
  void begin_send() noexcept override { get_loop()->io().submit(write_); }
  void amend_send() noexcept override { get_loop()->io().amend(write_); }
  void end_send() noexcept override { get_loop()->io().cancel(write_); }
  void send_eof() noexcept override { close(); }

  /// A pipe that has room takes so many bytes without waiting: see pipe(7). Of terminals and other
  /// files that is not known.
  void send_last() noexcept override {
    if (sending() || !is_fifo()) return;
    while (queue().sendable() && has_room()) {
      const const_buffer data = queue().front();
      const ssize_t count =
          ::write(fd(), data.data(), std::min<std::size_t>(data.size(), PIPE_BUF));
      if (count < 0) return;
      queue().consume(static_cast<std::size_t>(count));
    }
  }

  bool is_fifo() const noexcept {
    struct ::stat status{};
    return ::fstat(fd(), &status) == 0 && S_ISFIFO(status.st_mode);
  }

  bool has_room() const noexcept {
    ::pollfd asked{.fd = fd(), .events = POLLOUT, .revents = 0};
    return ::poll(&asked, 1, 0) == 1 && asked.revents == POLLOUT;
  }

  static constexpr std::size_t max_parts = 8;

  write_request write_{*this};
  watch_request watch_{*this};
  std::array<::iovec, max_parts> parts_{};
};

}  // namespace

transport_ptr make_read_pipe_transport(event_loop& loop, unique_fd readable) {
  return transport_ptr(new read_pipe_transport(loop, std::move(readable)));
}

transport_ptr make_write_pipe_transport(event_loop& loop, unique_fd writable) {
  return transport_ptr(new write_pipe_transport(loop, std::move(writable)));
}

}  // namespace ouro::inline v0::detail
