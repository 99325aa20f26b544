// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/transport.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/base/log.hpp"

#include "protocol_face.hpp"
#include "stream_registry.hpp"

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

namespace ouro::inline v0 {
namespace {

/// As asyncio: that many writes are ignored without a word.
constexpr std::uint8_t silently_ignored = 5;

bool is_cancelled(int result) noexcept {
  return result == -ECANCELED || result == -EINTR || (result <= -512 && result >= -516);
}

}  // namespace

transport::transport(event_loop& loop, flow way)
    : loop_(&loop), sweep_(detail::stream_registry::of(loop).sweep()), way_(way) {
  loop.check_scheduling();
  detail::stream_registry::of(loop).add(*this);
  add_reference();  // the loop's, until the connection is lost
}

transport::~transport() { OURO_ASSERT(!linked()); }

/// Without a face, and with nobody but the loop to hold it, nobody could ever close it.
void transport::on_last_owner() noexcept {
  if (face_ == nullptr && loop_ != nullptr) close();
}

// Writing.

void transport::write(const_buffer data) {
  if (data.empty()) return;
  if (closing_ || eof_wanted_ || way_ == flow::in || queue_.size() + data.size() > limits_.cap)
      [[unlikely]]
    return refuse_write(data);
  queue_.append(data);
  flush();
  if (queue_.size() > limits_.high && !writing_paused_) [[unlikely]] {
    writing_paused_ = true;
    if (face_ != nullptr) face_->on_pause_writing();
  }
}

void transport::refuse_write(const_buffer data) {
  if (way_ == flow::in) detail::throw_usage_error("this end of a pipe can only be read from");
  if (closing_) {
    if (ignored_writes_ < silently_ignored) {
      ++ignored_writes_;
    } else {
      detail::log(log_level::warning,
                  "write() to a transport that is closed or lost is ignored: look at is_closing()");
    }
    return;
  }
  if (eof_wanted_) detail::throw_usage_error("Cannot call write() after write_eof()");
  throw usage_error("write() would buffer " + std::to_string(queue_.size() + data.size()) +
                    " bytes, more than the cap of " + std::to_string(limits_.cap) +
                    ": co_await drain() or use write_all()");
}

void transport::flush() noexcept {
  if (sending_) {
    amend_send();
  } else if (queue_.sendable()) {
    sending_ = true;
    begin_send();
  } else {
    queue_.reach_barrier();
  }
}

void transport::write_eof() {
  if (closing_ || eof_wanted_) return;
  if (!can_write_eof()) {
    detail::throw_usage_error("this transport cannot end one direction alone: close() it");
  }
  eof_wanted_ = true;
  if (queue_.empty() && !sending_) queue_drained();
}

void transport::set_write_buffer_limits(const write_buffer_limits_options& limits) {
  limits_ = detail::resolve(limits);
  check_marks();
}

/// Pauses or resumes whoever writes, as the marks say.
void transport::check_marks() noexcept {
  if (closed_) return;
  if (!writing_paused_ && queue_.size() > limits_.high) {
    writing_paused_ = true;
    if (face_ != nullptr) face_->on_pause_writing();
  } else if (writing_paused_ && queue_.size() <= limits_.low) {
    face_ != nullptr ? face_->on_resume_writing() : static_cast<void>(writing_resumed());
  }
}

bool transport::writing_resumed() noexcept {
  if (!writing_paused_ || queue_.size() > limits_.low) return false;
  writing_paused_ = false;
  return true;
}

void transport::write_borrowed(detail::borrowed_segment& segment) noexcept {
  queue_.append(segment);
  flush();
}

void transport::write_before(detail::borrowed_segment& barrier, const_buffer data) {
  queue_.insert_before(barrier, data);
  flush();
}

void transport::release_channel() noexcept {
  held_ = false;
  if (loop_ == nullptr || stopped_ || sending_) return;
  queue_.empty() ? queue_drained() : flush();
}

bool transport::take_back(detail::borrowed_segment& segment, bool keep) noexcept {
  if (sending_) {
    // The request in the kernel may read from it.
    if (!stopping_send_) {
      stopping_send_ = true;
      end_send();
    }
    return false;
  }
  if (!keep || segment.rest().empty()) {
    queue_.remove(segment);
  } else if (!queue_.replace_by_copy(segment)) {
    queue_.remove(segment);
    fail(ENOMEM, "write");
  } else {
    check_marks();
  }
  return true;
}

void transport::sent(int result) noexcept {
  sending_ = false;
  const bool stopped = std::exchange(stopping_send_, false);
  if (result >= 0) [[likely]] {
    queue_.consume(static_cast<std::size_t>(result));
  } else if (!is_cancelled(result)) {
    fail(-result, "send");
  } else if (!stopped && result == -ECANCELED) {
    stopped_ = true;  // nobody here has asked for it: the loop closes
    return;
  }  // else it was a signal, or asked for: what was not sent is sent again
  if (dropping_) [[unlikely]] {
    drop_queue();
  } else if (stopped) [[unlikely]] {
    queue_.return_borrowed();
  }
  if (queue_.empty()) {
    queue_drained();
  } else if (!sending_) {
    flush();
  }
  if (writing_paused_) [[unlikely]]
    check_marks();
}

/// Everything is sent: does what has waited for that.
void transport::queue_drained() noexcept {
  drained_at_ = sweep_.tick;
  if (!sweep_.running && !closing_ && queue_.has_spare()) [[unlikely]]
    start_sweep();
  if (closing_) [[unlikely]] {
    finish_if_idle();
  } else if (eof_wanted_ && !eof_sent_) [[unlikely]] {
    eof_sent_ = true;
    send_eof();
  }
}

// Reading.

void transport::stop_receiving() noexcept {
  if (!receiving_ || stopping_receive_) return;
  stopping_receive_ = true;
  end_receive();
}

void transport::received(int result) noexcept {
  receiving_ = false;
  const bool stopped = std::exchange(stopping_receive_, false);
  const bool polled = std::exchange(polling_, false);
  if (result > 0) [[likely]] {
    if (face_ != nullptr) {
      polled ? face_->on_readable() : face_->on_received(static_cast<std::size_t>(result));
    }
  } else if (result == 0) {
    if (face_ != nullptr) face_->on_eof();
  } else if (is_cancelled(result)) {
    if (!stopped && result != -ECANCELED) {  // a signal
      receiving_ = true;
      polling_ = polled;
      return repeat_receive();
    }
    if (!stopped) stopped_ = true;  // nobody here has asked for it: the loop closes
    if (stopped_) return;
    if (face_ != nullptr) face_->on_receive_ended();
  } else {
    if (face_ != nullptr) face_->on_receive_ended();
    fail(-result, "recv");
  }
  if (closing_) [[unlikely]]
    finish_if_idle();
}

void transport::watch_ended(int result) noexcept {
  receiving_ = false;
  const bool stopped = std::exchange(stopping_receive_, false);
  if (is_cancelled(result) && !stopped) stopped_ = true;
  if (closing_) finish_if_idle();
}

void transport::start_sweep() noexcept { detail::stream_registry::of(*loop_).start_sweep(); }

void transport::pause_reading() noexcept {
  if (!is_reading()) return;
  reading_paused_ = true;
  if (face_ != nullptr) face_->on_reading_changed();
}

void transport::resume_reading() noexcept {
  if (closing_ || !reading_paused_) return;
  reading_paused_ = false;
  if (face_ != nullptr) face_->on_reading_changed();
}

// The end.

void transport::close() noexcept {
  if (closing_) return;
  closing_ = true;
  if (loop_ == nullptr) return;
  stop_receiving();
  finish_if_idle();
}

void transport::abort() noexcept {
  if (closed_ || loop_ == nullptr) return;
  closing_ = true;
  drop_queue();
  stop_receiving();
  finish_if_idle();
}

void transport::fail(int error, const char* call) noexcept {
  fail(std::make_exception_ptr(std::system_error(error, std::system_category(), call)));
}

void transport::fail(std::exception_ptr error) noexcept {
  if (closed_ || dropping_ || loop_ == nullptr) return;
  error_ = std::move(error);
  abort();
}

/// What is in the kernel is dropped when it comes back.
void transport::drop_queue() noexcept {
  dropping_ = true;
  if (held_) break_channel();
  if (!sending_) {
    queue_.clear();
  } else if (!stopping_send_) {
    stopping_send_ = true;
    end_send();
  }
}

void transport::finish_if_idle() noexcept {
  if (closed_ || receiving_ || sending_ || held_ || !queue_.empty() || stopped_) return;
  closed_ = true;
  queue_.release_spare();
  close_channel();
  loop_->make_ready(*this);
}

/// The connection is lost.
void transport::run() noexcept {
  unlink();
  detail::stream_registry::of(*loop_).note_removed();
  const transport_ptr keep = transport_ptr::adopt(this);
  detail::transport_face* const face = std::exchange(face_, nullptr);
  if (face != nullptr) face->on_lost(error_);
  attached_.reset();
}

/// Called once a sweep: gives back memory that was not used since the last one. Ends a receive that
/// has waited since then and pins memory that is not needed. Returns whether the next sweep may
/// find something.
bool transport::sweep() noexcept {
  const bool queue_spare = queue_.has_spare();
  const bool written = queue_spare && drained_at_ == sweep_.tick;
  if (queue_spare && !written) queue_.release_spare();
  if (!receiving_ || !spare_) return written;
  if (armed_at_ != sweep_.tick) stop_receiving();
  return true;
}

void transport::loop_closing() noexcept {
  if (!queue_.empty() && !dropping_) send_last();
  stopped_ = true;
}

/// What the request that was in the kernel has left over, and what has waited behind it.
void transport::loop_drained() noexcept {
  if (!queue_.empty() && !dropping_ && !sending_) send_last();
}

void transport::loop_closed() noexcept {
  unlink();
  const transport_ptr keep = transport_ptr::adopt(this);
  receiving_ = false;
  sending_ = false;
  closing_ = true;
  dropping_ = true;
  queue_.clear();
  if (!std::exchange(closed_, true)) close_channel();
  loop_ = nullptr;
  detail::transport_face* const face = std::exchange(face_, nullptr);
  if (face != nullptr) face->on_loop_closed();
  attached_.reset();
}

// Protocols.

void transport::set_protocol(std::shared_ptr<base_protocol> protocol) {
  if (loop_ == nullptr || closed_) {
    detail::throw_usage_error("this transport is closed: it can have no new protocol");
  }
  if (!protocol_) {
    if (face_ != nullptr) {
      detail::throw_usage_error(
          "this transport belongs to a stream_reader and stream_writer: move those instead");
    }
    protocol_ = detail::make_owned<detail::protocol_face>(*this);
    face_ = protocol_.get();
  }
  protocol_->set_protocol(std::move(protocol));
}

void transport::start_protocol(std::shared_ptr<base_protocol> protocol) {
  set_protocol(std::move(protocol));
  protocol_->announce();
}

std::shared_ptr<base_protocol> transport::get_protocol() const noexcept {
  return protocol_ ? protocol_->protocol() : nullptr;
}

}  // namespace ouro::inline v0
