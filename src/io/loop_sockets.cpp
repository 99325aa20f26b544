// SPDX-License-Identifier: BSL-1.0
// The members of event_loop whose names begin with sock_.
#include "ouro/io/socket.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/task.hpp"

namespace ouro::inline v0 {
namespace {

// The requests go to the loop of the task that awaits.
void check_loop(const event_loop& loop) {
  if (event_loop::running_here() != &loop) {
    detail::throw_usage_error("a coroutine of one event loop was awaited on another");
  }
}

mutable_buffer bytes_of(std::string& text) noexcept {
  return std::as_writable_bytes(std::span(text));
}

}  // namespace

task<std::string> event_loop::sock_recv(socket& from, std::size_t limit) {
  check_loop(*this);
  std::string received(limit, '\0');
  received.resize(co_await from.recv(bytes_of(received)));
  co_return received;
}

task<std::size_t> event_loop::sock_recv_into(socket& from, std::span<std::byte> into) {
  check_loop(*this);
  co_return co_await from.recv(into);
}

task<std::pair<std::string, endpoint>> event_loop::sock_recvfrom(socket& from, std::size_t limit) {
  check_loop(*this);
  std::string received(limit, '\0');
  const received_datagram datagram = co_await from.recvfrom(bytes_of(received));
  received.resize(datagram.size);
  co_return std::pair(std::move(received), datagram.sender);
}

task<std::pair<std::size_t, endpoint>> event_loop::sock_recvfrom_into(socket& from,
                                                                      std::span<std::byte> into) {
  check_loop(*this);
  const received_datagram datagram = co_await from.recvfrom(into);
  co_return std::pair(datagram.size, datagram.sender);
}

task<> event_loop::sock_sendall(socket& over, std::span<const std::byte> data) {
  check_loop(*this);
  co_await over.sendall(data);
}

task<> event_loop::sock_sendall(socket& over, std::string_view data) {
  return sock_sendall(over, as_buffer(data));
}

task<std::size_t> event_loop::sock_sendto(socket& over, std::span<const std::byte> data,
                                          endpoint to) {
  check_loop(*this);
  co_return co_await over.sendto(data, to);
}

task<std::size_t> event_loop::sock_sendto(socket& over, std::string_view data, endpoint to) {
  return sock_sendto(over, as_buffer(data), to);
}

task<> event_loop::sock_connect(socket& from, endpoint to) {
  check_loop(*this);
  co_await from.connect(to);
}

task<std::pair<socket, endpoint>> event_loop::sock_accept(socket& listening) {
  check_loop(*this);
  socket connection = co_await listening.accept();
  const endpoint peer = connection.remote_endpoint();
  co_return std::pair(std::move(connection), peer);
}

}  // namespace ouro::inline v0
