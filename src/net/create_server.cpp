// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/create_server.hpp"

#include "serving.hpp"

#include <utility>

namespace ouro::inline v0::detail {
namespace {

/// Makes a protocol for each connection.
class protocol_acceptor final : public connection_acceptor {
 public:
  explicit protocol_acceptor(any_protocol_factory factory) noexcept
      : factory_(std::move(factory)) {}

  void on_connection(server_core& server, socket accepted, const endpoint&) override {
    const transport_ptr made = make_served_transport(server, std::move(accepted));
    std::shared_ptr<base_protocol> protocol;
    try {
      protocol = factory_();
    } catch (...) {
      made->abort();
      throw;
    }
    made->start_protocol(std::move(protocol));
  }

 private:
  any_protocol_factory factory_;
};

}  // namespace

task<server> create_server(event_loop& loop, any_protocol_factory factory,
                           std::span<const std::string_view> hosts, int port,
                           const server_options& options) {
  return serve_hosts(loop, make_owned<protocol_acceptor>(std::move(factory)), copy_hosts(hosts),
                     port, options);
}

task<server> create_server(event_loop& loop, any_protocol_factory factory, socket bound,
                           const server_options& options) {
  return serve_socket(loop, make_owned<protocol_acceptor>(std::move(factory)), std::move(bound),
                      options);
}

task<server> create_unix_server(event_loop& loop, any_protocol_factory factory,
                                std::string_view path, const server_options& options) {
  return serve_path(loop, make_owned<protocol_acceptor>(std::move(factory)), std::string(path),
                    options);
}

}  // namespace ouro::inline v0::detail
