// SPDX-License-Identifier: BSL-1.0
// Connections over socket pairs to test with.
#pragma once

#include "ouro/stream/connection.hpp"
#include "ouro/stream/detail/block_pool.hpp"
#include "ouro/stream/socket_transport.hpp"
#include "ouro/testing/socket_pair.hpp"

#include "tests/io/io_fixture.hpp"

#include <string>
#include <utility>
#include <vector>

namespace stream_test {

using namespace io_test;
using namespace ouro::testing;

inline ouro::transport_ptr over(ouro::socket connected) {
  return ouro::detail::make_socket_transport(ouro::get_running_loop(), std::move(connected));
}

/// A connection whose peer is a bare socket.
struct half_pair {
  ouro::connection near;
  ouro::socket far;
};
inline half_pair connect_socket(const socket_pair_options& options = {},
                                std::size_t limit = ouro::stream_reader::default_limit) {
  auto ends = socket_pair(options);
  return {ouro::detail::make_connection(over(std::move(ends[0])), limit), std::move(ends[1])};
}

/// Two connections with each other.
struct full_pair {
  ouro::connection near;
  ouro::connection far;
};
inline full_pair connect_both(const socket_pair_options& options = {}) {
  auto ends = socket_pair(options);
  return {ouro::detail::make_connection(over(std::move(ends[0]))),
          ouro::detail::make_connection(over(std::move(ends[1])))};
}

/// Bytes that show where one is missing.
inline std::string pattern(std::size_t size, unsigned seed = 1) {
  std::string text(size, '\0');
  for (char& each : text) {
    seed = seed * 1103515245 + 12345;
    each = static_cast<char>('a' + (seed >> 16) % 26);
  }
  return text;
}

inline std::string text_of(ouro::const_buffer data) {
  return std::string(reinterpret_cast<const char*>(data.data()), data.size());
}

/// All that this thread's pool keeps: what is given to it from now on is all that it keeps.
inline std::vector<ouro::detail::block> empty_block_pool() {
  std::vector<ouro::detail::block> all;
  for (const std::size_t size : {std::size_t{4096}, std::size_t{16384}, std::size_t{65536}}) {
    for (std::size_t before = 0; before != ouro::detail::block::kept();) {
      before = ouro::detail::block::kept();
      all.push_back(ouro::detail::block::of(size));
    }
  }
  return all;
}

}  // namespace stream_test
