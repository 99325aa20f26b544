// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/detail/write_barrier.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

namespace ouro::inline v0::detail {

write_barrier::write_barrier(transport_ptr owner) noexcept
    : borrowed_segment(kind::barrier, {}), transport_(std::move(owner)) {
  transport_->write_borrowed(*this);
}

write_barrier::~write_barrier() {
  if (linked()) transport_->forget(*this);
  transport_->release_channel();
}

void write_barrier::write(const_buffer data) {
  check();
  reached_ = false;
  transport_->write_before(*this, data);
}

void write_barrier::check() const {
  if (linked()) return;
  if (transport_->error() != nullptr) std::rethrow_exception(transport_->error());
  throw std::system_error(ECONNRESET, std::system_category(), "the stream is closed");
}

void write_barrier::on_turn() noexcept {
  reached_ = true;
  transport_->hold_channel();
  wake();
}

void write_barrier::on_dropped() noexcept { wake(); }

void write_barrier::wake() noexcept {
  if (waiting_ != nullptr) std::exchange(waiting_, nullptr)->wake();
}

}  // namespace ouro::inline v0::detail
