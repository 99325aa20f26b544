// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/address_family.hpp"
#include "ouro/io/ip_address.hpp"

#include <array>
#include <compare>
#include <cstddef>
#include <string>
#include <string_view>

struct sockaddr;

namespace ouro::inline v0 {

namespace detail {
class accept_request;
}

/// Where a socket is or connects to: an IP address with a port, or the name of a UNIX socket. A
/// value;
/// ordered by family, then address, then port. asyncio: an address tuple.
class endpoint {
 public:
  /// No address at all: the family is `unspecified`.
  endpoint() noexcept = default;

  /// `port` is 0 to 65535; zero lets the kernel choose, when a socket is bound to it.
  /// Errors: std::invalid_argument for any other port.
  endpoint(const ip_address& address, int port);

  /// endpoint(ip_address(address), port).
  /// Errors: std::invalid_argument.
  endpoint(std::string_view address, int port) : endpoint(ip_address(address), port) {}

  /// The UNIX socket in the file system at `path`, which has 1 to 107 bytes.
  /// Errors: std::invalid_argument.
  static endpoint local(std::string_view path);

  /// The UNIX socket of that name outside of the file system; `name` has 1 to 107 bytes, any.
  /// Errors: std::invalid_argument.
  static endpoint local_abstract(std::string_view name);

  /// Reads what to_string() writes: "127.0.0.1:80", "[::1]:80", "/run/a.socket", "unix:a.socket",
  /// "@abstract".
  /// Errors: std::invalid_argument, which says what is wrong with the text.
  static endpoint parse(std::string_view text);

  /// From the kernel's form. What is longer than the 110 bytes of a sockaddr_un, or shorter than
  /// its family needs, becomes an endpoint without an address.
  static endpoint from_native(const ::sockaddr& address, std::size_t length) noexcept;

  address_family family() const noexcept;
  bool is_ip() const noexcept {
    return family() == address_family::ipv4 || family() == address_family::ipv6;
  }
  bool is_local() const noexcept { return family() == address_family::local; }

  /// The IP address; 0.0.0.0 if the family has none.
  ip_address address() const noexcept;
  /// The port; zero if the family has none.
  int port() const noexcept;
  /// The path or, with a zero byte in front, the abstract name of a UNIX socket. Empty for other
  /// families and for a socket without a name.
  std::string_view path() const noexcept;

  std::string to_string() const;

  /// The kernel's form, and its length in bytes: zero if there is no address.
  const ::sockaddr& native() const noexcept;
  std::size_t native_size() const noexcept { return size_; }

  friend bool operator==(const endpoint& left, const endpoint& right) noexcept {
    return left.compare(right) == 0;
  }
  friend std::strong_ordering operator<=>(const endpoint& left, const endpoint& right) noexcept {
    return left.compare(right) <=> 0;
  }

 private:
  friend class detail::accept_request;  // lets the kernel write into `storage_`

  int compare(const endpoint& other) const noexcept;

  static constexpr std::size_t capacity = 112;  // a sockaddr_un, rounded up

  alignas(8) std::array<std::byte, capacity> storage_{};
  std::size_t size_ = 0;
};

}  // namespace ouro::inline v0
