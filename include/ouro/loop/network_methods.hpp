// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/loop/fwd.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ouro::inline v0 {

class transport;
class unique_fd;
struct address_info;
struct connection_options;
struct datagram_endpoint_options;
struct getaddrinfo_options;
struct name_info;
struct sendfile_options;
struct server_options;

/// The methods of event_loop by which asyncio's programs reach the network. Each forwards to the
/// free function of its name, which says what it does; all are defined beside that. Those that take
/// a protocol factory, any callable that gives a pointer to a new protocol, give a transport and
/// that protocol: `auto [transport, protocol] = co_await loop.create_connection(factory, …);`
class network_methods {
 public:
  // net/create_connection.hpp
  template <class Factory>
  auto create_connection(Factory&& factory, std::string_view host, int port);
  template <class Factory>
  auto create_connection(Factory&& factory, std::string_view host, int port,
                         const connection_options& options);
  /// Over a socket that is connected already.
  template <class Factory>
  auto create_connection(Factory&& factory, socket connected);
  template <class Factory>
  auto create_unix_connection(Factory&& factory, std::string_view path);
  template <class Factory>
  auto connect_accepted_socket(Factory&& factory, socket accepted);

  // net/create_server.hpp
  template <class Factory>
  auto create_server(Factory&& factory, std::string_view host, int port);
  template <class Factory>
  auto create_server(Factory&& factory, std::string_view host, int port,
                     const server_options& options);
  template <class Factory>
  auto create_server(Factory&& factory, std::span<const std::string_view> hosts, int port,
                     const server_options& options);
  template <class Factory>
  auto create_server(Factory&& factory, socket bound, const server_options& options);
  template <class Factory>
  auto create_unix_server(Factory&& factory, std::string_view path);
  template <class Factory>
  auto create_unix_server(Factory&& factory, std::string_view path, const server_options& options);

  // stream/connect_pipe.hpp
  template <class Factory>
  auto connect_read_pipe(Factory&& factory, unique_fd readable);
  template <class Factory>
  auto connect_write_pipe(Factory&& factory, unique_fd writable);

  // stream/sendfile.hpp
  task<std::size_t> sendfile(transport& over, int file);
  task<std::size_t> sendfile(transport& over, int file, const sendfile_options& options);
  task<std::size_t> sock_sendfile(socket& over, int file);
  task<std::size_t> sock_sendfile(socket& over, int file, const sendfile_options& options);

  // net/getaddrinfo.hpp, net/getnameinfo.hpp
  task<std::vector<address_info>> getaddrinfo(std::string_view host, int port);
  task<std::vector<address_info>> getaddrinfo(std::string_view host, int port,
                                              const getaddrinfo_options& options);
  task<std::vector<address_info>> getaddrinfo(std::string_view host, std::string_view service);
  task<std::vector<address_info>> getaddrinfo(std::string_view host, std::string_view service,
                                              const getaddrinfo_options& options);
  task<name_info> getnameinfo(const endpoint& of, int flags = 0);

  // net/datagram_endpoint.hpp
  template <class Factory>
  auto create_datagram_endpoint(Factory&& factory, const datagram_endpoint_options& options);

 protected:
  network_methods() = default;
  ~network_methods() = default;

  /// This object as the loop that it is the base of.
  event_loop& self() noexcept;
};

}  // namespace ouro::inline v0
