// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/open_connection.hpp"

#include "ouro/loop/event_loop.hpp"
#include "ouro/net/connect_tcp.hpp"
#include "ouro/net/connect_unix.hpp"
#include "ouro/stream/socket_transport.hpp"

#include <utility>

namespace ouro::inline v0 {
namespace {

task<connection> finish(task<socket> connecting, std::size_t limit) {
  socket connected = co_await std::move(connecting);
  co_return open_connection(std::move(connected), limit);
}

}  // namespace

task<connection> open_connection(std::string_view host, int port,
                                 const connection_options& options) {
  return finish(connect_tcp(host, port, options), options.limit);
}

connection open_connection(socket connected, std::size_t limit) {
  return detail::make_connection(
      detail::make_socket_transport(get_running_loop(), std::move(connected)), limit);
}

task<connection> open_unix_connection(std::string_view path, std::size_t limit) {
  return finish(connect_unix(path), limit);
}

}  // namespace ouro::inline v0
