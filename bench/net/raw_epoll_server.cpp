// SPDX-License-Identifier: BSL-1.0
// An echo server on epoll and non-blocking calls, without any layer between. With --corrupt-every N
// it gets a byte of every Nth message wrong, for the test of the generator.
#include "server.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

using namespace net_bench;

struct connection {
  std::vector<char> unsent;  // what the peer has not taken; while there is any, nothing is received
  std::size_t sent = 0;      // of that
};

class epoll_server {
 public:
  epoll_server(const server_options& options, int listener, int end_signal)
      : options_(options),
        listener_(listener),
        end_signal_(end_signal),
        buffer_(options.kind == transport::udp ? 65536 : options.buffer_size()),
        epoll_(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {
    watch(EPOLL_CTL_ADD, end_signal_, EPOLLIN);
    watch(EPOLL_CTL_ADD, listener_, EPOLLIN);
    // A regular file cannot be watched, and never ends while it is read by nobody.
    if (epoll_event event = event_for(STDIN_FILENO, EPOLLIN);
        epoll_ctl(epoll_, EPOLL_CTL_ADD, STDIN_FILENO, &event) != 0 && errno != EPERM) {
      checked(-1, "epoll_ctl");
    }
  }
  ~epoll_server() { close(epoll_); }
  epoll_server(const epoll_server&) = delete;
  epoll_server& operator=(const epoll_server&) = delete;

  void run() {
    epoll_event events[512];
    while (!over_) {
      const int count = epoll_wait(epoll_, events, 512, full_ ? 100 : -1);
      if (count < 0 && errno != EINTR) checked(-1, "epoll_wait");
      if (std::exchange(full_, false)) watch(EPOLL_CTL_MOD, listener_, EPOLLIN);
      for (int i = 0; i < count; ++i) on_event(events[i].data.fd, events[i].events);
    }
  }

 private:
  static epoll_event event_for(int fd, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    return event;
  }

  void watch(int how, int fd, std::uint32_t events) {
    epoll_event event = event_for(fd, events);
    checked(epoll_ctl(epoll_, how, fd, &event), "epoll_ctl");
  }

  void on_event(int fd, std::uint32_t events) {
    if (fd == end_signal_) {
      over_ = true;
    } else if (fd == STDIN_FILENO) {
      over_ = over_ || stdin_is_over();
    } else if (fd == listener_) {
      options_.kind == transport::udp ? echo_datagrams() : accept_all();
    } else if ((events & EPOLLOUT) != 0) {
      send_rest(fd);
    } else {
      echo(fd);
    }
  }

  void accept_all() {
    for (;;) {
      const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) {
        if (!is_out_of_descriptors(errno)) return;
        say_out_of_descriptors(errno);
        full_ = true;
        return watch(EPOLL_CTL_MOD, listener_, 0);
      }
      set_nodelay(fd, options_.kind);
      if (connections_.size() <= static_cast<std::size_t>(fd)) {
        connections_.resize(static_cast<std::size_t>(fd) + 1);
      }
      watch(EPOLL_CTL_ADD, fd, EPOLLIN);
    }
  }

  void echo(int fd) {
    const ssize_t got = recv(fd, buffer_.data(), buffer_.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return end(fd);
    const auto size = static_cast<std::size_t>(got);
    spoil(buffer_.data(), size);
    ssize_t sent = send(fd, buffer_.data(), size, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno != EAGAIN && errno != EINTR) return end(fd);
      sent = 0;
    }
    if (static_cast<std::size_t>(sent) == size) return;
    connection& owner = connections_[static_cast<std::size_t>(fd)];
    owner.unsent.assign(buffer_.data() + sent, buffer_.data() + size);
    owner.sent = 0;
    watch(EPOLL_CTL_MOD, fd, EPOLLOUT);
  }

  void send_rest(int fd) {
    connection& owner = connections_[static_cast<std::size_t>(fd)];
    const ssize_t sent =
        send(fd, owner.unsent.data() + owner.sent, owner.unsent.size() - owner.sent, MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno != EAGAIN && errno != EINTR) end(fd);
      return;
    }
    owner.sent += static_cast<std::size_t>(sent);
    if (owner.sent < owner.unsent.size()) return;
    owner = {};
    watch(EPOLL_CTL_MOD, fd, EPOLLIN);
  }

  void end(int fd) {
    connections_[static_cast<std::size_t>(fd)] = {};
    close(fd);
  }

  void echo_datagrams() {
    for (;;) {
      sockaddr_in peer{};
      socklen_t length = sizeof peer;
      auto* address = reinterpret_cast<sockaddr*>(&peer);
      const ssize_t got =
          recvfrom(listener_, buffer_.data(), buffer_.size(), MSG_DONTWAIT, address, &length);
      if (got < 0) {
        if (errno == EAGAIN) return;
        continue;  // of a client that has left
      }
      const auto size = static_cast<std::size_t>(got);
      spoil(buffer_.data(), size);
      sendto(listener_, buffer_.data(), size, 0, address, length);
    }
  }

  void spoil(char* data, std::size_t size) {
    if (options_.corrupt_every == 0 || ++messages_ % options_.corrupt_every != 0) return;
    data[size / 2] = static_cast<char>(data[size / 2] ^ 1);
  }

  server_options options_;
  int listener_;
  int end_signal_;
  std::vector<char> buffer_;
  int epoll_;
  bool over_ = false;
  bool full_ = false;  // of descriptors: accepts again after a pause
  long long messages_ = 0;
  std::vector<connection> connections_;  // by descriptor
};

void serve(const server_options& options) {
  const int end_signal = open_end_signal();
  const int listener = open_listener(options);
  set_non_blocking(listener);
  announce(listener, options.kind);
  epoll_server(options, listener, end_signal).run();
  close(listener);
  if (!options.path.empty()) unlink(options.path.c_str());
}

}  // namespace

int main(int argc, char** argv) { return server_main(argc, argv, serve); }
