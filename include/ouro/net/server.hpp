// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/intrusive_ptr.hpp"
#include "ouro/base/owned.hpp"
#include "ouro/base/time.hpp"
#include "ouro/io/socket.hpp"
#include "ouro/loop/fwd.hpp"
#include "ouro/net/server_options.hpp"
#include "ouro/task/task.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace ouro::inline v0 {

class server;

namespace detail {
class connection_acceptor;
class server_core;

/// A server of `loop` that gives what it accepts from `bound` to `connections`. It serves already
/// if the options say so.
/// Errors: usage_error if there is no socket, or one is no stream socket; std::system_error, with the
/// errno of listen(2).
server make_server(event_loop& loop, std::vector<socket> bound, const server_options& options,
                   detail::owned<connection_acceptor> connections);
}  // namespace detail

/// Accepts connections and has each of them served, until it is closed. The object is a handle: its
/// destructor is close(), and the connections live on. Made by start_server() and its kin.
///
/// A connection lasts until its transport is closed and its handler has ended. Where this waits for
/// connections, a handler that waits does not wait for its own.
///
/// asyncio: Server.
class [[nodiscard]] server {
 public:
  /// No server: it counts as closed, and has nothing to wait for.
  server() noexcept;
  server(server&& other) noexcept;
  server& operator=(server&& other) noexcept;
  ~server();

  /// Stops accepting; the connections go on. The listening sockets are closed within the next turn
  /// of the loop, and who waits in the backlog is reset. Ends serve_forever() with cancelled_error.
  /// Does nothing if it is closed. asyncio: Server.close().
  void close() noexcept;

  /// Begins to accept connections; does nothing if it has begun. Suspends for one turn.
  /// Errors: usage_error if it is closed; std::system_error, with the errno of listen(2), such as
  /// EADDRINUSE. asyncio: Server.start_serving().
  [[nodiscard]] task<> start_serving();

  /// Serves until the task is cancelled. Then it closes the server, ends the connections by
  /// shutdown() with the option shutdown_grace, and throws cancelled_error. If close() is called
  /// meanwhile it waits for the connections to end and then throws cancelled_error too.
  ///
  /// Errors: usage_error if it is closed, or another task is in serve_forever(); std::system_error as
  /// start_serving().
  /// Cancellation: as told; a second one while it ends the connections does not wait for them any
  /// longer. So does a deadline that has expired.
  /// asyncio: Server.serve_forever(), which leaves the handlers to themselves.
  [[nodiscard]] task<> serve_forever();

  /// Whether it accepts connections.
  [[nodiscard]] bool is_serving() const noexcept;

  /// The listening sockets, for their local_endpoint(); none once it is closed. Valid until then.
  [[nodiscard]] std::span<const socket> sockets() const noexcept;

  /// Errors: usage_error if this is no server. asyncio: Server.get_loop().
  [[nodiscard]] event_loop& get_loop() const;

  /// Waits until it is closed and the last connection has ended.
  /// Cancellation: throws cancelled_error; nothing has changed. asyncio: Server.wait_closed().
  [[nodiscard]] task<> wait_closed();

  /// Closes all connections; what was written is still sent. asyncio: Server.close_clients().
  void close_clients() noexcept;
  /// Closes all connections at once. asyncio: Server.abort_clients().
  void abort_clients() noexcept;

  /// Ends the server and its connections. Stops accepting, and lets the handlers finish for
  /// `grace`; std::nullopt is for ever, zero and less not at all. Who is left then is forced: the
  /// handlers are cancelled, and connections without one are closed; after a second the sockets are
  /// aborted; and it does not wait more than one second for what is left even then. Returns how
  /// many connections were forced.
  ///
  /// Cancellation: each one ends the wait that it finds, as if its time had passed; cancelled_error
  /// or timeout_error is thrown at the end.
  /// asyncio: no counterpart; close(), wait_for(wait_closed()), close_clients(), abort_clients().
  [[nodiscard]] task<std::size_t> shutdown(optional_duration grace);
  template <class Rep, class Period>
  [[nodiscard]] task<std::size_t> shutdown(std::chrono::duration<Rep, Period> grace) {
    return shutdown(optional_duration(detail::to_duration(grace)));
  }

  explicit operator bool() const noexcept { return static_cast<bool>(core_); }

 private:
  friend server detail::make_server(event_loop& loop, std::vector<socket> bound,
                                    const server_options& options,
                                    detail::owned<detail::connection_acceptor> connections);
  explicit server(detail::intrusive_ptr<detail::server_core> core) noexcept;

  detail::intrusive_ptr<detail::server_core> core_;  // null if it is no server
};

}  // namespace ouro::inline v0
