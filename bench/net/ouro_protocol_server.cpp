// SPDX-License-Identifier: BSL-1.0
// An echo server on ouro's protocols: callbacks, and no task for a connection.
#include "ouro_server.hpp"

#include <utility>

namespace {

using net_bench::server_options;

class echo final : public ouro::protocol {
 public:
  void connection_made(ouro::transport& made) override { peer_ = &made; }
  void data_received(ouro::const_buffer data) override { peer_->write(data); }
  // A peer that sends but does not receive is not listened to either.
  void pause_writing() override { peer_->pause_reading(); }
  void resume_writing() override { peer_->resume_reading(); }

 private:
  ouro::transport* peer_ = nullptr;
};

ouro::task<> serve(server_options options) {
  ouro::socket listening(ouro::unique_fd(net_bench::open_listener(options)));
  const int fd = listening.fd();
  auto server = co_await ouro::get_running_loop().create_server(
      [] { return new echo; }, std::move(listening), {.backlog = 4096});
  net_bench::announce(fd, options.kind);
  co_await server.serve_forever();
}

}  // namespace

int main(int argc, char** argv) {
  return net_bench::server_main(argc, argv, [](const server_options& options) {
    net_bench::run(options, net_bench::serve_until_end(serve(options)));
  });
}
