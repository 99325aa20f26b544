// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/stream/transport.hpp"
#include "ouro/task/task.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <type_traits>

namespace ouro::inline v0 {

/// Which part of a file to send, and how.
struct sendfile_options {
  /// Where in the file to begin.
  std::int64_t offset = 0;
  /// How many bytes; nothing: to the end of the file.
  std::optional<std::size_t> count = std::nullopt;
  /// Whether to read and write where the kernel cannot move the bytes by itself.
  bool fallback = true;
};
static_assert(std::is_trivially_destructible_v<sendfile_options>);

/// The kernel cannot send this file over this transport by itself, and no fallback was wanted.
/// asyncio: SendfileNotAvailableError.
class sendfile_not_available_error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Sends a part of a file over a transport, after everything written before and before everything
/// written later, without copying it through the program where the kernel can do that (splice(2),
/// from a file to a socket). Suspends until the last byte is sent, or buffered if it was copied.
/// Returns the number of bytes, which is less than asked for if the file ends before. `file` must
/// stay open until the await ends; its position is neither used nor moved.
///
/// Errors: what broke the connection; std::system_error, with the errno of read(2) or splice(2), when
/// the file fails; sendfile_not_available_error; usage_error if the transport is closing;
/// std::invalid_argument if the offset is negative.
/// Cancellation: if cancelled_error or timeout_error is thrown, any number of bytes from the
/// beginning of the part may have been sent.
/// asyncio: loop.sendfile().
[[nodiscard]] task<std::size_t> sendfile(transport& over, int file, sendfile_options options = {});

/// The same over a socket that has no transport, which no other task may send on meanwhile.
/// asyncio: loop.sock_sendfile().
[[nodiscard]] task<std::size_t> sock_sendfile(socket& over, int file,
                                              sendfile_options options = {});

}  // namespace ouro::inline v0
