// SPDX-License-Identifier: BSL-1.0
#include "datagram_socket_transport.hpp"

#include "ouro/base/errors.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>
#include <utility>

namespace ouro::inline v0::detail {
namespace {

/// Calls of datagram_received() a turn, if the kernel has not joined datagrams.
constexpr unsigned callback_limit = 64;

std::exception_ptr make_error(int error, const char* call) {
  return std::make_exception_ptr(std::system_error(error, std::system_category(), call));
}

/// The address of the peer; without an address if there is none.
endpoint peer_of(const ouro::socket& socket) {
  try {
    return socket.remote_endpoint();
  } catch (const std::system_error& error) {
    if (error.code().value() != ENOTCONN) throw;
    return {};
  }
}

}  // namespace

datagram_socket_transport::datagram_socket_transport(datagram_hub& hub, ouro::socket socket,
                                                     const endpoint& peer,
                                                     std::shared_ptr<datagram_protocol> protocol,
                                                     bool gro, future<> started)
    : hub_(&hub),
      socket_(std::move(socket)),
      protocol_(std::move(protocol)),
      local_(socket_.local_endpoint()),
      peer_(peer.native_size() != 0 ? peer : peer_of(socket_)),
      connected_(peer.native_size() == 0 && peer_.native_size() != 0),
      receiver_(*this, hub, local_.is_local(), gro),
      sender_(*this, hub.loop(), local_.is_local()),
      context_(context_slot::for_new(nullptr)),
      started_(std::move(started)) {
  hub.add(*this);
  wake();
}

// What the user calls.

void datagram_socket_transport::do_send(const_buffer data, const endpoint& to,
                                        const datagram_send_options& options) {
  if (hub_ == nullptr || closing_) return;
  hub_->loop().check_scheduling();
  const bool has_peer = peer_.native_size() != 0;
  if (has_peer && to.native_size() != 0 && to != peer_) {
    throw_usage_error("this datagram endpoint sends to its remote address only");
  }
  if (!has_peer && to.native_size() == 0) {
    throw_usage_error("a datagram endpoint without a remote address must be told where to send");
  }
  if (options.segment_size > std::numeric_limits<std::uint16_t>::max()) {
    throw_usage_error("a datagram has no segments of more than 65535 bytes");
  }
  const endpoint* const target = has_peer ? &peer_ : &to;
  sender_.send(data, connected_ ? nullptr : target, options.segment_size);
  check_flow();
}

void datagram_socket_transport::set_write_buffer_limits(const datagram_buffer_limits& limits) {
  write_buffer_limits next{.low = std::size_t{16} * 1024, .high = std::size_t{64} * 1024};
  if (limits.high) {
    next = {.low = limits.low.value_or(*limits.high / 4), .high = *limits.high};
  } else if (limits.low) {
    next = {.low = *limits.low, .high = 4 * *limits.low};
  }
  if (next.low > next.high) throw_usage_error("the low mark of a buffer is above the high one");
  limits_ = next;
  check_flow();
}

std::optional<endpoint> datagram_socket_transport::sockname() const {
  return socket_.is_open() ? socket_.local_endpoint() : local_;
}

std::optional<endpoint> datagram_socket_transport::peername() const {
  if (!connected_) return std::nullopt;
  return peer_;
}

void datagram_socket_transport::close() noexcept {
  if (closing_) return;
  closing_ = true;
  receiver_.stop();
  if (sender_.idle()) end();
}

void datagram_socket_transport::abort() noexcept {
  if (hub_ == nullptr || lost_) return;
  if (!std::exchange(closing_, true)) receiver_.stop();
  sender_.drop();
  end();
}

// What the kernel tells.

void datagram_socket_transport::wake() noexcept {
  if (hub_ != nullptr && !queued()) hub_->loop().make_ready(*this);
}

void datagram_socket_transport::sent(bool failed) noexcept {
  if (failed) wake();
  if (closing_ && sender_.idle()) {
    end();
  } else {
    check_flow();
  }
}

// What the protocol is told.

template <class Function>
void datagram_socket_transport::call(const char* name, Function function) noexcept {
  try {
    function();
  } catch (...) {
    exception_context report;
    report.message = name;
    report.exception = std::current_exception();
    report.protocol = protocol_.get();
    report.transport = this;
    hub_->loop().call_exception_handler(report);
  }
}

void datagram_socket_transport::run() noexcept {
  if (lost_) return finish();
  context_slot* const outer = context_slot::exchange_current(&context_);
  if (!made_) make();
  report_failures();
  receiver_.deliver(callback_limit);
  receiver_.start();
  if (receiver_.has_news()) wake();
  context_slot::exchange_current(outer);
}

void datagram_socket_transport::make() noexcept {
  made_ = true;
  call("Exception in connection_made()", [this] { protocol_->connection_made(*this); });
  if (!started_->done()) started_->set_result();
  started_.reset();
}

void datagram_socket_transport::report_failures() noexcept {
  while (sender_.has_failures()) {
    const int error = sender_.take_failure();
    call("Exception in error_received()",
         [this, error] { protocol_->error_received(make_error(error, "sendmsg")); });
  }
}

void datagram_socket_transport::receive_failed(int error) {
  call("Exception in error_received()",
       [this, error] { protocol_->error_received(make_error(error, "recvmsg")); });
}

unsigned datagram_socket_transport::hand_out(const incoming_datagram& datagram) {
  if (datagram.truncated) {
    receive_failed(EMSGSIZE);
    return 1;
  }
  if (datagram.segment_size == 0) [[likely]] {
    call("Exception in datagram_received()",
         [&] { protocol_->datagram_received(datagram.data, datagram.from); });
    return 1;
  }
  std::span<const std::byte> rest = datagram.data;
  unsigned count = 0;
  do {
    const std::size_t size = std::min(rest.size(), datagram.segment_size);
    call("Exception in datagram_received()",
         [&] { protocol_->datagram_received(rest.first(size), datagram.from); });
    rest = rest.subspan(size);
    ++count;
  } while (!rest.empty() && !closing_);
  return count;
}

void datagram_socket_transport::check_flow() noexcept {
  if (hub_ == nullptr || lost_ || flow_.queued()) return;
  const std::size_t buffered = sender_.buffered();
  if (paused_ ? buffered > limits_.low : buffered <= limits_.high) return;
  flow_mark_ = sender_.taken();
  hub_->loop().make_ready(flow_);
}

/// A turn later: what was sent since has not been offered to the kernel yet, and does not count.
void datagram_socket_transport::control_flow() noexcept {
  if (lost_) return finish();
  if (end_.queued()) return;
  const std::size_t buffered = sender_.buffered();
  const std::uint64_t fresh = sender_.taken() - flow_mark_;
  context_slot* const outer = context_slot::exchange_current(&context_);
  if (paused_ && buffered <= limits_.low) {
    paused_ = false;
    call("Exception in resume_writing()", [this] { protocol_->resume_writing(); });
  } else if (!paused_ && buffered > limits_.high + fresh) {
    paused_ = true;
    call("Exception in pause_writing()", [this] { protocol_->pause_writing(); });
  }
  context_slot::exchange_current(outer);
  check_flow();
}

// The end.

void datagram_socket_transport::end() noexcept {
  if (hub_ != nullptr && !lost_ && !end_.queued()) hub_->loop().make_ready(end_);
}

void datagram_socket_transport::lose() noexcept {
  lost_ = true;
  context_slot* const outer = context_slot::exchange_current(&context_);
  call("Exception in connection_lost()", [this] { protocol_->connection_lost(nullptr); });
  protocol_.reset();
  context_slot::exchange_current(outer);
  finish();
}

/// Closes the socket and lets go of the hub, if there is nothing more to come.
void datagram_socket_transport::finish() noexcept {
  if (hub_ == nullptr || protocol_ != nullptr || queued() || flow_.queued()) return;
  if (receiver_.in_flight() || !sender_.idle()) return;
  try {
    local_ = socket_.local_endpoint();
  } catch (const std::system_error&) {  // NOLINT(bugprone-empty-catch)
    // The user has closed it: what it was in the beginning must do.
  }
  socket_ = ouro::socket();
  std::exchange(hub_, nullptr)->remove(*this);
}

void datagram_socket_transport::detach() noexcept {
  closing_ = true;
  receiver_.stop();
  sender_.drop();
  hub_ = nullptr;
}

void datagram_socket_transport::dispose_detached() noexcept {
  socket_ = ouro::socket();
  protocol_.reset();
  started_.reset();
  drop_reference();
}

}  // namespace ouro::inline v0::detail
