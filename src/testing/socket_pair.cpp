// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/socket_pair.hpp"

#include "ouro/base/system.hpp"

#include <cerrno>
#include <netinet/in.h>
#include <sys/socket.h>

namespace ouro::inline v0::testing {
namespace {

void set_buffers(int fd, const socket_pair_options& options) {
  if (options.send_buffer) set_socket_option(fd, SOL_SOCKET, SO_SNDBUF, *options.send_buffer);
  if (options.receive_buffer) {
    set_socket_option(fd, SOL_SOCKET, SO_RCVBUF, *options.receive_buffer);
  }
}

/// Connecting over loopback to a socket that listens is done when connect(2) returns. An accepted
/// socket has the buffers of the listening one, and the window of TCP follows them only if they are
/// set first.
std::array<socket, 2> tcp_pair(const socket_pair_options& options) {
  const unique_fd listening = make_socket(AF_INET, SOCK_STREAM);
  unique_fd connecting = make_socket(AF_INET, SOCK_STREAM);
  set_buffers(listening.get(), options);
  set_buffers(connecting.get(), options);

  ::sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto& generic = reinterpret_cast<::sockaddr&>(address);
  bind_socket(listening.get(), generic, sizeof address);
  listen_socket(listening.get(), 1);
  get_socket_name(listening.get(), generic, sizeof address);
  // A signal does not stop a connect(2) that has begun: what is accepted is connected.
  if (::connect(connecting.get(), &generic, sizeof address) != 0 && errno != EINTR) {
    throw_os_error(errno, "connect");
  }
  int taken = -1;
  do {
    taken = ::accept4(listening.get(), nullptr, nullptr, SOCK_CLOEXEC);
  } while (taken < 0 && errno == EINTR);
  unique_fd accepted(taken);
  if (accepted.get() < 0) throw_os_error(errno, "accept4");
  return {socket(std::move(connecting)), socket(std::move(accepted))};
}

}  // namespace

std::array<socket, 2> socket_pair(const socket_pair_options& options) {
  if (options.type == socket_pair_options::tcp) return tcp_pair(options);
  std::array<unique_fd, 2> ends = make_socket_pair(AF_UNIX, SOCK_STREAM);
  for (const unique_fd& end : ends) set_buffers(end.get(), options);
  return {socket(std::move(ends[0])), socket(std::move(ends[1]))};
}

}  // namespace ouro::inline v0::testing
