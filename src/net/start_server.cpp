// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/start_server.hpp"

#include "ouro/stream/connection.hpp"

#include "serving.hpp"

#include <utility>

namespace ouro::inline v0::detail {
namespace {

/// Runs the handler for each connection.
class stream_acceptor final : public connection_acceptor {
 public:
  stream_acceptor(connection_handler handler, std::size_t limit)
      : handler_(std::move(handler)), limit_(limit) {}

  void on_connection(server_core& server, socket accepted, const endpoint&) override {
    connection made = make_connection(make_served_transport(server, std::move(accepted)), limit_);
    server.spawn(handler_(std::move(made.reader), std::move(made.writer)));
  }

 private:
  connection_handler handler_;
  std::size_t limit_;
};

owned<connection_acceptor> acceptor_for(connection_handler handler, const server_options& options) {
  return make_owned<stream_acceptor>(std::move(handler), options.limit);
}

}  // namespace

task<server> start_server(connection_handler handler, std::string_view host, int port,
                          const server_options& options) {
  return start_server(std::move(handler), std::span(&host, 1), port, options);
}

task<server> start_server(connection_handler handler, std::span<const std::string_view> hosts,
                          int port, const server_options& options) {
  return serve_hosts(get_running_loop(), acceptor_for(std::move(handler), options),
                     copy_hosts(hosts), port, options);
}

task<server> start_server(connection_handler handler, socket bound, const server_options& options) {
  return serve_socket(get_running_loop(), acceptor_for(std::move(handler), options),
                      std::move(bound), options);
}

task<server> start_unix_server(connection_handler handler, std::string_view path,
                               const server_options& options) {
  return serve_path(get_running_loop(), acceptor_for(std::move(handler), options),
                    std::string(path), options);
}

}  // namespace ouro::inline v0::detail
