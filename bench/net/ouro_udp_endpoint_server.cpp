// SPDX-License-Identifier: BSL-1.0
// A UDP echo server on ouro's datagram protocol: datagram_received() sends back what has come.
#include "ouro_server.hpp"

#include <cstddef>
#include <memory>
#include <span>

namespace {

using net_bench::server_options;

class echo final : public ouro::datagram_protocol {
 public:
  void connection_made(ouro::datagram_transport& made) override { transport_ = &made; }
  void datagram_received(std::span<const std::byte> data, const ouro::endpoint& from) override {
    transport_->sendto(data, from);
  }

 private:
  ouro::datagram_transport* transport_ = nullptr;
};

std::unique_ptr<echo> make_echo() { return std::make_unique<echo>(); }

ouro::task<> serve(server_options options) {
  ouro::socket socket(ouro::unique_fd(net_bench::open_listener(options)));
  const int fd = socket.fd();
  const auto made = co_await ouro::create_datagram_endpoint(make_echo, {.sock = &socket});
  net_bench::announce(fd, options.kind);
  co_await ouro::get_running_loop().create_future();
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
