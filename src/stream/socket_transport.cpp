// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/socket_transport.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/ring/liburing.hpp"

#include <algorithm>
#include <array>
#include <poll.h>
#include <sys/socket.h>
#include <system_error>
#include <utility>

namespace ouro::inline v0::detail {
namespace {

/// A request tells its length in 32 bits; the rest goes with the next.
std::size_t request_length(std::size_t size) noexcept {
  return std::min<std::size_t>(size, 1U << 30);
}

class socket_transport final : public transport {
 public:
  socket_transport(event_loop& loop, ouro::socket connected)
      : transport(loop), socket_(std::move(connected)) {}

  std::optional<endpoint> sockname() const override { return ask(&ouro::socket::local_endpoint); }
  std::optional<endpoint> peername() const override { return ask(&ouro::socket::remote_endpoint); }
  ouro::socket* socket() noexcept override { return socket_.is_open() ? &socket_ : nullptr; }

 private:
  class receive_request final : public operation {
   public:
    explicit receive_request(socket_transport& owner) noexcept : owner_(owner) {}
    void set_target(mutable_buffer into) noexcept { into_ = into; }

   private:
    void prepare(io_uring_sqe& sqe) noexcept override {
      if (into_.empty()) {
        ::io_uring_prep_poll_add(&sqe, owner_.fd(), POLLIN);
      } else {
        ::io_uring_prep_recv(&sqe, owner_.fd(), into_.data(), request_length(into_.size()), 0);
      }
    }
    void on_complete(int result, unsigned) noexcept override { owner_.received(result); }

    socket_transport& owner_;
    mutable_buffer into_;
  };

  class send_request final : public operation {
   public:
    explicit send_request(socket_transport& owner) noexcept : owner_(owner) {}

   private:
    void prepare(io_uring_sqe& sqe) noexcept override { owner_.prepare_send(sqe); }
    void on_complete(int result, unsigned) noexcept override { owner_.sent(result); }

    socket_transport& owner_;
  };

  int fd() const noexcept { return socket_.fd(); }

  void begin_receive(mutable_buffer into) noexcept override {
    receive_.set_target(into);
    get_loop()->io().submit(receive_);
  }
  void repeat_receive() noexcept override { get_loop()->io().submit(receive_); }
  void end_receive() noexcept override { get_loop()->io().cancel(receive_); }

  void begin_send() noexcept override { get_loop()->io().submit(send_); }
  void amend_send() noexcept override { get_loop()->io().amend(send_); }
  void end_send() noexcept override { get_loop()->io().cancel(send_); }

  void prepare_send(io_uring_sqe& sqe) noexcept {
    if (queue().is_single()) [[likely]] {
      const const_buffer data = queue().front();
      ::io_uring_prep_send(&sqe, fd(), data.data(), request_length(data.size()), MSG_NOSIGNAL);
      return;
    }
    ::io_uring_prep_sendmsg(&sqe, fd(), &gather(), MSG_NOSIGNAL);
  }

  const ::msghdr& gather() noexcept {
    std::array<const_buffer, max_parts> parts;
    message_.msg_iovlen = queue().gather(parts);
    message_.msg_iov = parts_.data();
    for (std::size_t i = 0; i < message_.msg_iovlen; ++i) {
      parts_[i] = {const_cast<std::byte*>(parts[i].data()), parts[i].size()};
    }
    return message_;
  }

  void send_last() noexcept override {
    ring& io = get_loop()->io();
    if (sending()) {
      if (!io.amend(send_)) return;  // the socket was full, and has been asked
      io.cancel(send_);
    }
    while (queue().sendable()) {
      const ssize_t count = ::sendmsg(fd(), &gather(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count < 0) return;
      queue().consume(static_cast<std::size_t>(count));
    }
  }

  void send_eof() noexcept override {
    // Fails only if the connection is gone, which the next request tells.
    static_cast<void>(::shutdown(fd(), SHUT_WR));
  }
  void break_channel() noexcept override { static_cast<void>(::shutdown(fd(), SHUT_RDWR)); }
  void close_channel() noexcept override { socket_.close(); }

  std::optional<endpoint> ask(endpoint (ouro::socket::*question)() const) const {
    if (!socket_.is_open()) return std::nullopt;
    try {
      return (socket_.*question)();
    } catch (const std::system_error&) {
      return std::nullopt;  // the connection is gone
    }
  }

  static constexpr std::size_t max_parts = 8;

  ouro::socket socket_;
  receive_request receive_{*this};
  send_request send_{*this};
  ::msghdr message_{};
  std::array<::iovec, max_parts> parts_{};
};

}  // namespace

transport_ptr make_socket_transport(event_loop& loop, ouro::socket connected) {
  return transport_ptr(new socket_transport(loop, std::move(connected)));
}

}  // namespace ouro::inline v0::detail
