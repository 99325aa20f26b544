// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/endpoint.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>

namespace ouro::inline v0 {
namespace {

constexpr std::size_t path_offset = offsetof(::sockaddr_un, sun_path);
constexpr std::size_t longest_path = sizeof(::sockaddr_un::sun_path) - 1;
constexpr std::string_view local_prefix = "unix:";

void check_length(std::string_view name, const char* what) {
  if (name.empty()) throw std::invalid_argument(std::string(what) + " is empty");
  if (name.size() > longest_path) {
    throw std::invalid_argument(std::string(what) + " has " + std::to_string(name.size()) +
                                " bytes: at most " + std::to_string(longest_path) +
                                " are possible");
  }
}

[[noreturn]] void refuse(std::string_view text, const char* why) {
  throw std::invalid_argument("'" + std::string(text) + "' is not an endpoint: " + why);
}

int parse_port(std::string_view text, const std::string& digits) {
  int port = -1;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, port);
  if (error != std::errc() || stop != end || digits.front() == '-') {
    refuse(text, "behind the address belong a colon and a port, a number from 0 to 65535");
  }
  return port;
}

endpoint parse_ip(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == text.size()) {
    refuse(text, "it has no port; write one like 127.0.0.1:80, [::1]:80 or /path/of/a.socket");
  }
  std::string_view address = text.substr(0, colon);
  const bool bracketed = address.size() > 2 && address.front() == '[' && address.back() == ']';
  if (bracketed) address = address.substr(1, address.size() - 2);
  const bool is_v6 = address.find(':') != std::string_view::npos;
  if (is_v6 && !bracketed) refuse(text, "an IPv6 address belongs in brackets: [::1]:80");
  if (!is_v6 && bracketed) refuse(text, "brackets are for IPv6 addresses");
  return {ip_address(address), parse_port(text, std::string(text.substr(colon + 1)))};
}

}  // namespace

endpoint::endpoint(const ip_address& address, int port) {
  if (port < 0 || port > 65535) {
    throw std::invalid_argument("port " + std::to_string(port) + " is not one of 0 to 65535");
  }
  const std::span<const std::uint8_t> bytes = address.bytes();
  const auto network_port = htons(static_cast<std::uint16_t>(port));
  if (address.is_v4()) {
    ::sockaddr_in native{};
    native.sin_family = AF_INET;
    native.sin_port = network_port;
    std::memcpy(&native.sin_addr, bytes.data(), bytes.size());
    std::memcpy(storage_.data(), &native, size_ = sizeof native);
  } else {
    ::sockaddr_in6 native{};
    native.sin6_family = AF_INET6;
    native.sin6_port = network_port;
    native.sin6_scope_id = address.scope_id();
    std::memcpy(&native.sin6_addr, bytes.data(), bytes.size());
    std::memcpy(storage_.data(), &native, size_ = sizeof native);
  }
}

endpoint endpoint::local(std::string_view path) {
  check_length(path, "the path of a UNIX socket");
  if (path.find('\0') != std::string_view::npos) {
    throw std::invalid_argument(
        "the path of a UNIX socket contains a zero byte; for an abstract name use "
        "local_abstract()");
  }
  ::sockaddr_un native{};
  native.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), native.sun_path);
  return from_native(reinterpret_cast<::sockaddr&>(native), path_offset + path.size() + 1);
}

endpoint endpoint::local_abstract(std::string_view name) {
  check_length(name, "the abstract name of a UNIX socket");
  ::sockaddr_un native{};
  native.sun_family = AF_UNIX;
  std::copy(name.begin(), name.end(), native.sun_path + 1);
  return from_native(reinterpret_cast<::sockaddr&>(native), path_offset + 1 + name.size());
}

endpoint endpoint::parse(std::string_view text) {
  if (text.starts_with(local_prefix)) return local(text.substr(local_prefix.size()));
  if (text.starts_with('@')) return local_abstract(text.substr(1));
  if (text.find('/') != std::string_view::npos) return local(text);
  return parse_ip(text);
}

// What the kernel fills in beside address and port, or behind a path, is left out: equal endpoints
// are equal bytes.
endpoint endpoint::from_native(const ::sockaddr& address, std::size_t length) noexcept {
  endpoint given;
  if (length < sizeof address.sa_family || length > sizeof(::sockaddr_un)) return given;
  switch (static_cast<address_family>(address.sa_family)) {
    [[likely]] case address_family::ipv4:  // one for each datagram
      if (length < sizeof(::sockaddr_in)) return given;
      std::memcpy(given.storage_.data(), &address, offsetof(::sockaddr_in, sin_zero));
      given.size_ = sizeof(::sockaddr_in);
      return given;
    case address_family::ipv6:
      if (length < sizeof(::sockaddr_in6)) return given;
      std::memcpy(given.storage_.data(), &address, length);
      given = endpoint(given.address(), given.port());
      return given;
    case address_family::unspecified:
      return given;
    case address_family::local:
      break;
  }
  std::memcpy(given.storage_.data(), &address, length);
  given.size_ = length;
  if (const std::string_view path = given.path(); !path.empty() && path.front() != '\0') {
    given.size_ = path_offset + path.size() + 1;
    std::fill(given.storage_.begin() + static_cast<std::ptrdiff_t>(given.size_ - 1),
              given.storage_.end(), std::byte{});
  }
  return given;
}

address_family endpoint::family() const noexcept {
  sa_family_t family = AF_UNSPEC;
  std::memcpy(&family, storage_.data(), sizeof family);
  return static_cast<address_family>(family);
}

ip_address endpoint::address() const noexcept {
  if (family() == address_family::ipv4) {
    std::array<std::uint8_t, 4> bytes;
    std::memcpy(bytes.data(), storage_.data() + offsetof(::sockaddr_in, sin_addr), bytes.size());
    return ip_address::v4(bytes);
  }
  if (family() != address_family::ipv6) return {};
  ::sockaddr_in6 native;
  std::memcpy(&native, storage_.data(), sizeof native);
  std::array<std::uint8_t, 16> bytes;
  std::memcpy(bytes.data(), &native.sin6_addr, bytes.size());
  return ip_address::v6(bytes, native.sin6_scope_id);
}

int endpoint::port() const noexcept {
  if (!is_ip()) return 0;
  in_port_t port = 0;  // at the same place in both families
  static_assert(offsetof(::sockaddr_in, sin_port) == offsetof(::sockaddr_in6, sin6_port));
  std::memcpy(&port, storage_.data() + offsetof(::sockaddr_in, sin_port), sizeof port);
  return ntohs(port);
}

std::string_view endpoint::path() const noexcept {
  if (!is_local() || size_ <= path_offset) return {};
  const std::string_view path(reinterpret_cast<const char*>(storage_.data()) + path_offset,
                              size_ - path_offset);
  return path.front() == '\0' ? path : path.substr(0, path.find('\0'));
}

std::string endpoint::to_string() const {
  if (size_ == 0) return "no address";
  if (is_ip()) {
    const std::string text = address().to_string();
    const std::string number = std::to_string(port());
    return address().is_v6() ? "[" + text + "]:" + number : text + ":" + number;
  }
  if (!is_local()) return "address of family " + std::to_string(static_cast<int>(family()));
  std::string text(path());
  if (text.starts_with('\0')) {
    text.front() = '@';  // zero bytes behind it are part of the name
    return text;
  }
  const bool plain = text.find('/') != std::string::npos && !text.starts_with('@') &&
                     !text.starts_with(local_prefix);
  return plain ? text : std::string(local_prefix) + text;
}

const ::sockaddr& endpoint::native() const noexcept {
  return reinterpret_cast<const ::sockaddr&>(storage_);
}

int endpoint::compare(const endpoint& other) const noexcept {
  if (family() != other.family()) return family() < other.family() ? -1 : 1;
  if (is_ip()) {
    if (const auto order = address() <=> other.address(); order != 0) return order < 0 ? -1 : 1;
    return port() - other.port();
  }
  if (is_local()) return path().compare(other.path());
  const std::size_t common = std::min(size_, other.size_);
  const int order = std::memcmp(storage_.data(), other.storage_.data(), common);
  return order != 0 || size_ == other.size_ ? order : (size_ < other.size_ ? -1 : 1);
}

}  // namespace ouro::inline v0
