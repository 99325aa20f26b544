// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/connection.hpp"

#include <utility>

namespace ouro::inline v0::detail {

connection make_connection(transport_ptr beneath, std::size_t limit) {
  stream_core_ptr core(new stream_core(limit, std::move(beneath)));
  stream_writer writer(core);
  return {stream_reader(std::move(core)), std::move(writer)};
}

}  // namespace ouro::inline v0::detail
