// SPDX-License-Identifier: BSL-1.0
// An echo server on ouro's streams, as everybody would write it.
#include "ouro_server.hpp"

#include <cstddef>
#include <memory>
#include <span>

namespace {

ouro::task<> echo(ouro::stream_reader reader, ouro::stream_writer writer, std::size_t room) {
  const auto memory = std::make_unique_for_overwrite<std::byte[]>(room);
  const std::span buffer(memory.get(), room);
  while (const std::size_t received = co_await reader.read(buffer)) {
    writer.write(buffer.first(received));
    co_await writer.drain();
  }
}

}  // namespace

int main(int argc, char** argv) {
  return net_bench::serve_streams(argc, argv, echo);
}
