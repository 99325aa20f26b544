// SPDX-License-Identifier: BSL-1.0
#include "datagram_hub.hpp"

#include "datagram_receiver.hpp"
#include "datagram_socket_transport.hpp"

#include <system_error>

namespace ouro::inline v0::detail {

// The loop has reaped everything, but what destroyed tasks and callbacks may have asked for since.
datagram_hub::~datagram_hub() {
  for (datagram_socket_transport& each : transports_) each.detach();
  loop_.io().drain();
  while (!transports_.empty()) transports_.pop_front().dispose_detached();
}

void datagram_hub::add(datagram_socket_transport& transport) noexcept {
  transport.add_reference();
  transports_.push_back(transport);
}

void datagram_hub::remove(datagram_socket_transport& transport) noexcept {
  transport.unlink();
  transport.drop_reference();
  if (transports_.empty()) buffers_ = nullptr;
}

void datagram_hub::make_buffers() noexcept {
  const ring_features& features = loop_.io().features();
  no_buffers_ = !features.buffer_rings || !features.recv_multishot;
  if (no_buffers_) return;
  try {
    buffers_ = std::make_unique<buffer_ring>(loop_.io(), buffer_count, buffer_size);
  } catch (const std::exception&) {
    no_buffers_ = true;  // single requests do as well
  }
}

void datagram_hub::release(std::uint16_t index) noexcept {
  buffers_->give_back(index);
  if (!starving_.empty()) starving_.pop_front().receiver.start();
}

void datagram_hub::wait_for_buffer(starving_receiver& waiting) noexcept {
  if (buffers_->available() != 0) return waiting.receiver.start();
  starving_.push_back(waiting);
}

}  // namespace ouro::inline v0::detail
