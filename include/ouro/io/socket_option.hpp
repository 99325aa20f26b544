// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/light_std.hpp"

#include <cstddef>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <sys/socket.h>

namespace ouro::inline v0 {

/// A socket option by level and name, with the type of its value: bool, int, std::size_t,
/// std::chrono::seconds, or std::optional<std::chrono::seconds> for one like linger. For
/// socket::set() and get(); make more of them as the ones in `socket_option` are made.
template <class Value>
struct socket_option_key {
  int level;
  int name;
};

/// The options by name: `socket.set(ouro::socket_option::nodelay, true)`.
namespace socket_option {

/// Send small pieces at once instead of collecting them (Nagle). TCP_NODELAY.
inline constexpr socket_option_key<bool> nodelay{IPPROTO_TCP, TCP_NODELAY};
/// Ask a silent peer whether it is still there. SO_KEEPALIVE.
inline constexpr socket_option_key<bool> keep_alive{SOL_SOCKET, SO_KEEPALIVE};
/// Silence before the first question: 1 to 32767 seconds. TCP_KEEPIDLE.
inline constexpr socket_option_key<std::chrono::seconds> keep_alive_idle{IPPROTO_TCP, TCP_KEEPIDLE};
/// Time between questions: 1 to 32767 seconds. TCP_KEEPINTVL.
inline constexpr socket_option_key<std::chrono::seconds> keep_alive_interval{IPPROTO_TCP,
                                                                             TCP_KEEPINTVL};
/// Questions without an answer before the connection is given up: 1 to 127. TCP_KEEPCNT.
inline constexpr socket_option_key<int> keep_alive_count{IPPROTO_TCP, TCP_KEEPCNT};
/// Bind although old connections of the address are not forgotten yet. SO_REUSEADDR.
inline constexpr socket_option_key<bool> reuse_address{SOL_SOCKET, SO_REUSEADDR};
/// Share the port with other sockets that have this option. SO_REUSEPORT.
inline constexpr socket_option_key<bool> reuse_port{SOL_SOCKET, SO_REUSEPORT};
/// Allow datagrams to broadcast addresses. SO_BROADCAST.
inline constexpr socket_option_key<bool> broadcast{SOL_SOCKET, SO_BROADCAST};
/// How long closing may wait for unsent data; zero resets the connection, std::nullopt is the
/// default, to go on sending in the background. SO_LINGER.
inline constexpr socket_option_key<std::optional<std::chrono::seconds>> linger{SOL_SOCKET,
                                                                               SO_LINGER};
/// Bytes of the kernel's buffer; it doubles what is set, for its own use, and has a limit
/// (net.core.rmem_max). SO_RCVBUF.
inline constexpr socket_option_key<std::size_t> receive_buffer_size{SOL_SOCKET, SO_RCVBUF};
/// As receive_buffer_size (net.core.wmem_max). SO_SNDBUF.
inline constexpr socket_option_key<std::size_t> send_buffer_size{SOL_SOCKET, SO_SNDBUF};
/// Take no IPv4 connections or datagrams on an IPv6 socket; set it before bind(). IPV6_V6ONLY.
inline constexpr socket_option_key<bool> ipv6_only{IPPROTO_IPV6, IPV6_V6ONLY};

}  // namespace socket_option

namespace detail {

void write_option(int fd, const socket_option_key<bool>& option, bool value);
void write_option(int fd, const socket_option_key<int>& option, int value);
void write_option(int fd, const socket_option_key<std::size_t>& option, std::size_t value);
void write_option(int fd, const socket_option_key<std::chrono::seconds>& option,
                  std::chrono::seconds value);
void write_option(int fd, const socket_option_key<std::optional<std::chrono::seconds>>& option,
                  std::optional<std::chrono::seconds> value);

bool read_option(int fd, const socket_option_key<bool>& option);
int read_option(int fd, const socket_option_key<int>& option);
std::size_t read_option(int fd, const socket_option_key<std::size_t>& option);
std::chrono::seconds read_option(int fd, const socket_option_key<std::chrono::seconds>& option);
std::optional<std::chrono::seconds> read_option(
    int fd, const socket_option_key<std::optional<std::chrono::seconds>>& option);

}  // namespace detail
}  // namespace ouro::inline v0
