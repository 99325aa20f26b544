// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/socket.hpp"

#include "ouro/base/system.hpp"
#include "ouro/io/try_recv.hpp"
#include "ouro/io/try_send.hpp"

#include <sys/socket.h>

namespace ouro::inline v0 {
namespace {

static_assert(static_cast<int>(address_family::unspecified) == AF_UNSPEC);
static_assert(static_cast<int>(address_family::local) == AF_UNIX);
static_assert(static_cast<int>(address_family::ipv4) == AF_INET);
static_assert(static_cast<int>(address_family::ipv6) == AF_INET6);

/// The answer of get_socket_name() or get_peer_name().
template <class GetName>
endpoint name_from(GetName get_name, int fd) {
  ::sockaddr_storage storage{};
  auto& address = reinterpret_cast<::sockaddr&>(storage);
  const unsigned length = get_name(fd, address, static_cast<unsigned>(sizeof storage));
  return endpoint::from_native(address, length);
}

std::array<socket, 2> make_pair(int type) {
  std::array<unique_fd, 2> ends = make_socket_pair(AF_UNIX, type);
  return {socket(std::move(ends[0])), socket(std::move(ends[1]))};
}

int to_native(shutdown_how how) noexcept {
  switch (how) {
    case shutdown_how::receive:
      return SHUT_RD;
    case shutdown_how::send:
      return SHUT_WR;
    case shutdown_how::both:
      break;
  }
  return SHUT_RDWR;
}

}  // namespace

socket socket::stream(address_family family) {
  return socket(make_socket(static_cast<int>(family), SOCK_STREAM));
}

socket socket::datagram(address_family family) {
  return socket(make_socket(static_cast<int>(family), SOCK_DGRAM));
}

std::optional<std::size_t> socket::try_recv(mutable_buffer into) {
  fd_.check_free(detail::io_direction::in);
  return ouro::try_recv(fd(), into);
}

std::optional<received_datagram> socket::try_recvfrom(mutable_buffer into) {
  fd_.check_free(detail::io_direction::in);
  return ouro::try_recvfrom(fd(), into);
}

std::optional<std::size_t> socket::try_send(const_buffer data) {
  fd_.check_free(detail::io_direction::out);
  return ouro::try_send(fd(), data);
}

std::optional<std::size_t> socket::try_sendto(const_buffer data, const endpoint& to) {
  fd_.check_free(detail::io_direction::out);
  return ouro::try_sendto(fd(), data, to);
}

void socket::bind(const endpoint& local) {
  bind_socket(fd(), local.native(), static_cast<unsigned>(local.native_size()));
}

void socket::listen(int backlog) { listen_socket(fd(), backlog); }

void socket::shutdown(shutdown_how how) { shutdown_socket(fd(), to_native(how)); }

void socket::set_option(int level, int name, int value) {
  set_socket_option(fd(), level, name, value);
}

int socket::get_option(int level, int name) const { return get_socket_option(fd(), level, name); }

endpoint socket::local_endpoint() const { return name_from(get_socket_name, fd()); }

endpoint socket::remote_endpoint() const { return name_from(get_peer_name, fd()); }

std::array<socket, 2> socket_pair() { return make_pair(SOCK_STREAM); }

std::array<socket, 2> datagram_socket_pair() { return make_pair(SOCK_DGRAM); }

}  // namespace ouro::inline v0
