// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/ip_address.hpp"

#include <arpa/inet.h>
#include <charconv>
#include <net/if.h>
#include <stdexcept>

namespace ouro::inline v0 {
namespace {

[[noreturn]] void refuse(std::string_view text, const char* why) {
  throw std::invalid_argument("'" + std::string(text) + "' is not an IP address: " + why);
}

/// A number, or the name of a network interface.
std::uint32_t parse_scope(std::string_view text, const std::string& scope) {
  std::uint32_t number = 0;
  const char* const end = scope.data() + scope.size();
  const auto [stop, error] = std::from_chars(scope.data(), end, number);
  if (error == std::errc() && stop == end) return number;
  number = ::if_nametoindex(scope.c_str());
  if (number == 0) refuse(text, "behind the % belongs the number or the name of an interface");
  return number;
}

}  // namespace

ip_address::ip_address(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) refuse(text, "it contains a zero byte");
  if (text.find(':') == std::string_view::npos) {
    if (::inet_pton(AF_INET, std::string(text).c_str(), bytes_) == 1) return;
    refuse(text, "write one like 192.0.2.1 or 2001:db8::1; names are not looked up here");
  }
  family_ = address_family::ipv6;
  const std::size_t percent = text.find('%');
  const std::string number(text.substr(0, percent));
  if (::inet_pton(AF_INET6, number.c_str(), bytes_) != 1) {
    refuse(text, "write one like 2001:db8::1, without brackets and port");
  }
  if (percent != std::string_view::npos) {
    scope_id_ = parse_scope(text, std::string(text.substr(percent + 1)));
  }
}

std::string ip_address::to_string() const {
  char text[INET6_ADDRSTRLEN];
  ::inet_ntop(static_cast<int>(family_), bytes_, text, sizeof text);
  std::string result = text;
  if (scope_id_ != 0) result += "%" + std::to_string(scope_id_);
  return result;
}

}  // namespace ouro::inline v0
