// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/loop/event_loop.hpp"
#include "ouro/stream/transport.hpp"

#include "memory_connection.hpp"

#include <memory>

namespace ouro::inline v0::detail {

/// A transport over one side of `shared`.
transport_ptr make_memory_transport(event_loop& loop, std::shared_ptr<memory_connection> shared,
                                    std::size_t side);

}  // namespace ouro::inline v0::detail
