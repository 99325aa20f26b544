// SPDX-License-Identifier: BSL-1.0
// An echo server on ouro's streams that sends from the memory it has received into.
#include "ouro_server.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace {

ouro::task<> echo(ouro::stream_reader reader, ouro::stream_writer writer, std::size_t room) {
  std::vector<std::byte> buffer(room);
  while (const std::size_t received = co_await reader.read(buffer)) {
    co_await writer.write_all(std::span(buffer).first(received));
  }
}

}  // namespace

int main(int argc, char** argv) { return net_bench::serve_streams(argc, argv, echo); }
