// SPDX-License-Identifier: BSL-1.0
//
// Sends back whatever each client sends, to any number of clients at a time.
//
//   12_echo_server [PORT]       no port, or 0: any that is free
//   nc 127.0.0.1 PORT           in another terminal; Ctrl-C here ends the server
//
// Shows: listener, socket, create_task, Ctrl-C. In asyncio: loop.sock_accept(), sock_recv_into() and
// sock_sendall(), a task for each connection, and KeyboardInterrupt around asyncio.run().

#include "ouro/ouro.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <span>
#include <system_error>
#include <utility>

// The socket is a parameter: it lives in the coroutine, and is closed when that ends.
ouro::task<> echo(ouro::socket peer) {
  std::array<std::byte, 4096> buffer;
  try {
    while (const std::size_t received = co_await peer.recv(buffer)) {
      co_await peer.sendall(std::span(buffer).first(received));
    }
  } catch (const std::system_error& error) {
    std::fprintf(stderr, "peer lost: %s\n", error.what());
  }
}

ouro::task<> serve(int port) {
  auto listener = ouro::listener::local(port);
  std::printf("listening on %s\n", listener.local_endpoint().to_string().c_str());
  std::fflush(stdout);
  for (;;) {
    ouro::socket peer = co_await listener.accept();
    ouro::create_task(echo(std::move(peer)));  // runs on its own; the loop owns it
  }
}

int main(int argc, char** argv) {
  try {
    ouro::run(serve(argc > 1 ? std::atoi(argv[1]) : 0));
  } catch (const ouro::keyboard_interrupt&) {
    return 130;  // by now every task has been cancelled and every socket closed
  } catch (const std::exception& error) {
    std::fprintf(stderr, "12_echo_server: %s\n", error.what());
    return 1;
  }
}
