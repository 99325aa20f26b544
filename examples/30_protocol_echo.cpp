// SPDX-License-Identifier: BSL-1.0
// An echo server of callbacks: no coroutine and no task for a connection, only a protocol.
//
// Shows: create_server, create_connection, protocol, transport. asyncio: loop.create_server(),
// loop.create_connection(), Protocol, Transport. Callbacks must not block; streams are simpler
// where one message follows from another.

#include "ouro/ouro.hpp"

#include <cstdio>
#include <exception>
#include <string>

struct echo : ouro::protocol {
  void connection_made(ouro::transport& made) override { peer = &made; }
  void data_received(ouro::const_buffer data) override { peer->write(data); }
  // A client that is done sending is answered to the end; then the connection closes.
  bool eof_received() override { return false; }
  void connection_lost(std::exception_ptr error) override {
    std::printf("server: connection over, %s\n", error ? "broken" : "closed");
  }
  ouro::transport* peer = nullptr;  // lives until connection_lost() has returned
};

struct asker : ouro::protocol {
  void connection_made(ouro::transport& made) override {
    made.write("one, ");
    made.write("two");  // leaves together with the first
    made.write_eof();
  }
  void data_received(ouro::const_buffer data) override { answer += ouro::as_text(data); }
  void connection_lost(std::exception_ptr) override { over.set(); }
  std::string answer;
  ouro::event over;  // how a callback tells a coroutine
};

ouro::task<> amain() {
  ouro::event_loop& loop = ouro::get_running_loop();
  // A factory gives the loop a new protocol for each connection.
  auto server = co_await loop.create_server([] { return new echo; }, "127.0.0.1", 0);
  const int port = server.sockets()[0].local_endpoint().port();

  const auto [transport, protocol] =
      co_await loop.create_connection([] { return new asker; }, "127.0.0.1", port);
  co_await protocol->over.wait();
  std::printf("client: got \"%s\"\n", protocol->answer.c_str());

  server.close();
  co_await server.wait_closed();
  std::puts("server: closed");
}

int main() { ouro::run(amain()); }
