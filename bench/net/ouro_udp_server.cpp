// SPDX-License-Identifier: BSL-1.0
// A UDP echo server on ouro's sockets: one task that receives a datagram and sends it back.
#include "ouro_server.hpp"

#include <cstddef>
#include <span>
#include <system_error>
#include <vector>

namespace {

using net_bench::server_options;

ouro::task<> echo(ouro::socket& socket, std::size_t room) {
  std::vector<std::byte> buffer(room);
  for (;;) {
    try {
      const ouro::received_datagram got = co_await socket.recvfrom(buffer);
      co_await socket.sendto(std::span(buffer).first(got.size), got.sender);
    } catch (const std::system_error&) {
      // A client has left before its answer came.
    }
  }
}

ouro::task<> serve(server_options options) {
  ouro::socket socket(ouro::unique_fd(net_bench::open_listener(options)));
  net_bench::announce(socket.fd(), options.kind);
  co_await echo(socket, 65'536);
}

}  // namespace

int main(int argc, char** argv) {
  return net_bench::server_main(argc, argv, [](const server_options& options) {
    if (options.kind != net_bench::transport::udp) {
      throw net_bench::bad_option("takes --udp alone");
    }
    net_bench::run(options, net_bench::serve_until_end(serve(options)));
  });
}
