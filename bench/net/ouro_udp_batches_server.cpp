// SPDX-License-Identifier: BSL-1.0
// A UDP echo server on ouro's sockets: one task that receives what datagrams are there, and sends
// them back together.
#include "ouro_server.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <system_error>
#include <vector>

namespace {

using net_bench::server_options;

constexpr std::size_t batch = 64;
constexpr std::size_t longest = 65'536;

ouro::task<> echo(ouro::socket& socket) {
  std::vector<std::byte> memory(batch * longest);
  std::array<ouro::datagram_slot, batch> slots;
  std::array<ouro::addressed_datagram, batch> answers;
  for (std::size_t i = 0; i < batch; ++i) {
    slots[i].into = std::span(memory).subspan(i * longest, longest);
  }
  for (;;) {
    try {
      const std::size_t count = co_await socket.recvmmsg(slots);
      for (std::size_t i = 0; i < count; ++i) {
        answers[i] = {slots[i].data(), slots[i].received.sender};
      }
      co_await socket.sendmmsg(std::span(answers).first(count));
    } catch (const std::system_error&) {
      // A client has left before its answer came.
    }
  }
}

ouro::task<> serve(server_options options) {
  ouro::socket socket(ouro::unique_fd(net_bench::open_listener(options)));
  net_bench::announce(socket.fd(), options.kind);
  co_await echo(socket);
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
