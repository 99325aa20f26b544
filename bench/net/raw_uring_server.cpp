// SPDX-License-Identifier: BSL-1.0
// The limit: an echo server that does nothing but echo, in the way that measured best. A receive
// into the connection's own buffer, a send out of it, one system call a turn, no layer over
// liburing.
#include "bare_ring.hpp"
#include "datagram_ring.hpp"
#include "server.hpp"

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using namespace net_bench;

struct connection {
  int fd;
  bool sending;
  std::size_t size;  // of what was received
  std::size_t sent;

  // What it has received lies behind it.
  char* buffer() { return reinterpret_cast<char*>(this + 1); }
};

class stream_server {
 public:
  stream_server(const server_options& options, int listener, int end_signal)
      : options_(options), listener_(listener), end_signal_(end_signal) {}

  void run() {
    accept();
    watch(end_signal_, on_end);
    watch(STDIN_FILENO, on_stdin);
    while (!over_) {
      ring_.submit_and_wait();
      ring_.drain([this](std::uint64_t user_data, int result, unsigned flags) {
        if (user_data > on_retry) {
          complete(reinterpret_cast<connection*>(static_cast<std::uintptr_t>(user_data)), result);
        } else {
          complete_other(user_data, result, flags);
        }
      });
    }
  }

 private:
  // What user_data is if it is no connection.
  static constexpr std::uint64_t on_accept = 1;
  static constexpr std::uint64_t on_end = 2;
  static constexpr std::uint64_t on_stdin = 3;
  static constexpr std::uint64_t on_retry = 4;

  void complete(connection* owner, int result) {
    if (result <= 0) {
      close(owner->fd);
      std::free(owner);
    } else if (!owner->sending) {
      owner->size = static_cast<std::size_t>(result);
      owner->sent = 0;
      send(owner);
    } else if ((owner->sent += static_cast<std::size_t>(result)) < owner->size) {
      send(owner);
    } else {
      receive(owner);
    }
  }

  void receive(connection* owner) {
    owner->sending = false;
    io_uring_sqe& sqe = ring_.request();
    io_uring_prep_recv(&sqe, owner->fd, owner->buffer(), options_.buffer_size(), 0);
    sqe.user_data = reinterpret_cast<std::uintptr_t>(owner);
  }

  void send(connection* owner) {
    owner->sending = true;
    io_uring_sqe& sqe = ring_.request();
    io_uring_prep_send(&sqe, owner->fd, owner->buffer() + owner->sent, owner->size - owner->sent,
                       0);
    sqe.user_data = reinterpret_cast<std::uintptr_t>(owner);
  }

  void complete_other(std::uint64_t what, int result, unsigned flags) {
    if (what == on_end) {
      over_ = true;
    } else if (what == on_stdin) {
      over_ = stdin_is_over();
      if (!over_) watch(STDIN_FILENO, on_stdin);
    } else if (what == on_retry) {
      accept();
    } else {
      if (result >= 0) begin(result);
      if ((flags & IORING_CQE_F_MORE) != 0) return;
      if (is_out_of_descriptors(-result)) {
        say_out_of_descriptors(-result);
        accept_later();
      } else {
        accept();
      }
    }
  }

  void begin(int fd) {
    void* memory = std::malloc(sizeof(connection) + options_.buffer_size());
    if (memory == nullptr) {
      close(fd);
      return;
    }
    set_nodelay(fd, options_.kind);
    auto* owner = static_cast<connection*>(memory);
    owner->fd = fd;
    receive(owner);
  }

  void accept() {
    io_uring_sqe& sqe = ring_.request();
    io_uring_prep_multishot_accept(&sqe, listener_, nullptr, nullptr, SOCK_CLOEXEC);
    sqe.user_data = on_accept;
  }

  void accept_later() {
    io_uring_sqe& sqe = ring_.request();
    io_uring_prep_timeout(&sqe, &pause_, 0, 0);
    sqe.user_data = on_retry;
  }

  void watch(int fd, std::uint64_t what) {
    io_uring_sqe& sqe = ring_.request();
    io_uring_prep_poll_add(&sqe, fd, POLLIN);
    sqe.user_data = what;
  }

  server_options options_;
  int listener_;
  int end_signal_;
  bool over_ = false;
  __kernel_timespec pause_{0, 100'000'000};
  bare_ring ring_{1024, 8192};
};

void serve(const server_options& options) {
  if (options.corrupt_every != 0) throw bad_option("--corrupt-every: the epoll server can");
  const int end_signal = open_end_signal();
  const int listener = open_listener(options);
  announce(listener, options.kind);
  if (options.kind == transport::udp) {
    datagram_ring(listener, end_signal, options.size).run();
  } else {
    stream_server(options, listener, end_signal).run();
  }
  close(listener);
  if (!options.path.empty()) unlink(options.path.c_str());
}

}  // namespace

int main(int argc, char** argv) { return server_main(argc, argv, serve); }
