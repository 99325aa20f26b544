// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/multicast.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/base/system.hpp"
#include "ouro/io/socket.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <net/if.h>
#include <netinet/in.h>
#include <stdexcept>
#include <string>

namespace ouro::inline v0 {
namespace {

/// The number of an interface; zero if the kernel is to choose.
unsigned number_of(std::string_view interface) {
  if (interface.empty()) return 0;
  const unsigned number = ::if_nametoindex(std::string(interface).c_str());
  if (number == 0) throw_os_error(errno, "if_nametoindex");
  return number;
}

template <class Address>
void copy_address(Address& into, const ip_address& address) noexcept {
  const std::span<const std::uint8_t> bytes = address.bytes();
  static_assert(sizeof into == 4 || sizeof into == 16);
  std::memcpy(&into, bytes.data(), std::min(sizeof into, bytes.size()));
}

void change_membership(socket& of, const ip_address& group, std::string_view interface, int v4_name,
                       int v6_name) {
  if (!group.is_multicast()) {
    throw std::invalid_argument(group.to_string() + " is no address of multicast");
  }
  const unsigned number = number_of(interface);
  if (group.is_v4()) {
    ::ip_mreqn request{};
    copy_address(request.imr_multiaddr, group);
    request.imr_ifindex = static_cast<int>(number);
    set_socket_option(of.fd(), IPPROTO_IP, v4_name, &request, sizeof request);
  } else {
    ::ipv6_mreq request{};
    copy_address(request.ipv6mr_multiaddr, group);
    request.ipv6mr_interface = number != 0 ? number : group.scope_id();
    set_socket_option(of.fd(), IPPROTO_IPV6, v6_name, &request, sizeof request);
  }
}

bool is_v6(const socket& which) { return which.get_option(SOL_SOCKET, SO_DOMAIN) == AF_INET6; }

/// Sets the option of the socket's family that is an int in both.
void set_either(socket& of, int v4_name, int v6_name, int value) {
  if (is_v6(of)) {
    of.set_option(IPPROTO_IPV6, v6_name, value);
  } else {
    of.set_option(IPPROTO_IP, v4_name, value);
  }
}

}  // namespace

void join_multicast(socket& to, const ip_address& group, std::string_view interface) {
  change_membership(to, group, interface, IP_ADD_MEMBERSHIP, IPV6_JOIN_GROUP);
}

void leave_multicast(socket& from, const ip_address& group, std::string_view interface) {
  change_membership(from, group, interface, IP_DROP_MEMBERSHIP, IPV6_LEAVE_GROUP);
}

void set_multicast_interface(socket& from, std::string_view interface) {
  const auto number = static_cast<int>(number_of(interface));
  if (is_v6(from)) {
    from.set_option(IPPROTO_IPV6, IPV6_MULTICAST_IF, number);
  } else {
    ::ip_mreqn request{};
    request.imr_ifindex = number;
    set_socket_option(from.fd(), IPPROTO_IP, IP_MULTICAST_IF, &request, sizeof request);
  }
}

void set_multicast_hops(socket& from, int hops) {
  set_either(from, IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS, hops);
}

void set_multicast_loopback(socket& from, bool enabled) {
  set_either(from, IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP, enabled ? 1 : 0);
}

}  // namespace ouro::inline v0
