// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/stream_pair.hpp"

#include "ouro/loop/event_loop.hpp"
#include "ouro/stream/detail/socket_transport.hpp"

#include <utility>

namespace ouro::inline v0::testing {

std::array<connection, 2> stream_pair(const socket_pair_options& options) {
  event_loop& loop = get_running_loop();
  std::array<socket, 2> sockets = socket_pair(options);
  const auto end = [&](socket& beneath) {
    return detail::make_connection(detail::make_socket_transport(loop, std::move(beneath)));
  };
  return {end(sockets[0]), end(sockets[1])};
}

}  // namespace ouro::inline v0::testing
