// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/stream/stream_reader.hpp"
#include "ouro/stream/stream_writer.hpp"

#include <cstddef>

namespace ouro::inline v0 {

/// The two halves of a connection: `auto [reader, writer] = co_await ouro::open_connection(…);`
struct connection {
  stream_reader reader;
  stream_writer writer;
};

namespace detail {

/// A connection over `beneath`, which has no face yet.
connection make_connection(transport_ptr beneath, std::size_t limit = stream_reader::default_limit);

}  // namespace detail
}  // namespace ouro::inline v0
