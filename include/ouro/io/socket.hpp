// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/unique_fd.hpp"
#include "ouro/io/accept.hpp"
#include "ouro/io/buffer.hpp"
#include "ouro/io/connect.hpp"
#include "ouro/io/detail/guarded_fd.hpp"
#include "ouro/io/endpoint.hpp"
#include "ouro/io/recv.hpp"
#include "ouro/io/send.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace ouro::inline v0 {

namespace detail {
class socket_accept_operation;
class listener_accept_operation;
}  // namespace detail

/// Which side of a connection shutdown() ends.
enum class shutdown_how { receive, send, both };

/// A socket: one await, one request. It owns its descriptor and closes it when it goes.
///
/// One task may receive while another sends, but no two may do the same: a second recv() or send()
/// beside one that has not ended is a usage_error, because the two would mix up the stream.
/// accept() counts as receiving, connect() and sendall() as sending.
///
/// A socket is not closed under a request: cancel the task that awaits it, and await that task,
/// first. close() and release() throw usage_error while there is a request. The destructor, which
/// cannot throw, reports an error and cancels the request, whose await then throws
/// std::system_error (ECANCELED). Moving a socket is safe at any time.
///
/// asyncio: a socket.socket with loop.sock_recv() and its kin.
class socket {
 public:
  /// No socket: everything but assigning to it fails with EBADF.
  socket() noexcept = default;
  /// Adopts a socket. It need not be non-blocking.
  explicit socket(unique_fd fd) noexcept : fd_(std::move(fd)) {}

  /// A new stream socket: TCP, or UNIX for address_family::local.
  /// Errors: std::system_error, with the errno of socket(2).
  [[nodiscard]] static socket stream(address_family family);
  /// A new TCP socket.
  /// Errors: std::system_error, with the errno of socket(2).
  [[nodiscard]] static socket tcp(address_family family = address_family::ipv4) {
    return stream(family);
  }

  // Requests --------------------------------------------------------------------------------------

  /// Receives up to `into.size()` bytes from the peer.
  ///
  /// Suspends until at least one byte has arrived. Returns the number of bytes received; zero means
  /// that the peer has shut its side down, or that `into` is empty. `into` must stay valid until
  /// the await ends.
  ///
  /// Errors: std::system_error, with the errno of recv(2); usage_error if another task receives.
  /// Cancellation: if cancelled_error or timeout_error is thrown, no byte was taken from the socket.
  /// asyncio: loop.sock_recv_into().
  [[nodiscard]] detail::recv_operation recv(mutable_buffer into) noexcept {
    return {fd(), into, &fd_};
  }

  /// Sends from the beginning of `data` what the socket takes at once, which may be less than all
  /// of it. Suspends until there is room; returns the number of bytes sent. `data` must stay valid
  /// until the await ends.
  ///
  /// Errors: std::system_error, with the errno of send(2); usage_error if another task sends.
  /// Cancellation: if cancelled_error or timeout_error is thrown, no byte was sent.
  [[nodiscard]] detail::send_operation send(const_buffer data) noexcept {
    return {fd(), data, &fd_};
  }
  [[nodiscard]] detail::send_operation send(std::string_view data) noexcept {
    return send(as_buffer(data));
  }

  /// Sends all of `data`. Suspends until the kernel has taken the last byte. `data` must stay valid
  /// until the await ends.
  ///
  /// Errors: std::system_error, with the errno of send(2); usage_error if another task sends.
  /// Cancellation: if cancelled_error or timeout_error is thrown, some bytes may have been sent: the
  /// operation's sent() says how many, see ouro::sendall().
  /// asyncio: loop.sock_sendall().
  [[nodiscard]] detail::sendall_operation sendall(const_buffer data) noexcept {
    return {fd(), data, &fd_};
  }
  [[nodiscard]] detail::sendall_operation sendall(std::string_view data) noexcept {
    return sendall(as_buffer(data));
  }

  /// Connects to `peer`. If it throws, for whatever reason, the socket is closed: a socket that has
  /// failed to connect is of no use.
  ///
  /// Errors: std::system_error, with the errno of connect(2); usage_error, which leaves the socket as
  /// it is, if another task sends or connects.
  /// Cancellation: if cancelled_error or timeout_error is thrown, there is no connection.
  /// asyncio: loop.sock_connect().
  [[nodiscard]] detail::connect_operation connect(const endpoint& peer) noexcept {
    return {fd(), peer, &fd_};
  }

  /// Accepts a connection, if the socket is listening. A `listener` does that better.
  ///
  /// Errors: std::system_error, with the errno of accept(2); usage_error if another task accepts.
  /// Cancellation: if cancelled_error or timeout_error is thrown, no connection was taken: it waits
  /// for the next accept().
  /// asyncio: loop.sock_accept().
  [[nodiscard]] detail::socket_accept_operation accept() noexcept;

  // What does not wait ----------------------------------------------------------------------------

  /// Binds the socket to `local`; port zero lets the kernel choose one.
  /// Errors: std::system_error, with the errno of bind(2).
  void bind(const endpoint& local);

  /// Lets the socket accept connections; as many as `backlog` wait to be accepted.
  /// Errors: std::system_error, with the errno of listen(2).
  void listen(int backlog = 100);

  /// Ends one side of the connection, or both. Ending `send` lets the peer read to the end; ending
  /// `receive` wakes a recv() with zero. Requests may be in flight.
  /// Errors: std::system_error, with the errno of shutdown(2).
  void shutdown(shutdown_how how);

  /// Sets an option that is an int: setsockopt(2).
  /// Errors: std::system_error, with its errno.
  void set_option(int level, int name, int value);
  /// Errors: std::system_error, with the errno of getsockopt(2).
  [[nodiscard]] int get_option(int level, int name) const;

  /// The address of this end. asyncio: the extra information "sockname".
  /// Errors: std::system_error, with the errno of getsockname(2).
  [[nodiscard]] endpoint local_endpoint() const;
  /// The address of the other end. asyncio: the extra information "peername".
  /// Errors: std::system_error, with the errno of getpeername(2); ENOTCONN without a peer.
  [[nodiscard]] endpoint remote_endpoint() const;

  /// The descriptor; -1 if there is none.
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  [[nodiscard]] bool is_open() const noexcept { return fd() >= 0; }

  /// Closes the socket. Does nothing if it is closed.
  /// Errors: usage_error if a request is in flight.
  void close() { fd_.close(); }

  /// Gives the descriptor up without closing it.
  /// Errors: usage_error if a request is in flight.
  [[nodiscard]] unique_fd release() { return unique_fd(fd_.release()); }

 private:
  friend class listener;

  detail::guarded_fd fd_;
};

/// Two UNIX stream sockets that are connected to each other. asyncio: socket.socketpair().
///
/// Errors: std::system_error, with the errno of socketpair(2).
[[nodiscard]] std::array<socket, 2> socket_pair();

namespace detail {

class socket_accept_operation final : public accept_request {
 public:
  socket_accept_operation(int fd, guarded_fd& owner) noexcept
      : accept_request(fd, nullptr, &owner) {}

  socket await_resume() { return socket(take_connection()); }
};

}  // namespace detail

inline detail::socket_accept_operation socket::accept() noexcept { return {fd(), fd_}; }

}  // namespace ouro::inline v0
