// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/stream_pair.hpp"

#include "ouro/loop/event_loop.hpp"
#include "ouro/net/open_connection.hpp"

#include <utility>

namespace ouro::inline v0::testing {

std::array<connection, 2> stream_pair(const socket_pair_options& options) {
  get_running_loop();  // throws before there are sockets
  auto [near_end, far_end] = socket_pair(options);
  return {open_connection(std::move(near_end)), open_connection(std::move(far_end))};
}

}  // namespace ouro::inline v0::testing
