// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/socket.hpp"

#include <array>
#include <optional>
#include <type_traits>

namespace ouro::inline v0::testing {

struct socket_pair_options {
  /// UNIX sockets, or TCP over 127.0.0.1.
  enum class pair_type { local, tcp } type = pair_type::local;
  /// SO_SNDBUF and SO_RCVBUF of both sockets, in bytes: small ones make partial sends and stalls.
  /// The kernel doubles them and has a lower limit.
  std::optional<int> send_buffer = std::nullopt;
  std::optional<int> receive_buffer = std::nullopt;

  static constexpr pair_type local = pair_type::local;
  static constexpr pair_type tcp = pair_type::tcp;
};
static_assert(std::is_trivially_destructible_v<socket_pair_options>);

/// Two stream sockets that are connected to each other: ouro::socket_pair() with options. Does not
/// wait.
///
/// Errors: std::system_error, with the errno of the call that failed.
[[nodiscard]] std::array<socket, 2> socket_pair(const socket_pair_options& options = {});

}  // namespace ouro::inline v0::testing
