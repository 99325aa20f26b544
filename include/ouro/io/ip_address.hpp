// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/address_family.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace ouro::inline v0 {

/// An IPv4 or IPv6 address. Ordered: IPv4 first, then by number. asyncio: the first item of an address
/// tuple; ipaddress.ip_address.
class ip_address {
 public:
  /// 0.0.0.0.
  constexpr ip_address() noexcept = default;

  /// Reads "192.0.2.1", "2001:db8::1" or, with a scope, "fe80::1%2" and "fe80::1%eth0". Does not
  /// look up names.
  /// Errors: std::invalid_argument, which says what is wrong with the text.
  explicit ip_address(std::string_view text);

  /// From bytes in network order: `{192, 0, 2, 1}`.
  static constexpr ip_address v4(const std::array<std::uint8_t, 4>& bytes) noexcept {
    ip_address result;
    for (std::size_t i = 0; i < bytes.size(); ++i) result.bytes_[i] = bytes[i];
    return result;
  }
  /// From bytes in network order. `scope_id` is the number of the interface that a link-local
  /// address belongs to; zero for others.
  static constexpr ip_address v6(const std::array<std::uint8_t, 16>& bytes,
                                 std::uint32_t scope_id = 0) noexcept {
    ip_address result;
    result.family_ = address_family::ipv6;
    for (std::size_t i = 0; i < bytes.size(); ++i) result.bytes_[i] = bytes[i];
    result.scope_id_ = scope_id;
    return result;
  }
  /// 127.0.0.1.
  static constexpr ip_address loopback_v4() noexcept { return v4({127, 0, 0, 1}); }
  /// ::1.
  static constexpr ip_address loopback_v6() noexcept {
    return v6({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
  }
  /// 0.0.0.0: all interfaces, for a listener.
  static constexpr ip_address any_v4() noexcept { return {}; }
  /// `::`, all interfaces, for a listener.
  static constexpr ip_address any_v6() noexcept { return v6({}); }

  constexpr address_family family() const noexcept { return family_; }
  constexpr bool is_v4() const noexcept { return family_ == address_family::ipv4; }
  constexpr bool is_v6() const noexcept { return family_ == address_family::ipv6; }
  /// The 4 or 16 bytes in network order.
  constexpr std::span<const std::uint8_t> bytes() const noexcept {
    return {bytes_, is_v4() ? std::size_t{4} : std::size_t{16}};
  }
  constexpr std::uint32_t scope_id() const noexcept { return scope_id_; }

  /// 127.0.0.0/8 or ::1.
  constexpr bool is_loopback() const noexcept {
    return is_v4() ? bytes_[0] == 127 : are_zero(15) && bytes_[15] == 1;
  }
  /// 0.0.0.0 or `::`.
  constexpr bool is_unspecified() const noexcept { return are_zero(16); }
  constexpr bool is_multicast() const noexcept {
    return is_v4() ? (bytes_[0] & 0xf0) == 0xe0 : bytes_[0] == 0xff;
  }
  /// 169.254.0.0/16 or fe80::/10.
  constexpr bool is_link_local() const noexcept {
    return is_v4() ? bytes_[0] == 169 && bytes_[1] == 254
                   : bytes_[0] == 0xfe && (bytes_[1] & 0xc0) == 0x80;
  }

  /// The text that the constructor reads; a scope is written as a number.
  std::string to_string() const;

  friend constexpr bool operator==(const ip_address&, const ip_address&) noexcept = default;
  friend constexpr std::strong_ordering operator<=>(const ip_address&,
                                                    const ip_address&) noexcept = default;

 private:
  constexpr bool are_zero(std::size_t count) const noexcept {
    for (std::size_t i = 0; i < count; ++i) {
      if (bytes_[i] != 0) return false;
    }
    return true;
  }

  address_family family_ = address_family::ipv4;
  std::uint8_t bytes_[16]{};  // of which IPv4 uses the first four; no std::array, whose comparisons
                              // take long to compile
  std::uint32_t scope_id_ = 0;
};

}  // namespace ouro::inline v0
