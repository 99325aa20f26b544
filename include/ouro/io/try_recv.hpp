// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/buffer.hpp"
#include "ouro/io/recvfrom.hpp"

#include <cstddef>
#include <optional>

namespace ouro::inline v0 {

/// Receives up to `into.size()` bytes that are there already; empty if there are none. Never waits:
/// it is the plain system call, with or without a loop. Zero means that the peer has shut its side
/// down, or that `into` is empty.
///
/// Errors: std::system_error, with the errno of recv(2).
/// asyncio: none; recv() of a non-blocking socket in Python.
[[nodiscard]] std::optional<std::size_t> try_recv(int fd, mutable_buffer into);

/// Receives a datagram that is there already; empty if there is none. See recvfrom().
///
/// Errors: std::system_error, with the errno of recvfrom(2).
[[nodiscard]] std::optional<received_datagram> try_recvfrom(int fd, mutable_buffer into);

}  // namespace ouro::inline v0
