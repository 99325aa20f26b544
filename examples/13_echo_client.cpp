// SPDX-License-Identifier: BSL-1.0
//
// Sends a message to an echo server on this machine and prints the answer.
//
//   13_echo_client PORT MESSAGE
//
// Shows: connect, sendall, recv, a deadline. In asyncio: loop.sock_connect(), sock_sendall() and
// sock_recv_into(), inside asyncio.timeout(5).

#include "ouro/ouro.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <span>
#include <string>

using namespace std::chrono_literals;

ouro::task<std::string> ask(ouro::endpoint server, std::string message) {
  const ouro::fail_after deadline(5s);  // for everything awaited below, together
  ouro::socket peer = ouro::socket::tcp();
  co_await peer.connect(server);
  co_await peer.sendall(message);
  peer.shutdown(ouro::shutdown_how::send);  // the server reads to the end, and then closes too

  std::string answer;
  std::array<std::byte, 4096> buffer;
  while (const std::size_t received = co_await peer.recv(buffer)) {
    answer += ouro::as_text(std::span(buffer).first(received));
  }
  co_return answer;
}

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: 13_echo_client PORT MESSAGE\n");
    return 2;
  }
  try {
    const ouro::endpoint server("127.0.0.1", std::atoi(argv[1]));
    std::printf("%s\n", ouro::run(ask(server, argv[2])).c_str());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "13_echo_client: %s\n", error.what());
    return 1;
  }
}
