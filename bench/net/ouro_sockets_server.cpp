// SPDX-License-Identifier: BSL-1.0
// An echo server on ouro's sockets: a task for each connection, one await for each request.
#include "ouro_server.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <system_error>
#include <utility>

namespace {

using net_bench::server_options;

ouro::task<> echo(ouro::socket peer, std::size_t room) {
  const auto memory = std::make_unique_for_overwrite<std::byte[]>(room);
  const std::span buffer(memory.get(), room);
  try {
    while (const std::size_t received = co_await peer.recv(buffer)) {
      co_await peer.sendall(buffer.first(received));
    }
  } catch (const std::system_error&) {
    // The peer has gone.
  }
}

ouro::task<> serve(server_options options) {
  ouro::socket listener(ouro::unique_fd(net_bench::open_listener(options)));
  net_bench::announce(listener.fd(), options.kind);
  for (;;) {
    ouro::socket peer;
    int error = 0;
    try {
      peer = co_await listener.accept();
    } catch (const std::system_error& failed) {
      error = failed.code().value();
    }
    if (error != 0) {
      co_await net_bench::recover_from_accept(error);
      continue;
    }
    net_bench::set_nodelay(peer.fd(), options.kind);
    ouro::create_task(echo(std::move(peer), options.buffer_size()));
  }
}

}  // namespace

int main(int argc, char** argv) {
  return net_bench::server_main(argc, argv, [](const server_options& options) {
    if (options.kind == net_bench::transport::udp) {
      throw net_bench::bad_option("--udp: ouro_udp_server does that");
    }
    ouro::run(net_bench::serve_until_end(serve(options)));
  });
}
