// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/unique_fd.hpp"
#include "ouro/stream/transport.hpp"

namespace ouro::inline v0::detail {

/// A transport over what can be read: a pipe, a FIFO, a terminal, a file.
/// Errors: usage_error as call_soon().
transport_ptr make_read_pipe_transport(event_loop& loop, unique_fd readable);

/// A transport over what can be written to. It is closed when nobody reads any more.
/// Errors: usage_error as call_soon().
transport_ptr make_write_pipe_transport(event_loop& loop, unique_fd writable);

}  // namespace ouro::inline v0::detail
