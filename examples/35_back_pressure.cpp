// SPDX-License-Identifier: BSL-1.0
// A sender that is faster than its reader: drain() holds it up, so that the buffer stays small.
//
// Shows: drain, set_write_buffer_limits, get_write_buffer_size. asyncio: the same names. Without
// the drain() everything would be buffered, up to the cap of the limits.

#include "ouro/ouro.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>

using namespace std::chrono_literals;

constexpr std::size_t total = 20'000'000;

/// What the two sides saw.
struct tally {
  std::size_t largest_buffer = 0;
  std::size_t sent_before_anybody_read = 0;
  ouro::event start_reading;
};

ouro::task<> produce(ouro::stream_writer& writer, tally& seen) {
  writer.transport().set_write_buffer_limits({.high = 64 * 1024});
  const std::string block(10'000, 'x');
  for (std::size_t sent = 0; sent < total; sent += block.size()) {
    writer.write(block);
    seen.largest_buffer = std::max(seen.largest_buffer, writer.transport().get_write_buffer_size());
    co_await writer.drain();  // returns at once while no more than `high` is buffered
    if (!seen.start_reading.is_set()) seen.sent_before_anybody_read = sent;
  }
  writer.write_eof();
}

ouro::task<std::size_t> consume(ouro::stream_reader& reader, tally& seen) {
  co_await seen.start_reading.wait();  // nobody reads, so nothing is received: the peer is held up
  std::size_t received = 0;
  while (const std::size_t size = (co_await reader.read_view()).size()) received += size;
  co_return received;
}

ouro::task<> amain() {
  tally seen;
  auto handle = [&seen](ouro::stream_reader, ouro::stream_writer writer) -> ouro::task<> {
    co_await produce(writer, seen);
  };
  auto server = co_await ouro::start_server(handle, "127.0.0.1", 0);
  const int port = server.sockets()[0].local_endpoint().port();
  auto [reader, writer] = co_await ouro::open_connection("127.0.0.1", port);
  ouro::get_running_loop().call_later(100ms, [&seen] { seen.start_reading.set(); });
  const std::size_t received = co_await consume(reader, seen);
  std::printf("received %zu\n", received);
  std::printf("held up: %s\n", seen.sent_before_anybody_read < total - 10'000 ? "yes" : "no");
  std::printf("never more than 80 KB buffered: %s\n", seen.largest_buffer < 80'000 ? "yes" : "no");
}

int main() { ouro::run(amain()); }
