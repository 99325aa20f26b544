// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/connect_tcp.hpp"

#include "ouro/net/gai_error.hpp"
#include "ouro/net/getaddrinfo.hpp"

#include "connector.hpp"

#include <netdb.h>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace ouro::inline v0 {
namespace {

/// What the caller's strings may not outlive.
struct target {
  std::string host;
  int port = 0;
  connection_options options;
  std::string local_host;
};

void check(const target& to) {
  if (to.host.empty()) {
    throw std::invalid_argument("the host to connect to is empty: give its name or address");
  }
}

task<std::vector<address_info>> look_up(std::string host, int port, connection_options options,
                                        int flags) {
  auto lookup = getaddrinfo(host, port,
                            {.family = options.family,
                             .type = socket_type::stream,
                             .proto = options.proto,
                             .flags = options.flags | flags});
  auto found = co_await std::move(lookup);
  if (found.empty()) {
    throw std::system_error(EAI_NONAME, gai_category(), "getaddrinfo returned an empty list");
  }
  co_return found;
}

/// A delay without a word about the order is one of happy eyeballs, which takes families in turn.
int interleave_of(const connection_options& options) noexcept {
  return options.interleave.value_or(options.happy_eyeballs_delay ? 1 : 0);
}

task<socket> connect_to(target to) {
  check(to);
  const connection_options& options = to.options;
  auto looking_up = look_up(to.host, to.port, options, 0);
  std::vector<address_info> addresses = co_await std::move(looking_up);
  std::optional<std::vector<address_info>> from;
  if (options.local_addr) {
    auto looking_up_local = look_up(to.local_host, options.local_addr->port, options, AI_PASSIVE);
    from = co_await std::move(looking_up_local);
  }
  if (const int first_count = interleave_of(options); first_count != 0) {
    addresses = detail::interleave(std::move(addresses), first_count);
  }
  detail::connector attempts(std::move(addresses), std::move(from));
  const optional_duration delay = options.happy_eyeballs_delay;
  auto connecting = delay ? attempts.race(*delay) : attempts.one_by_one();
  socket connected = co_await std::move(connecting);
  if (!connected.is_open()) attempts.throw_failures(options.all_errors);
  co_return connected;
}

}  // namespace

task<socket> connect_tcp(std::string_view host, int port, const connection_options& options) {
  const std::string_view local = options.local_addr ? options.local_addr->host : "";
  target to{std::string(host), port, options, std::string(local)};
  to.options.local_addr = std::nullopt;
  if (options.local_addr) to.options.local_addr = host_and_port{"", options.local_addr->port};
  return connect_to(std::move(to));
}

}  // namespace ouro::inline v0
