// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/stream/connection.hpp"
#include "ouro/testing/socket_pair.hpp"

#include <array>

namespace ouro::inline v0::testing {

/// Two ends of a connection, of the running loop, over two sockets of socket_pair(). Does not wait.
///
/// Errors: as socket_pair(); usage_error if no loop runs.
[[nodiscard]] std::array<connection, 2> stream_pair(const socket_pair_options& options = {});

}  // namespace ouro::inline v0::testing
