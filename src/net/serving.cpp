// SPDX-License-Identifier: BSL-1.0
#include "serving.hpp"

#include "ouro/io/endpoint.hpp"
#include "ouro/net/detail/listening_sockets.hpp"
#include "ouro/net/getaddrinfo.hpp"
#include "ouro/stream/socket_transport.hpp"

#include <stdexcept>
#include <utility>

namespace ouro::inline v0::detail {
namespace {

/// What a server knows of a transport.
class served_transport final : public transport_attachment, public server_client {
 public:
  served_transport(server_core& server, transport& served) noexcept
      : server_client(&server), transport_(served) {}

  void close() noexcept override { transport_.close(); }
  void abort() noexcept override { transport_.abort(); }

 private:
  transport& transport_;  // which keeps this
};

void check_port(int port) {
  if (port < 0 || port > 65535) {
    throw std::invalid_argument("a port is 0 to 65535, not " + std::to_string(port));
  }
}

}  // namespace

transport_ptr make_served_transport(server_core& server, socket accepted) {
  transport_ptr made = make_socket_transport(server.loop(), std::move(accepted));
  made->attach(make_owned<served_transport>(server, *made));
  return made;
}

std::vector<std::string> copy_hosts(std::span<const std::string_view> hosts) {
  return {hosts.begin(), hosts.end()};
}

task<server> serve_hosts(event_loop& loop, owned<connection_acceptor> connections,
                         std::vector<std::string> hosts, int port, server_options options) {
  check_port(port);
  std::vector<endpoint> endpoints;
  for (const std::string& host : hosts) {
    if (host.empty()) {
      for (const endpoint& each : wildcard_endpoints(port, options.family)) {
        endpoints.push_back(each);
      }
      continue;
    }
    const getaddrinfo_options wanted{
        .family = options.family, .type = socket_type::stream, .flags = options.flags};
    const std::vector<address_info> found = co_await getaddrinfo(host, port, wanted);
    for (const address_info& each : found) endpoints.push_back(each.endpoint);
  }
  std::vector<socket> bound = bind_endpoints(endpoints, options);
  co_return make_server(loop, std::move(bound), options, std::move(connections));
}

task<server> serve_socket(event_loop& loop, owned<connection_acceptor> connections, socket bound,
                          server_options options) {
  std::vector<socket> sockets;
  sockets.push_back(std::move(bound));
  co_return make_server(loop, std::move(sockets), options, std::move(connections));
}

task<server> serve_path(event_loop& loop, owned<connection_acceptor> connections, std::string path,
                        server_options options) {
  const bool abstract = !path.empty() && path.front() == '\0';
  const endpoint where =
      abstract ? endpoint::local_abstract(std::string_view(path).substr(1)) : endpoint::local(path);
  std::vector<socket> bound = bind_endpoints(std::span(&where, 1), options);
  co_return make_server(loop, std::move(bound), options, std::move(connections));
}

}  // namespace ouro::inline v0::detail
