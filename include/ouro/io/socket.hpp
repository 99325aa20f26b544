// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/unique_fd.hpp"
#include "ouro/io/accept.hpp"
#include "ouro/io/buffer.hpp"
#include "ouro/io/connect.hpp"
#include "ouro/io/detail/guarded_fd.hpp"
#include "ouro/io/endpoint.hpp"
#include "ouro/io/recv.hpp"
#include "ouro/io/recvfrom.hpp"
#include "ouro/io/recvmmsg.hpp"
#include "ouro/io/recvmsg.hpp"
#include "ouro/io/send.hpp"
#include "ouro/io/sendmmsg.hpp"
#include "ouro/io/sendmsg.hpp"
#include "ouro/io/sendto.hpp"
#include "ouro/io/socket_option.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
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
/// accept() and all that begins with recv count as receiving, connect() and all that begins with
/// send as sending, also by try_.
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
  /// A new datagram socket: UDP, or UNIX for address_family::local. connect() gives it one peer,
  /// for recv() and send().
  /// Errors: std::system_error, with the errno of socket(2).
  [[nodiscard]] static socket datagram(address_family family);
  /// A new UDP socket.
  /// Errors: std::system_error, with the errno of socket(2).
  [[nodiscard]] static socket udp(address_family family = address_family::ipv4) {
    return datagram(family);
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

  /// Receives a datagram of up to `into.size()` bytes, and tells who has sent it. What does not fit
  /// is lost, as `truncated` tells. Suspends until there is one, which may be empty. `into` must
  /// stay valid until the await ends.
  ///
  /// Errors: std::system_error, with the errno of recvfrom(2); usage_error if another task receives.
  /// Cancellation: if cancelled_error or timeout_error is thrown, no datagram was taken.
  /// asyncio: loop.sock_recvfrom_into().
  [[nodiscard]] detail::recvfrom_operation recvfrom(mutable_buffer into) noexcept {
    return {fd(), into, &fd_};
  }

  /// Sends `data`, which may be empty, as one datagram to `to`. Suspends until there is room;
  /// returns the number of bytes sent. `data` must stay valid until the await ends.
  ///
  /// Errors: std::system_error, with the errno of sendto(2); usage_error if another task sends.
  /// Cancellation: if cancelled_error or timeout_error is thrown, nothing was sent.
  /// asyncio: loop.sock_sendto().
  [[nodiscard]] detail::sendto_operation sendto(const_buffer data, const endpoint& to) noexcept {
    return {fd(), data, to, &fd_};
  }
  [[nodiscard]] detail::sendto_operation sendto(std::string_view data,
                                                const endpoint& to) noexcept {
    return sendto(as_buffer(data), to);
  }

  /// Receives a message into several buffers, with descriptors and whatever else comes beside its
  /// bytes. See ouro::recvmsg(). Errors: usage_error too if another task receives.
  [[nodiscard]] detail::recvmsg_operation recvmsg(std::span<const mutable_buffer> into,
                                                  const recvmsg_options& options = {}) {
    return {fd(), detail::buffer_list(into), options, &fd_};
  }
  [[nodiscard]] detail::recvmsg_operation recvmsg(mutable_buffer into,
                                                  const recvmsg_options& options = {}) {
    return {fd(), detail::buffer_list(into), options, &fd_};
  }

  /// Sends several buffers as one message, with descriptors and whatever else is to go beside its
  /// bytes. See ouro::sendmsg(). Errors: usage_error too if another task sends.
  [[nodiscard]] detail::sendmsg_operation sendmsg(std::span<const const_buffer> data,
                                                  const sendmsg_options& options = {}) {
    return {fd(), detail::buffer_list(data), options, &fd_};
  }
  [[nodiscard]] detail::sendmsg_operation sendmsg(const_buffer data,
                                                  const sendmsg_options& options = {}) {
    return {fd(), detail::buffer_list(data), options, &fd_};
  }
  [[nodiscard]] detail::sendmsg_operation sendmsg(std::string_view data,
                                                  const sendmsg_options& options = {}) {
    return sendmsg(as_buffer(data), options);
  }

  /// Receives as many datagrams as are there, one into each slot. See ouro::recvmmsg().
  /// Errors: usage_error too if another task receives.
  [[nodiscard]] detail::recvmmsg_operation recvmmsg(std::span<datagram_slot> slots) noexcept {
    return {fd(), slots, &fd_};
  }

  /// Sends many datagrams in their order; tells how many were sent also if it is cancelled. See
  /// ouro::sendmmsg(). Errors: usage_error too if another task sends.
  [[nodiscard]] detail::sendmmsg_operation sendmmsg(
      std::span<const addressed_datagram> datagrams) noexcept {
    return {fd(), datagrams, &fd_};
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

  /// What is there already, or nothing if there is none: see ouro::try_recv() and try_recvfrom().
  /// Errors: std::system_error, with the errno of the call; usage_error if another task receives.
  [[nodiscard]] std::optional<std::size_t> try_recv(mutable_buffer into);
  [[nodiscard]] std::optional<received_datagram> try_recvfrom(mutable_buffer into);

  /// Sends what the socket takes at once; nothing if it has no room: see ouro::try_send() and
  /// try_sendto().
  /// Errors: std::system_error, with the errno of the call; usage_error if another task sends.
  [[nodiscard]] std::optional<std::size_t> try_send(const_buffer data);
  [[nodiscard]] std::optional<std::size_t> try_send(std::string_view data) {
    return try_send(as_buffer(data));
  }
  [[nodiscard]] std::optional<std::size_t> try_sendto(const_buffer data, const endpoint& to);
  [[nodiscard]] std::optional<std::size_t> try_sendto(std::string_view data, const endpoint& to) {
    return try_sendto(as_buffer(data), to);
  }

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

  /// Sets an option of `socket_option`: `socket.set(ouro::socket_option::nodelay, true)`.
  /// Errors: std::system_error, with the errno of setsockopt(2); std::invalid_argument if the value is
  /// no int.
  template <class Value>
  void set(const socket_option_key<Value>& option, const std::type_identity_t<Value>& value) {
    detail::write_option(fd(), option, value);
  }
  /// The value of an option of `socket_option`.
  /// Errors: std::system_error, with the errno of getsockopt(2).
  template <class Value>
  [[nodiscard]] Value get(const socket_option_key<Value>& option) const {
    return detail::read_option(fd(), option);
  }

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

/// Two UNIX datagram sockets that are connected to each other: they keep the boundaries of
/// messages.
///
/// Errors: std::system_error, with the errno of socketpair(2).
[[nodiscard]] std::array<socket, 2> datagram_socket_pair();

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
