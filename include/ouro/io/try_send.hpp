// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/buffer.hpp"
#include "ouro/io/endpoint.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace ouro::inline v0 {

/// Sends from the beginning of `data` what the socket takes at once, and returns how much that was;
/// empty if it has no room. Never waits: it is the plain system call, with or without a loop. Never
/// raises SIGPIPE.
///
/// Errors: std::system_error, with the errno of send(2).
/// asyncio: none; send() of a non-blocking socket in Python.
[[nodiscard]] std::optional<std::size_t> try_send(int fd, const_buffer data);
[[nodiscard]] inline std::optional<std::size_t> try_send(int fd, std::string_view data) {
  return try_send(fd, as_buffer(data));
}

/// Sends `data` as one datagram to `to`; empty if the socket has no room. See sendto().
///
/// Errors: std::system_error, with the errno of sendto(2).
[[nodiscard]] std::optional<std::size_t> try_sendto(int fd, const_buffer data, const endpoint& to);
[[nodiscard]] inline std::optional<std::size_t> try_sendto(int fd, std::string_view data,
                                                           const endpoint& to) {
  return try_sendto(fd, as_buffer(data), to);
}

}  // namespace ouro::inline v0
