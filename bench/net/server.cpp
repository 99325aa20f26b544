// SPDX-License-Identifier: BSL-1.0
#include "server.hpp"

#include <arpa/inet.h>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace net_bench {

server_options parse_server_options(int argc, char** argv) {
  server_options options;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--udp") {
      options.kind = transport::udp;
      continue;
    }
    if (++i == argc) throw bad_option(name + " is unknown, or lacks its value");
    const std::string value = argv[i];
    if (name == "--unix") {
      options.kind = transport::unix_stream;
      options.path = value;
    } else if (name == "--size") {
      options.size = static_cast<std::size_t>(parse_number(name, value, 1, 1 << 24));
    } else if (name == "--corrupt-every") {
      options.corrupt_every = static_cast<long long>(parse_number(name, value, 0, 1e15));
    } else if (name == "--busy-poll") {
      options.busy_poll = static_cast<long long>(parse_number(name, value, 0, 1e6));
    } else {
      throw bad_option("there is no option " + name);
    }
  }
  return options;
}

int open_listener(const server_options& options) {
  const bool stream = options.kind != transport::udp;
  const bool local = options.kind == transport::unix_stream;
  const int type = (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC;
  const int fd = checked(socket(local ? AF_UNIX : AF_INET, type, 0), "socket");
  if (local) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (options.path.size() >= sizeof address.sun_path) throw bad_option("--unix: too long");
    std::memcpy(address.sun_path, options.path.data(), options.path.size());
    unlink(options.path.c_str());
    checked(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), "bind");
  } else {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    checked(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), "bind");
  }
  if (stream) {
    checked(listen(fd, 4096), "listen");
  } else {
    // Without room for a datagram of each client the kernel drops some. Only root gets that much.
    const int room = 16 << 20;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) != 0) {
      setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    }
  }
  return fd;
}

void set_nodelay(int fd, transport kind) {
  const int on = 1;
  if (kind == transport::tcp) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void set_non_blocking(int fd) {
  checked(fcntl(fd, F_SETFL, checked(fcntl(fd, F_GETFL), "fcntl") | O_NONBLOCK), "fcntl");
}

void announce(int listener, transport kind) {
  sockaddr_in address{};
  socklen_t length = sizeof address;
  if (kind != transport::unix_stream) {
    checked(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length), "getsockname");
  }
  std::printf("port %d\n", static_cast<int>(ntohs(address.sin_port)));
  std::fflush(stdout);
}

int open_end_signal() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return checked(signalfd(-1, &signals, SFD_CLOEXEC), "signalfd");
}

bool stdin_is_over() {
  char ignored[256];
  return read(STDIN_FILENO, ignored, sizeof ignored) <= 0;
}

void say_out_of_descriptors(int error) {
  static bool said = false;
  if (std::exchange(said, true)) return;
  std::fprintf(stderr, "accept: %s; connections wait until some have ended\n",
               std::strerror(error));
}

bool is_out_of_descriptors(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace net_bench
