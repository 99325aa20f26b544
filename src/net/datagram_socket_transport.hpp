// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/socket.hpp"
#include "ouro/loop/context.hpp"
#include "ouro/loop/ready_queue.hpp"
#include "ouro/net/datagram_protocol.hpp"
#include "ouro/net/datagram_transport.hpp"
#include "ouro/task/future.hpp"

#include "datagram_hub.hpp"
#include "datagram_receiver.hpp"
#include "datagram_sender.hpp"

#include <memory>
#include <optional>

namespace ouro::inline v0::detail {

/// A datagram endpoint. Everything that the kernel tells leads to a turn of `news_`, whose run()
/// calls the protocol; `end_` calls connection_lost(). The hub owns the transport until that has
/// been called and no request is left; then the socket is closed.
class datagram_socket_transport final : public datagram_transport,
                                        public list_hook,
                                        private ready_node {
 public:
  /// `started` is completed when connection_made() has been called.
  datagram_socket_transport(datagram_hub& hub, ouro::socket socket,
                            std::shared_ptr<datagram_protocol> protocol, bool gro,
                            future<> started);

  void close() noexcept override;
  void abort() noexcept override;
  bool is_closing() const noexcept override { return closing_; }
  std::optional<endpoint> sockname() const override;
  std::optional<endpoint> peername() const override;
  ouro::socket* socket() noexcept override { return socket_.is_open() ? &socket_ : nullptr; }
  std::size_t get_write_buffer_size() const noexcept override { return sender_.buffered(); }
  write_buffer_limits get_write_buffer_limits() const noexcept override { return limits_; }
  void set_write_buffer_limits(const datagram_buffer_limits& limits) override;

  // For the hub.

  /// The loop goes: ends everything without a word.
  void detach() noexcept;
  /// As remove() of the hub, once all requests have been reaped.
  void dispose_detached() noexcept;

  // For the receiver and the sender.

  int fd() const noexcept { return socket_.fd(); }
  /// There is something to call the protocol for.
  void wake() noexcept;
  /// Calls the protocol with a datagram, or with each of those that the kernel has joined to it.
  /// Returns how many they were.
  unsigned hand_out(const incoming_datagram& datagram);
  void receive_failed(int error);
  /// The kernel has taken a datagram, or refused it.
  void sent(bool failed) noexcept;
  /// A request has ended that was asked to.
  void reaped() noexcept { finish(); }

 private:
  class end_node final : public ready_node {
   public:
    explicit end_node(datagram_socket_transport& transport) noexcept : transport_(transport) {}
    void run() noexcept override { transport_.lose(); }
    std::string describe() const override { return "connection_lost() of a datagram endpoint"; }

   private:
    datagram_socket_transport& transport_;
  };

  void do_send(const_buffer data, const endpoint& to,
               const datagram_send_options& options) override;
  void run() noexcept override;
  std::string describe() const override { return "datagram endpoint"; }

  void make() noexcept;
  void report_failures() noexcept;
  void control_flow() noexcept;
  void end() noexcept;
  void lose() noexcept;
  void finish() noexcept;
  template <class Function>
  void call(const char* name, Function function) noexcept;

  datagram_hub* hub_;  // null once it is finished
  ouro::socket socket_;
  std::shared_ptr<datagram_protocol> protocol_;  // null once connection_lost() has been called
  endpoint local_;  // once the socket is closed
  endpoint peer_;  // without an address if it has none
  datagram_receiver receiver_;
  datagram_sender sender_;
  end_node end_{*this};
  context_slot context_;
  std::optional<future<>> started_;  // until connection_made() has been called
  write_buffer_limits limits_{.low = 16 * 1024, .high = 64 * 1024};
  bool made_ = false;
  bool closing_ = false;
  bool paused_ = false;  // pause_writing() was called last
};

}  // namespace ouro::inline v0::detail
