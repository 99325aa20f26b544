// SPDX-License-Identifier: BSL-1.0
// Servers whose handlers work on sockets.
#pragma once

#include "ouro/io/socket.hpp"
#include "ouro/net/detail/listening_sockets.hpp"
#include "ouro/net/detail/server_core.hpp"
#include "ouro/net/server.hpp"
#include "ouro/testing/advance.hpp"

#include "tests/io/io_fixture.hpp"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace net_test {

using namespace io_test;

/// A connection as its server sees it: closing it ends the handler's recv().
struct connection final : ouro::detail::server_client {
  connection(ouro::detail::server_core& server, ouro::socket accepted)
      : server_client(&server), socket(std::move(accepted)) {}
  void close() noexcept override { static_cast<void>(!::shutdown(socket.fd(), SHUT_RDWR)); }
  void abort() noexcept override {
    aborted = true;
    close();
  }

  ouro::socket socket;
  bool aborted = false;
};

using handler = std::function<ouro::task<>(connection&)>;

/// Destroys the connection when its handler has ended.
inline ouro::task<> serve(std::unique_ptr<connection> client, handler handle) {
  auto running = handle(*client);
  co_await std::move(running);
}

class handling final : public ouro::detail::connection_acceptor {
 public:
  explicit handling(handler handle) : handle_(std::move(handle)) {}

 private:
  void on_connection(ouro::detail::server_core& server, ouro::socket accepted,
                     const ouro::endpoint&) override {
    server.spawn(serve(std::make_unique<connection>(server, std::move(accepted)), handle_),
                 "handler");
  }

  handler handle_;
};

inline ouro::server serve_at(const std::vector<ouro::endpoint>& at, handler handle,
                             const ouro::server_options& options = {}) {
  return ouro::detail::make_server(ouro::get_running_loop(),
                                   ouro::detail::bind_endpoints(at, options), options,
                                   ouro::detail::make_owned<handling>(std::move(handle)));
}

/// A server on a free port of 127.0.0.1.
inline ouro::server serve_locally(handler handle, const ouro::server_options& options = {}) {
  return serve_at({ouro::endpoint("127.0.0.1", 0)}, std::move(handle), options);
}

inline ouro::endpoint address_of(const ouro::server& server) {
  return server.sockets()[0].local_endpoint();
}

inline ouro::task<ouro::socket> connect_to(ouro::endpoint at) {
  ouro::socket client = ouro::socket::stream(at.family());
  co_await client.connect(at);
  co_return client;
}

inline ouro::task<std::string> receive(ouro::socket& from) {
  std::string received(64, '\0');
  received.resize(co_await from.recv(std::as_writable_bytes(std::span(received))));
  co_return received;
}

/// How connecting ends: "connected" or the errno.
inline ouro::task<std::string> try_connect(ouro::endpoint at) {
  try {
    co_await connect_to(at);
  } catch (const std::system_error& error) {
    co_return std::to_string(error.code().value());
  }
  co_return "connected";
}

/// Echoes until the client has finished.
inline ouro::task<> echo(connection& client) {
  for (;;) {
    const std::string text = co_await receive(client.socket);
    if (text.empty()) co_return;
    co_await client.socket.sendall(text);
  }
}

/// Waits for ever.
inline ouro::task<> hang(connection&) { co_await ouro::sleep(24h); }

}  // namespace net_test
