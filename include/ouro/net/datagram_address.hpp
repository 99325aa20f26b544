// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/endpoint.hpp"
#include "ouro/net/connection_options.hpp"

#include <string_view>
#include <type_traits>

namespace ouro::inline v0 {

/// Where a datagram endpoint is bound, or sends to: an endpoint, or a host, by name or address, and
/// a port, which is looked up. `host` must be there until the function that is given it has
/// returned. asyncio: an address tuple.
class datagram_address {
 public:
  /// No address.
  datagram_address() noexcept = default;
  explicit(false) datagram_address(const endpoint& at) noexcept
      : at_(at), given_(at.native_size() != 0) {}  // it is one kind of the two
  /// `port` is 0 to 65535.
  datagram_address(std::string_view host, int port) noexcept
      : host_(host), port_(port), given_(true), host_given_(true) {}
  explicit(false) datagram_address(const host_and_port& where) noexcept
      : datagram_address(where.host, where.port) {}

  /// Whether there is one.
  [[nodiscard]] bool given() const noexcept { return given_; }
  /// Whether it is a host, which is to be looked up.
  [[nodiscard]] bool is_host() const noexcept { return host_given_; }
  /// Without an address if is_host().
  [[nodiscard]] const endpoint& at() const noexcept { return at_; }
  [[nodiscard]] std::string_view host() const noexcept { return host_; }
  [[nodiscard]] int port() const noexcept { return is_host() ? port_ : at_.port(); }

 private:
  endpoint at_;
  std::string_view host_;
  int port_ = 0;
  bool given_ = false;
  bool host_given_ = false;
};
static_assert(std::is_trivially_destructible_v<datagram_address>);

}  // namespace ouro::inline v0
