// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/listener.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

namespace ouro::inline v0 {
listener::listener(const endpoint& local, const listener_options& options)
    : socket_(socket::stream(local.family())) {
  if (local.is_ip()) {
    if (options.reuse_address) socket_.set_option(SOL_SOCKET, SO_REUSEADDR, 1);
    if (options.reuse_port) socket_.set_option(SOL_SOCKET, SO_REUSEPORT, 1);
  }
  if (local.family() == address_family::ipv6) socket_.set_option(IPPROTO_IPV6, IPV6_V6ONLY, 1);
  socket_.bind(local);
  socket_.listen(options.backlog);
}

listener listener::local(int port, const listener_options& options) {
  return listener(endpoint(ip_address::loopback_v4(), port), options);
}

void detail::listener_accept_operation::on_complete(int result, unsigned flags) noexcept {
  if (!aborted() && concerns_only_the_peer(-result)) return resubmit();
  accept_request::on_complete(result, flags);
}

}  // namespace ouro::inline v0
