// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/connect_pipe.hpp"

#include "ouro/stream/connection.hpp"

namespace ouro::inline v0 {

stream_reader connect_read_pipe(unique_fd readable, std::size_t limit) {
  const transport_ptr beneath =
      detail::make_read_pipe_transport(get_running_loop(), std::move(readable));
  return stream_reader(detail::stream_core_ptr(new detail::stream_core(limit, beneath)));
}

stream_writer connect_write_pipe(unique_fd writable) {
  const transport_ptr beneath =
      detail::make_write_pipe_transport(get_running_loop(), std::move(writable));
  return stream_writer(
      detail::stream_core_ptr(new detail::stream_core(stream_reader::default_limit, beneath)));
}

}  // namespace ouro::inline v0
