// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/time.hpp"
#include "ouro/stream/connection.hpp"
#include "ouro/stream/stream_reader.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>

namespace ouro::inline v0::testing {

struct memory_pipe_options {
  /// Each time 1 to so many bytes are received, by chance; the rest comes in a later turn.
  std::size_t max_chunk = std::numeric_limits<std::size_t>::max();
  /// The same seed gives the same chunks.
  std::uint64_t seed = 0;
  /// How long bytes and the end are on their way, on the clock of the loop.
  duration latency = duration::zero();
  /// How many bytes may be on their way in each direction, as in the buffers of two sockets. What
  /// is written beyond that waits in the transport of the writer, and counts for its limits.
  std::size_t capacity = 65536;
  /// Resets the connection once so many bytes have been received in one direction.
  std::optional<std::size_t> reset_after = std::nullopt;
  /// The limit of both readers.
  std::size_t limit = stream_reader::default_limit;
};
static_assert(std::is_trivially_destructible_v<memory_pipe_options>);

/// Two ends of a connection in memory, of the running loop: what is written to one is read from the
/// other. They are streams over transports like any other, but need no kernel, keep to the virtual
/// clock, and make short reads, delays and resets easy to have.
///
/// The two behave as UNIX sockets do: who closes with bytes unread resets the peer, who writes to a
/// closed peer gets EPIPE.
///
/// Errors: std::invalid_argument if `max_chunk`, `capacity` or `limit` is zero or `latency`
/// negative; usage_error if no loop runs.
[[nodiscard]] std::array<connection, 2> memory_pipe(const memory_pipe_options& options = {});

}  // namespace ouro::inline v0::testing
