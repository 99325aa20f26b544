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

/// A datagram endpoint. What the kernel tells leads to a run(), which calls the protocol; `flow_`
/// has it pause and resume, `end_` calls connection_lost(). The hub owns the transport until that
/// has been called and no request is left; then the socket is closed.
class datagram_socket_transport final : public datagram_transport,
                                        public list_hook,
                                        private ready_node {
 public:
  /// `peer` is where it sends to if the socket is not connected, or no address. `started` is
  /// completed when connection_made() has been called.
  datagram_socket_transport(datagram_hub& hub, ouro::socket socket, const endpoint& peer,
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
  using step = void (datagram_socket_transport::*)() noexcept;

  /// Another thing that the loop does for the transport.
  class step_node final : public ready_node {
   public:
    step_node(datagram_socket_transport& transport, step what) noexcept
        : transport_(transport), what_(what) {}
    void run() noexcept override { (transport_.*what_)(); }
    std::string describe() const override { return "datagram endpoint"; }

   private:
    datagram_socket_transport& transport_;
    const step what_;
  };

  void do_send(const_buffer data, const endpoint& to,
               const datagram_send_options& options) override;
  void run() noexcept override;
  std::string describe() const override { return "datagram endpoint"; }

  void make() noexcept;
  void report_failures() noexcept;
  void check_flow() noexcept;
  void control_flow() noexcept;
  void end() noexcept;
  void lose() noexcept;
  void finish() noexcept;
  template <class Function>
  void call(const char* name, Function function) noexcept;

  datagram_hub* hub_;  // null once it is finished
  ouro::socket socket_;
  std::shared_ptr<datagram_protocol> protocol_;  // null once connection_lost() has returned
  endpoint local_;                               // once the socket is closed
  endpoint peer_;                                // without an address if it has none
  bool connected_;                               // the kernel knows peer_
  datagram_receiver receiver_;
  datagram_sender sender_;
  step_node flow_{*this, &datagram_socket_transport::control_flow};
  step_node end_{*this, &datagram_socket_transport::lose};
  context_slot context_;
  std::optional<future<>> started_;  // until connection_made() has been called
  write_buffer_limits limits_{.low = std::size_t{16} * 1024, .high = std::size_t{64} * 1024};
  std::uint64_t flow_mark_ = 0;  // what sendto() had taken when flow_ was made ready
  bool made_ = false;
  bool closing_ = false;
  bool lost_ = false;    // connection_lost() has been called, or is being called
  bool paused_ = false;  // pause_writing() was called last
};

}  // namespace ouro::inline v0::detail
