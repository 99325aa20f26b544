// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/system.hpp"

#include "ouro/base/errors.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

namespace ouro::inline v0 {
namespace {

/// Passes on what a system call returned; throws if that says that it failed.
int checked(int result, const char* call) {
  if (result < 0) throw_os_error(errno, call);
  return result;
}

// Not blocked in the thread, which would leave the signal pending, to kill the process whenever it
// is unblocked.
bool ignore_sigpipe() noexcept {
  struct ::sigaction action{};
  if (::sigaction(SIGPIPE, nullptr, &action) != 0) return false;
  if ((action.sa_flags & SA_SIGINFO) != 0 || action.sa_handler != SIG_DFL) return false;
  return ::signal(SIGPIPE, SIG_IGN) != SIG_ERR;
}

}  // namespace

void ignore_sigpipe_once() noexcept { [[maybe_unused]] static const bool once = ignore_sigpipe(); }

unique_fd make_eventfd() {
  return unique_fd(checked(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd"));
}

std::array<unique_fd, 2> make_pipe() {
  int fds[2];
  checked(::pipe2(fds, O_CLOEXEC), "pipe2");
  return {unique_fd(fds[0]), unique_fd(fds[1])};
}

unique_fd make_socket(int domain, int type, int protocol) {
  return unique_fd(checked(::socket(domain, type | SOCK_CLOEXEC, protocol), "socket"));
}

std::array<unique_fd, 2> make_socket_pair(int domain, int type, int protocol) {
  int fds[2];
  checked(::socketpair(domain, type | SOCK_CLOEXEC, protocol, fds), "socketpair");
  return {unique_fd(fds[0]), unique_fd(fds[1])};
}

void bind_socket(int fd, const ::sockaddr& address, unsigned length) {
  checked(::bind(fd, &address, length), "bind");
}

void listen_socket(int fd, int backlog) { checked(::listen(fd, backlog), "listen"); }

void shutdown_socket(int fd, int how) { checked(::shutdown(fd, how), "shutdown"); }

void set_socket_option(int fd, int level, int name, int value) {
  set_socket_option(fd, level, name, &value, sizeof value);
}

int get_socket_option(int fd, int level, int name) {
  int value = 0;
  get_socket_option(fd, level, name, &value, sizeof value);
  return value;
}

void set_socket_option(int fd, int level, int name, const void* value, unsigned size) {
  checked(::setsockopt(fd, level, name, value, size), "setsockopt");
}

void get_socket_option(int fd, int level, int name, void* value, unsigned size) {
  socklen_t length = size;
  checked(::getsockopt(fd, level, name, value, &length), "getsockopt");
}

unsigned get_socket_name(int fd, ::sockaddr& address, unsigned capacity) {
  socklen_t length = capacity;
  checked(::getsockname(fd, &address, &length), "getsockname");
  return length;
}

unsigned get_peer_name(int fd, ::sockaddr& address, unsigned capacity) {
  socklen_t length = capacity;
  checked(::getpeername(fd, &address, &length), "getpeername");
  return length;
}

}  // namespace ouro::inline v0
