// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/datagram_endpoint.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/base/system.hpp"
#include "ouro/net/gai_error.hpp"
#include "ouro/net/getaddrinfo.hpp"
#include "ouro/task/future.hpp"

#include "datagram_hub.hpp"
#include "datagram_socket_transport.hpp"

#include <algorithm>
#include <cerrno>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <optional>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace ouro::inline v0::detail {
namespace {

/// A socket to try, and what it is for.
struct datagram_candidate {
  address_family family = address_family::unspecified;
  int proto = 0;
  endpoint local = {};
  endpoint remote = {};
};

/// An address of the options, and the copy of its host.
struct wanted_address {
  const datagram_address& address;
  const std::string& host;
  int flags;
};

/// The one family of the addresses that are endpoints; `unspecified` if there are none.
address_family family_of_endpoints(const datagram_endpoint_options& options) {
  address_family family = options.family;
  for (const datagram_address* each : {&options.local_addr, &options.remote_addr}) {
    if (!each->given() || each->is_host()) continue;
    if (family == address_family::unspecified) family = each->at().family();
    if (family != each->at().family()) {
      throw_usage_error("the addresses of a datagram endpoint are of different families");
    }
  }
  return family;
}

/// What an address stands for.
task<std::vector<datagram_candidate>> look_up(wanted_address wanted,
                                              const datagram_endpoint_options& options) {
  std::vector<datagram_candidate> found;
  if (!wanted.address.given()) co_return found;
  if (!wanted.address.is_host()) {
    const endpoint& at = wanted.address.at();
    found.push_back({.family = at.family(), .proto = options.proto, .local = at});
    co_return found;
  }
  auto looking_up = getaddrinfo(wanted.host, wanted.address.port(),
                                {.family = options.family,
                                 .type = socket_type::datagram,
                                 .proto = options.proto,
                                 .flags = options.flags | wanted.flags});
  const std::vector<address_info> answer = co_await std::move(looking_up);
  for (const address_info& each : answer) {
    found.push_back({.family = each.family, .proto = each.proto, .local = each.endpoint});
  }
  if (found.empty()) {
    throw std::system_error(EAI_NONAME, gai_category(), "getaddrinfo returned an empty list");
  }
  co_return found;
}

/// A candidate for each family: those that the local address has, if there is one, in its order.
/// Of several addresses of a family the first counts.
std::vector<datagram_candidate> pair_up(const std::vector<datagram_candidate>& locals,
                                        const std::vector<datagram_candidate>& remotes) {
  const auto matching = [](const std::vector<datagram_candidate>& in, const auto& wanted) {
    const auto same = [&](const datagram_candidate& each) {
      // An endpoint does not tell a protocol.
      const bool fits = each.proto == wanted.proto || each.proto == 0 || wanted.proto == 0;
      return each.family == wanted.family && fits;
    };
    return std::find_if(in.begin(), in.end(), same);
  };
  std::vector<datagram_candidate> pairs;
  for (const datagram_candidate& each : locals.empty() ? remotes : locals) {
    if (matching(pairs, each) != pairs.end()) continue;
    datagram_candidate pair{.family = each.family, .proto = each.proto};
    if (!locals.empty()) pair.local = each.local;
    if (!remotes.empty()) {
      const auto remote = matching(remotes, each);
      if (remote == remotes.end()) continue;
      pair.remote = remote->local;
    }
    pairs.push_back(pair);
  }
  return pairs;
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

opened_datagram_socket open(const datagram_candidate& candidate,
                            const datagram_endpoint_options& options) {
  opened_datagram_socket made{
      ouro::socket(make_socket(static_cast<int>(candidate.family), SOCK_DGRAM, candidate.proto)),
      {}};
  if (options.reuse_port) made.socket.set(socket_option::reuse_port, true);
  if (options.allow_broadcast) made.socket.set(socket_option::broadcast, true);
  set_offloads(made.socket, options);
  if (const endpoint& local = candidate.local; local.native_size() != 0) {
    if (local.is_local()) remove_stale_file(local);
    made.socket.bind(local);
  }
  if (const endpoint& remote = candidate.remote; remote.native_size() != 0) {
    // Who answers a broadcast has an address of its own, and a connected socket would not hear it.
    if (options.allow_broadcast && remote.is_ip()) {
      made.peer = remote;
      return made;
    }
    // Connecting a datagram socket only writes the address down.
    if (::connect(made.socket.fd(), &remote.native(),
                  static_cast<socklen_t>(remote.native_size())) < 0) {
      throw_os_error(errno, "connect");
    }
  }
  return made;
}

/// A socket for the first candidate that can have one.
opened_datagram_socket open_first(const std::vector<datagram_candidate>& candidates,
                                  const datagram_endpoint_options& options) {
  std::optional<std::system_error> failure;
  for (const datagram_candidate& each : candidates) {
    try {
      return open(each, options);
    } catch (const std::system_error& error) {
      if (!failure) failure.emplace(error);
    }
  }
  throw *std::move(failure);
}

}  // namespace

datagram_request::datagram_request(const datagram_endpoint_options& given)
    : options(given), local_host(given.local_addr.host()), remote_host(given.remote_addr.host()) {
  if (options.sock == nullptr) return;
  ouro::socket& given_socket = *std::exchange(options.sock, nullptr);
  if (options.local_addr.given() || options.remote_addr.given() ||
      options.family != address_family::unspecified || options.proto != 0 || options.flags != 0 ||
      options.reuse_port || options.allow_broadcast) {
    throw_usage_error("a datagram endpoint with a socket takes no addresses or options for one");
  }
  if (given_socket.get_option(SOL_SOCKET, SO_TYPE) != SOCK_DGRAM) {
    throw_usage_error("a datagram endpoint needs a datagram socket");
  }
  set_offloads(given_socket, options);
  socket = ouro::socket(given_socket.release());
}

task<opened_datagram_socket> open_datagram_socket(datagram_request request) {
  if (request.socket.is_open()) co_return opened_datagram_socket{std::move(request.socket), {}};
  datagram_endpoint_options& options = request.options;
  options.family = family_of_endpoints(options);
  if (!options.local_addr.given() && !options.remote_addr.given()) {
    if (options.family == address_family::unspecified) {
      throw_usage_error("a datagram endpoint needs an address, a family or a socket");
    }
    co_return open({.family = options.family, .proto = options.proto}, options);
  }
  if (options.remote_addr.is_host() && request.remote_host.empty()) {
    throw std::invalid_argument("the host to send to is empty: give its name or address");
  }
  auto looking_up_local = look_up({options.local_addr, request.local_host, AI_PASSIVE}, options);
  const auto locals = co_await std::move(looking_up_local);
  auto looking_up_remote = look_up({options.remote_addr, request.remote_host, 0}, options);
  const auto remotes = co_await std::move(looking_up_remote);
  const auto candidates = pair_up(locals, remotes);
  if (candidates.empty()) {
    throw std::invalid_argument(
        "the local and the remote address of a datagram endpoint have no family in common");
  }
  co_return open_first(candidates, options);
}

task<intrusive_ptr<datagram_transport>> start_datagram_endpoint(
    event_loop& loop, opened_datagram_socket opened, std::shared_ptr<datagram_protocol> protocol,
    bool gro) {
  if (event_loop::running_here() != &loop) {
    throw_usage_error("a datagram endpoint is made by the loop that runs");
  }
  const future<> started = loop.create_future();
  const intrusive_ptr<datagram_transport> transport(
      new datagram_socket_transport(loop.extension<datagram_hub>(), std::move(opened.socket),
                                    opened.peer, std::move(protocol), gro, started));
  try {
    co_await started;
  } catch (...) {
    transport->close();
    throw;
  }
  co_return transport;
}

}  // namespace ouro::inline v0::detail
