// SPDX-License-Identifier: BSL-1.0
#include "protocol_face.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/stream/transport.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace ouro::inline v0::detail {

// What was written before there was a protocol may be too much already.
protocol_face::protocol_face(transport& owner) noexcept
    : transport_(owner),
      context_(context_slot::for_new(nullptr)),
      pause_due_(owner.writing_paused()) {}

void protocol_face::set_protocol(std::shared_ptr<base_protocol> protocol) {
  plain_ = dynamic_cast<ouro::protocol*>(protocol.get());
  buffered_ = plain_ == nullptr ? dynamic_cast<buffered_protocol*>(protocol.get()) : nullptr;
  protocol_.swap(protocol);
  // The buffer of the old one lives until the kernel has let go of it.
  if (lender_ != nullptr) transport_.stop_receiving();
  schedule();
}

void protocol_face::announce() noexcept {
  made_due_ = true;
  schedule();
}

// What the transport tells.

void protocol_face::on_received(std::size_t count) noexcept {
  received_ = into_.first(count);
  schedule();
}

void protocol_face::on_readable() noexcept { receive(); }

void protocol_face::on_eof() noexcept {
  at_eof_ = true;
  eof_due_ = true;
  schedule();
}

// If the transport took the memory back because it was idle, it waits without.
void protocol_face::on_receive_ended() noexcept {
  memory_.release();
  if (lender_ != nullptr || plain_ == nullptr) {
    schedule();
  } else if (transport_.is_reading()) {
    transport_.wait_readable();
  }
}

void protocol_face::on_pause_writing() noexcept {
  if (made_due_) {
    pause_due_ = true;  // after connection_made()
  } else {
    tell_pause();
  }
}

void protocol_face::tell_pause() noexcept {
  if (protocol_ == nullptr) return;
  const std::shared_ptr<base_protocol> keep = protocol_;
  call("protocol.pause_writing() failed", [&] { keep->pause_writing(); });
}

void protocol_face::on_resume_writing() noexcept {
  resume_due_ = true;
  schedule();
}

void protocol_face::on_lost(const std::exception_ptr& error) noexcept {
  memory_.release();
  plain_ = nullptr;
  buffered_ = nullptr;
  const std::shared_ptr<base_protocol> lender = std::move(lender_);
  const std::shared_ptr<base_protocol> gone = std::move(protocol_);
  if (gone == nullptr) return;
  call("Exception in protocol.connection_lost()", [&] { gone->connection_lost(error); });
}

void protocol_face::on_loop_closed() noexcept {
  memory_.release();
  plain_ = nullptr;
  buffered_ = nullptr;
  const std::shared_ptr<base_protocol> lender = std::move(lender_);
  const std::shared_ptr<base_protocol> gone = std::move(protocol_);
}

// What the protocol is told.

void protocol_face::schedule() noexcept {
  if (!queued() && transport_.get_loop() != nullptr) transport_.get_loop()->make_ready(*this);
}

void protocol_face::run() noexcept {
  if (protocol_ == nullptr) return;
  if (std::exchange(made_due_, false)) {
    const std::shared_ptr<base_protocol> keep = protocol_;
    call("Exception in protocol.connection_made()", [&] {
      if (plain_ != nullptr) {
        plain_->connection_made(transport_);
      } else if (buffered_ != nullptr) {
        buffered_->connection_made(transport_);
      }
    });
  }
  if (std::exchange(pause_due_, false)) {
    if (resume_due_ && transport_.writing_resumed()) {
      resume_due_ = false;  // it is over before anybody was told
    } else {
      tell_pause();
    }
  }
  if (std::exchange(resume_due_, false) && transport_.writing_resumed()) {
    const std::shared_ptr<base_protocol> keep = protocol_;
    if (keep != nullptr) call("protocol.resume_writing() failed", [&] { keep->resume_writing(); });
  }
  while (!received_.empty() && transport_.is_reading() &&
         (plain_ != nullptr || buffered_ != nullptr)) {
    tell_received();
  }
  if (lender_ != protocol_ && received_.empty() && !transport_.receiving()) lender_.reset();
  if (eof_due_ && received_.empty() && transport_.is_reading()) tell_eof();
  receive();
}

void protocol_face::tell_received() noexcept {
  const std::shared_ptr<base_protocol> keep = protocol_;
  if (plain_ != nullptr) {
    // A call to the transport may reach this again: the bytes must stay where they are.
    const block memory = std::move(memory_);
    const std::shared_ptr<base_protocol> lender = std::move(lender_);
    const const_buffer data = std::exchange(received_, {});
    call_or_abort("Fatal error: protocol.data_received() call failed.",
                  [&] { plain_->data_received(data); });
  } else if (lender_ == protocol_) {
    const std::size_t count = std::exchange(received_, {}).size();
    call_or_abort("Fatal error: protocol.buffer_updated() call failed.",
                  [&] { buffered_->buffer_updated(count); });
  } else {
    tell_copy();
  }
}

/// What has come into memory of somebody else goes on into the protocol's buffer.
void protocol_face::tell_copy() noexcept {
  const std::shared_ptr<base_protocol> keep = protocol_;
  buffered_protocol* const told = buffered_;
  const std::size_t size = received_.size();
  mutable_buffer to;
  call_or_abort("Fatal error: protocol.get_buffer() call failed.", [&] {
    to = told->get_buffer(size);
    if (to.empty()) throw_usage_error("get_buffer() returned an empty buffer");
  });
  if (to.empty() || buffered_ != told || !transport_.is_reading()) return;
  const std::size_t count = std::min(to.size(), size);
  std::memcpy(to.data(), received_.data(), count);
  received_ = received_.subspan(count);
  if (received_.empty()) memory_.release();
  call_or_abort("Fatal error: protocol.buffer_updated() call failed.",
                [&] { told->buffer_updated(count); });
}

void protocol_face::tell_eof() noexcept {
  eof_due_ = false;
  bool stays_open = false;
  const std::shared_ptr<base_protocol> keep = protocol_;
  call_or_abort("Fatal error: protocol.eof_received() call failed.", [&] {
    if (plain_ != nullptr) {
      stays_open = plain_->eof_received();
    } else if (buffered_ != nullptr) {
      stays_open = buffered_->eof_received();
    }
  });
  if (!stays_open) transport_.close();
}

/// Goes on receiving, if that is wanted.
void protocol_face::receive() noexcept {
  if (!transport_.is_reading() || transport_.receiving() || at_eof_ || !received_.empty() ||
      made_due_) {
    return;
  }
  if (plain_ != nullptr) {
    try {
      if (!memory_) memory_ = block::of(block::largest_kept);
    } catch (...) {
      transport_.fail(std::current_exception());
      return;
    }
    lender_.reset();
    into_ = {memory_.data(), memory_.size()};
    transport_.receive_into_spare(into_);
  } else if (buffered_ != nullptr) {
    const std::shared_ptr<base_protocol> keep = protocol_;
    mutable_buffer into;
    call_or_abort("Fatal error: protocol.get_buffer() call failed.", [&] {
      into = buffered_->get_buffer(0);
      if (into.empty()) throw_usage_error("get_buffer() returned an empty buffer");
    });
    if (into.empty() || !transport_.is_reading() || keep != protocol_) return;
    memory_.release();
    lender_ = protocol_;
    into_ = into;
    transport_.receive(into);
  }
}

template <class Call>
bool protocol_face::call(const char* what, Call&& function) noexcept {
  context_slot* const outer = context_slot::exchange_current(&context_);
  bool succeeded = true;
  try {
    function();
  } catch (...) {
    report(what, std::current_exception());
    succeeded = false;
  }
  context_slot::exchange_current(outer);
  return succeeded;
}

template <class Call>
void protocol_face::call_or_abort(const char* what, Call&& function) noexcept {
  std::exception_ptr error;
  const auto guarded = [&] {
    try {
      function();
    } catch (...) {
      error = std::current_exception();
      throw;
    }
  };
  if (!call(what, guarded)) transport_.fail(std::move(error));
}

void protocol_face::report(const char* what, const std::exception_ptr& error) noexcept {
  if (transport_.get_loop() == nullptr) return;
  exception_context context;
  context.message = what;
  context.exception = error;
  context.protocol = protocol_.get();
  context.transport = &transport_;
  transport_.get_loop()->call_exception_handler(context);
}

}  // namespace ouro::inline v0::detail
