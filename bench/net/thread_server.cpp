// SPDX-License-Identifier: BSL-1.0
// An echo server with a thread for each connection, and blocking calls.
#include "server.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace {

using namespace net_bench;

struct job {
  int fd;
  std::size_t room;
};

bool send_all(int fd, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
    if (sent < 0 && errno != EINTR) return false;
    if (sent > 0) {
      data += sent;
      size -= static_cast<std::size_t>(sent);
    }
  }
  return true;
}

void* echo(void* given) {
  const std::unique_ptr<job> work(static_cast<job*>(given));
  const std::unique_ptr<char[]> buffer(new char[work->room]);
  for (;;) {
    const ssize_t got = recv(work->fd, buffer.get(), work->room, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || !send_all(work->fd, buffer.get(), static_cast<std::size_t>(got))) break;
  }
  close(work->fd);
  return nullptr;
}

void* echo_datagrams(void* given) {
  const std::unique_ptr<job> work(static_cast<job*>(given));
  const std::unique_ptr<char[]> buffer(new char[work->room]);
  for (;;) {
    sockaddr_in peer{};
    socklen_t length = sizeof peer;
    auto* address = reinterpret_cast<sockaddr*>(&peer);
    const ssize_t got = recvfrom(work->fd, buffer.get(), work->room, 0, address, &length);
    if (got < 0 && errno == EBADF) return nullptr;
    if (got >= 0) sendto(work->fd, buffer.get(), static_cast<std::size_t>(got), 0, address, length);
  }
}

bool start(void* (*run)(void*), int fd, std::size_t room) {
  auto work = std::make_unique<job>(job{fd, room});
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 65536);
  pthread_t thread;
  const bool started = pthread_create(&thread, &attributes, run, work.get()) == 0;
  pthread_attr_destroy(&attributes);
  if (started) work.release();
  return started;
}

void accept_one(const server_options& options, int listener) {
  const int fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
  if (fd >= 0) {
    set_nodelay(fd, options.kind);
    if (!start(echo, fd, options.buffer_size())) close(fd);
  } else if (is_out_of_descriptors(errno)) {
    say_out_of_descriptors(errno);
    usleep(100'000);
  }
}

void serve(const server_options& options) {
  if (options.corrupt_every != 0) throw bad_option("--corrupt-every: the epoll server can");
  const int end_signal = open_end_signal();
  const int listener = open_listener(options);
  const bool datagrams = options.kind == transport::udp;
  if (datagrams) {
    if (!start(echo_datagrams, listener, 65536)) throw failure("cannot start a thread");
  } else {
    set_non_blocking(listener);
  }
  announce(listener, options.kind);
  pollfd watched[] = {
      {end_signal, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}, {datagrams ? -1 : listener, POLLIN, 0}};
  for (;;) {
    if (poll(watched, 3, -1) < 0 && errno != EINTR) checked(-1, "poll");
    if (watched[0].revents != 0) break;
    if (watched[1].revents != 0 && stdin_is_over()) break;
    if (watched[2].revents != 0) accept_one(options, listener);
  }
  if (!options.path.empty()) unlink(options.path.c_str());
  std::_Exit(0);  // the threads are in their calls, and there is nothing to save
}

}  // namespace

int main(int argc, char** argv) { return server_main(argc, argv, serve); }
