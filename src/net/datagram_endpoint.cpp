// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/datagram_endpoint.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/task/future.hpp"

#include "datagram_hub.hpp"
#include "datagram_socket_transport.hpp"

#include <cerrno>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string>
#include <sys/stat.h>
#include <sys/socket.h>
#include <unistd.h>

namespace ouro::inline v0::detail {
namespace {

address_family family_of(const datagram_endpoint_options& options) {
  address_family family = options.family;
  for (const endpoint* each : {&options.local_addr, &options.remote_addr}) {
    if (each->native_size() == 0) continue;
    if (family == address_family::unspecified) family = each->family();
    if (family != each->family()) {
      throw_usage_error("the addresses of a datagram endpoint are of different families");
    }
  }
  if (family == address_family::unspecified) {
    throw_usage_error("a datagram endpoint needs an address, a family or a socket");
  }
  return family;
}

/// A socket that is no more leaves its file behind, which nobody can bind to.
void remove_stale_file(const endpoint& address) noexcept {
  const std::string path(address.path());
  if (path.empty() || path.front() == '\0') return;
  struct ::stat status{};
  if (::stat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode)) ::unlink(path.c_str());
}

void set_offloads(ouro::socket& socket, const datagram_endpoint_options& options) {
  if (options.gso_size > 65535) {
    throw_usage_error("a datagram has no segments of more than 65535 bytes");
  }
  if (options.gro) socket.set_option(IPPROTO_UDP, UDP_GRO, 1);
  if (options.gso_size != 0) {
    socket.set_option(IPPROTO_UDP, UDP_SEGMENT, static_cast<int>(options.gso_size));
  }
}

}  // namespace

ouro::socket take_datagram_socket(const datagram_endpoint_options& options) {
  if (options.sock == nullptr) return {};
  if (options.local_addr.native_size() != 0 || options.remote_addr.native_size() != 0 ||
      options.family != address_family::unspecified || options.reuse_port ||
      options.allow_broadcast) {
    throw_usage_error("a datagram endpoint with a socket takes no addresses or options for one");
  }
  if (options.sock->get_option(SOL_SOCKET, SO_TYPE) != SOCK_DGRAM) {
    throw_usage_error("a datagram endpoint needs a datagram socket");
  }
  set_offloads(*options.sock, options);
  return ouro::socket(options.sock->release());
}

ouro::socket open_datagram_socket(const datagram_endpoint_options& options) {
  ouro::socket socket = ouro::socket::datagram(family_of(options));
  if (options.reuse_port) socket.set(socket_option::reuse_port, true);
  if (options.allow_broadcast) socket.set(socket_option::broadcast, true);
  set_offloads(socket, options);
  if (const endpoint& local = options.local_addr; local.native_size() != 0) {
    if (local.is_local()) remove_stale_file(local);
    socket.bind(local);
  }
  // Connecting a datagram socket only writes the address down.
  if (const endpoint& remote = options.remote_addr; remote.native_size() != 0) {
    if (::connect(socket.fd(), &remote.native(), static_cast<socklen_t>(remote.native_size())) < 0) {
      throw_os_error(errno, "connect");
    }
  }
  return socket;
}

task<intrusive_ptr<datagram_transport>> start_datagram_endpoint(
    event_loop& loop, ouro::socket socket, std::shared_ptr<datagram_protocol> protocol, bool gro) {
  if (event_loop::running_here() != &loop) {
    throw_usage_error("a datagram endpoint is made by the loop that runs");
  }
  const future<> started = loop.create_future();
  const intrusive_ptr<datagram_transport> transport(
      new datagram_socket_transport(loop.extension<datagram_hub>(), std::move(socket),
                                    std::move(protocol), gro, started));
  try {
    co_await started;
  } catch (...) {
    transport->close();
    throw;
  }
  co_return transport;
}

}  // namespace ouro::inline v0::detail
