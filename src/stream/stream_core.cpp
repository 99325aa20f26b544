// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/detail/stream_core.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/stream/detail/read_wait.hpp"
#include "ouro/stream/detail/writer_wait.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace ouro::inline v0::detail {
namespace {

/// A read into less memory than this receives into memory of the stream instead, so that small
/// reads share a request.
constexpr std::size_t least_direct = 512;

constexpr std::size_t least_memory = 4096;

}  // namespace

stream_core::stream_core(std::size_t limit) : limit_(limit) {
  if (limit == 0) throw std::invalid_argument("the limit of a stream_reader cannot be 0");
}

stream_core::stream_core(std::size_t limit, transport_ptr beneath) : stream_core(limit) {
  transport_ = std::move(beneath);
  transport_->set_face(this);
}

stream_core::~stream_core() {
  if (transport_ == nullptr || transport_->face() != this) return;
  transport_->set_face(nullptr);
  transport_->close();
}

// What the transport tells.

/// The buffer is ours again. Keeps this alive meanwhile.
stream_core_ptr stream_core::end_receive() noexcept {
  receiving_ = false;
  receiving_into_memory_ = false;
  receiving_direct_ = false;
  return stream_core_ptr::adopt(this);
}

void stream_core::on_received(std::size_t count) noexcept {
  const bool direct = receiving_direct_;
  const stream_core_ptr keep = end_receive();
  if (direct) {
    interrupting_ = false;
    reader_->meet_directly(count);
  } else {
    end_ += count;
    look();
  }
}

void stream_core::on_readable() noexcept {
  const stream_core_ptr keep = end_receive();
  look();
}

void stream_core::on_eof() noexcept {
  const stream_core_ptr keep = end_receive();
  interrupting_ = false;
  eof_ = true;
  look();
}

void stream_core::on_receive_ended() noexcept {
  const bool direct = receiving_direct_;
  const stream_core_ptr keep = end_receive();
  tidy();
  if (reader_ == nullptr || !reader_->is_waiting()) return;
  if (direct) {
    if (std::exchange(interrupting_, false)) reader_->meet();
  } else if (!transport_->is_closing()) {
    // The transport took the memory back because nothing came: wait without.
    receiving_ = true;
    add_reference();
    transport_->wait_readable();
  }
}

void stream_core::on_reading_changed() noexcept {
  if (!transport_->reading_paused()) look();
}

void stream_core::on_resume_writing() noexcept {
  if (!transport_->writing_resumed()) return;
  while (!drainers_.empty()) drainers_.pop_front().meet();
}

void stream_core::on_lost(const std::exception_ptr& error) noexcept {
  const stream_core_ptr keep(this);
  lost_ = true;
  if (error != nullptr) {
    error_ = error;
  } else {
    eof_ = true;
  }
  look();
  while (!drainers_.empty()) drainers_.pop_front().meet();
  while (!closers_.empty()) closers_.pop_front().meet();
}

// Tasks have gone by now.
void stream_core::on_loop_closed() noexcept {
  lost_ = true;
  eof_ = true;
  if (!receiving_) return;
  const stream_core_ptr keep = end_receive();
  begin_ = end_ = 0;
  memory_.release();
}

// Reading.

void stream_core::refuse_second() {
  throw_usage_error(
      "a task reads from this stream already: only one can, so let one task read for all");
}

void stream_core::begin_read(read_wait& reader) noexcept {
  reader_ = &reader;
  receive();
}

bool stream_core::stop_read() noexcept {
  if (!receiving_direct_) return true;
  interrupting_ = true;
  transport_->stop_receiving();
  return false;
}

/// Something has changed: is it what the reader waits for?
void stream_core::look() noexcept {
  if (reader_ == nullptr || !reader_->is_waiting()) return;
  if (reader_->satisfied()) {
    reader_->meet();
  } else {
    receive();
  }
}

/// Receives more, if that can be.
void stream_core::receive() noexcept {
  if (source_ != nullptr) source_->resume_reading();
  if (transport_ == nullptr || receiving_ || eof_ || lost_ || transport_->is_closing() ||
      transport_->reading_paused()) {
    return;
  }
  const mutable_buffer target = reader_->target();
  if (target.size() >= least_direct) {
    receiving_direct_ = true;
    receiving_ = true;
    add_reference();
    transport_->receive(target);
    return;
  }
  try {
    make_room();
  } catch (...) {
    transport_->fail(std::current_exception());
    return;
  }
  receiving_into_memory_ = true;
  receiving_ = true;
  add_reference();
  const mutable_buffer room(memory_.data() + end_, memory_.size() - end_);
  begin_ == end_ ? transport_->receive_into_spare(room) : transport_->receive(room);
}

/// Makes sure that there is room behind what has come.
void stream_core::make_room() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (!memory_) {
    memory_ = block::of(std::clamp(limit_, least_memory, block::largest_kept));
    return;
  }
  if (end_ < memory_.size()) return;
  if (begin_ >= memory_.size() / 2) {
    std::memmove(memory_.data(), data(), size());
  } else {
    block larger = block::of(2 * memory_.size());
    std::memcpy(larger.data(), data(), size());
    memory_ = std::move(larger);
  }
  end_ -= std::exchange(begin_, 0);
}

// Feeding.

void stream_core::feed_data(const_buffer data) {
  if (eof_) throw_usage_error("feed_data after feed_eof");
  if (receiving_into_memory_) {
    throw_usage_error("a read of this stream receives: feed only what has no transport");
  }
  if (data.empty()) return;
  while (!memory_ || memory_.size() - end_ < data.size()) {
    const std::size_t room = memory_ ? memory_.size() - end_ : 0;
    if (room != 0) {  // fill it, so that make_room() makes more
      std::memcpy(memory_.data() + end_, data.data(), room);
      end_ += room;
      data = data.subspan(room);
    }
    make_room();
  }
  std::memcpy(memory_.data() + end_, data.data(), data.size());
  end_ += data.size();
  look();
  const bool wanted = reader_ != nullptr && reader_->is_waiting();
  if (source_ != nullptr && !wanted && size() > 2 * limit_) source_->pause_reading();
}

void stream_core::feed_eof() noexcept {
  eof_ = true;
  look();
}

void stream_core::set_exception(std::exception_ptr error) noexcept {
  error_ = std::move(error);
  look();
}

void stream_core::resume_source() noexcept {
  if (size() <= limit_) source_->resume_reading();
}

// Writing.

void stream_core::throw_broken() const {
  if (error_ != nullptr) std::rethrow_exception(error_);
  throw std::system_error(ECONNRESET, std::system_category(), "Connection lost");
}

}  // namespace ouro::inline v0::detail
