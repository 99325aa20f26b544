// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/endpoint.hpp"
#include "ouro/io/socket.hpp"

#include <type_traits>

namespace ouro::inline v0 {

/// Options of a listener; the defaults are those of asyncio's start_server().
struct listener_options {
  /// How many connections may wait to be accepted. The kernel has a limit of its own
  /// (net.core.somaxconn).
  int backlog = 100;
  /// Lets a server be restarted at once, while connections of its predecessor are not forgotten
  /// yet.
  bool reuse_address = true;
  /// Lets several sockets, each with this option, listen on the same port: the kernel shares the
  /// connections out.
  bool reuse_port = false;
};
static_assert(std::is_trivially_destructible_v<listener_options>);

/// A socket that accepts connections.
///
///     ouro::listener listener(ouro::endpoint("0.0.0.0", 7777));
///     for (;;) ouro::create_task(serve(co_await listener.accept()));
///
/// asyncio: what start_server() makes; a Server is a layer above.
class listener {
 public:
  /// Listens on `local`; port zero lets the kernel choose one, which local_endpoint() tells. An
  /// IPv6 listener takes no IPv4 connections. The path of a UNIX socket must not exist, and stays
  /// when the listener goes.
  ///
  /// Errors: std::system_error, with the errno and the name of the call that failed: socket, bind or
  /// listen; EADDRINUSE if the port is taken.
  explicit listener(const endpoint& local, const listener_options& options = {});

  /// Listens on 127.0.0.1, which no other machine reaches; zero lets the kernel choose the port.
  /// Errors: as the constructor; std::invalid_argument if `port` is not 0 to 65535.
  [[nodiscard]] static listener local(int port = 0, const listener_options& options = {});

  /// Accepts a connection; suspends until there is one. A connection that has failed before it
  /// could be accepted (ECONNABORTED and the like) is skipped. One task at a time.
  ///
  /// Errors: std::system_error, with the errno of accept(2): EMFILE, ENFILE, ENOBUFS or ENOMEM if there
  /// is no room for one more: the connection waits, so try again after a pause; usage_error if
  /// another task accepts.
  /// Cancellation: if cancelled_error or timeout_error is thrown, no connection was taken: it waits for
  /// the next accept().
  /// asyncio: loop.sock_accept().
  [[nodiscard]] detail::listener_accept_operation accept() noexcept;

  /// Where it listens, with the real port.
  /// Errors: std::system_error, with the errno of getsockname(2).
  [[nodiscard]] endpoint local_endpoint() const { return socket_.local_endpoint(); }

  [[nodiscard]] int fd() const noexcept { return socket_.fd(); }
  [[nodiscard]] bool is_open() const noexcept { return socket_.is_open(); }

  /// Stops listening; connections that were not accepted are reset. As with any socket, not under
  /// an accept(), and the destructor reports one.
  /// Errors: usage_error if an accept() is in flight.
  void close() { socket_.close(); }

 private:
  socket socket_;
};

namespace detail {

class listener_accept_operation final : public accept_request {
 public:
  listener_accept_operation(int fd, guarded_fd& owner) noexcept
      : accept_request(fd, nullptr, &owner) {}

  socket await_resume() { return socket(take_connection()); }

 private:
  void on_complete(int result, unsigned flags) noexcept override;
};

}  // namespace detail

inline detail::listener_accept_operation listener::accept() noexcept {
  return {socket_.fd(), socket_.fd_};
}

}  // namespace ouro::inline v0
