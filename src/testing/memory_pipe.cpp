// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/memory_pipe.hpp"

#include "ouro/loop/event_loop.hpp"

#include "memory_connection.hpp"
#include "memory_transport.hpp"

#include <memory>
#include <stdexcept>

namespace ouro::inline v0::testing {

std::array<connection, 2> memory_pipe(const memory_pipe_options& options) {
  if (options.max_chunk == 0) throw std::invalid_argument("memory_pipe(): max_chunk is zero");
  if (options.capacity == 0) throw std::invalid_argument("memory_pipe(): capacity is zero");
  if (options.limit == 0) throw std::invalid_argument("memory_pipe(): limit is zero");
  if (options.latency < duration::zero()) {
    throw std::invalid_argument("memory_pipe(): latency is negative");
  }
  event_loop& loop = get_running_loop();
  const auto shared = std::make_shared<detail::memory_connection>(options);
  const auto end = [&](std::size_t side) {
    return detail::make_connection(detail::make_memory_transport(loop, shared, side),
                                   options.limit);
  };
  std::array<connection, 2> ends{end(0), end(1)};
  if (options.reset_after == 0U) shared->reset(loop.time());
  return ends;
}

}  // namespace ouro::inline v0::testing
