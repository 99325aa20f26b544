// SPDX-License-Identifier: BSL-1.0
// An echo server of streams, and two clients of it in the same program.
//
// Shows: start_server, serve_forever, open_connection, stream_reader, stream_writer. asyncio: the
// same names. 12_echo_server does it with sockets.

#include "ouro/ouro.hpp"

#include <array>
#include <cstdio>
#include <span>
#include <string>

// One task for each connection. The buffer is the handler's own: nothing is allocated to receive.
ouro::task<> handle(ouro::stream_reader reader, ouro::stream_writer writer) {
  std::array<std::byte, 4096> buffer;
  while (const std::size_t received = co_await reader.read(buffer)) {  // 0 is the end
    writer.write(std::span(buffer).first(received));
    co_await writer.drain();  // waits while the client does not read
  }
}  // leaving closes the connection

ouro::task<> say(int port, std::string text) {
  auto [reader, writer] = co_await ouro::open_connection("127.0.0.1", port);
  writer.write(text + "\n");
  const std::string line = co_await reader.readline();
  std::printf("back: %s", line.c_str());
  writer.write_eof();  // no more from here; the server's handler ends, and closes
  const std::string rest = co_await reader.read();
  std::printf("then the end, after %zu bytes more\n", rest.size());
}

ouro::task<> amain() {
  auto server = co_await ouro::start_server(handle, "127.0.0.1", 0);
  const int port = server.sockets()[0].local_endpoint().port();
  // A program that is only a server awaits this, until Ctrl-C.
  auto serving = ouro::create_task(server.serve_forever());

  co_await say(port, "hello");
  co_await say(port, "good-bye");

  serving.cancel();
  try {
    co_await serving;
  } catch (const ouro::cancelled_error&) {
    std::puts("server and handlers have ended");
  }
}

int main() { ouro::run(amain()); }
