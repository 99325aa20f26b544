// SPDX-License-Identifier: BSL-1.0
// Echo servers on Boost.Asio: with coroutines, or with --callbacks. Options and output as those of
// bench/net/server.hpp.
#include "../../net/server.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
using asio::use_awaitable;
using boost::system::error_code;
using net_bench::server_options;

template <class Socket>
void set_up(Socket& socket, const server_options& options) {
  net_bench::set_nodelay(socket.native_handle(), options.kind);
}

template <class Protocol>
asio::awaitable<void> echo(typename Protocol::socket socket, std::size_t room) {
  const auto memory = std::make_unique_for_overwrite<char[]>(room);
  const auto buffer = asio::buffer(memory.get(), room);
  try {
    for (;;) {
      const std::size_t size = co_await socket.async_read_some(buffer, use_awaitable);
      co_await asio::async_write(socket, asio::buffer(buffer, size), use_awaitable);
    }
  } catch (const boost::system::system_error&) {
    // The client has left.
  }
}

template <class Protocol>
asio::awaitable<void> accept(typename Protocol::acceptor& acceptor, const server_options& options) {
  for (;;) {
    auto socket = co_await acceptor.async_accept(use_awaitable);
    set_up(socket, options);
    asio::co_spawn(acceptor.get_executor(),
                   echo<Protocol>(std::move(socket), options.buffer_size()), asio::detached);
  }
}

template <class Protocol>
class session : public std::enable_shared_from_this<session<Protocol>> {
 public:
  session(typename Protocol::socket socket, std::size_t room)
      : socket_(std::move(socket)),
        memory_(std::make_unique_for_overwrite<char[]>(room)),
        buffer_(asio::buffer(memory_.get(), room)) {}

  void read() {
    socket_.async_read_some(buffer_,
                            [self = this->shared_from_this()](error_code error, std::size_t size) {
                              if (!error) self->write(size);
                            });
  }

 private:
  void write(std::size_t size) {
    asio::async_write(socket_, asio::buffer(buffer_, size),
                      [self = this->shared_from_this()](error_code error, std::size_t) {
                        if (!error) self->read();
                      });
  }

  typename Protocol::socket socket_;
  std::unique_ptr<char[]> memory_;
  asio::mutable_buffer buffer_;
};

template <class Protocol>
void accept_with_callbacks(typename Protocol::acceptor& acceptor, const server_options& options) {
  acceptor.async_accept([&](error_code error, typename Protocol::socket socket) {
    if (!error) {
      set_up(socket, options);
      std::make_shared<session<Protocol>>(std::move(socket), options.buffer_size())->read();
    }
    if (error != asio::error::operation_aborted) accept_with_callbacks<Protocol>(acceptor, options);
  });
}

asio::awaitable<void> echo_datagrams(asio::ip::udp::socket& socket) {
  std::vector<char> buffer(65536);
  asio::ip::udp::endpoint peer;
  for (;;) {
    try {
      const std::size_t size =
          co_await socket.async_receive_from(asio::buffer(buffer), peer, use_awaitable);
      co_await socket.async_send_to(asio::buffer(buffer.data(), size), peer, use_awaitable);
    } catch (const boost::system::system_error& error) {
      if (error.code() == asio::error::operation_aborted) throw;
    }
  }
}

template <class Protocol>
void serve_streams(asio::io_context& context, const server_options& options,
                   const Protocol& protocol, bool callbacks) {
  const int listener = net_bench::open_listener(options);
  typename Protocol::acceptor acceptor(context, protocol, listener);
  net_bench::announce(listener, options.kind);
  if (callbacks) {
    accept_with_callbacks<Protocol>(acceptor, options);
  } else {
    asio::co_spawn(context, accept<Protocol>(acceptor, options), asio::detached);
  }
  context.run();
}

void serve(const server_options& options, bool callbacks) {
  asio::io_context context(1);
  asio::signal_set signals(context, SIGTERM, SIGINT);
  signals.async_wait([&](error_code, int) { context.stop(); });
  if (options.kind == net_bench::transport::tcp) {
    serve_streams(context, options, asio::ip::tcp::v4(), callbacks);
  } else if (options.kind == net_bench::transport::unix_stream) {
    serve_streams(context, options, asio::local::stream_protocol(), callbacks);
  } else {
    const int fd = net_bench::open_listener(options);
    asio::ip::udp::socket socket(context, asio::ip::udp::v4(), fd);
    net_bench::announce(fd, options.kind);
    asio::co_spawn(context, echo_datagrams(socket), asio::detached);
    context.run();
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bool callbacks = argc > 1 && std::strcmp(argv[1], "--callbacks") == 0;
  if (callbacks) {
    --argc;
    ++argv;
  }
  return net_bench::server_main(argc, argv,
                                [&](const server_options& options) { serve(options, callbacks); });
}
