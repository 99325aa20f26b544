// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/buffer.hpp"

#include <cstddef>
#include <exception>

namespace ouro::inline v0::detail {

/// The upper side of a transport: a reader and writer, or a protocol. Every call comes from the
/// dispatch of completions or from a call to the transport, but on_lost(), which comes from the
/// loop: none but that may run code of the user.
class transport_face {
 public:
  /// `count` bytes, at least one, are in the buffer that was given to transport::receive().
  virtual void on_received(std::size_t count) noexcept = 0;
  /// There is something to receive: the answer to transport::receive() with an empty buffer.
  virtual void on_readable() noexcept = 0;
  /// The peer sends no more. The answer to transport::receive().
  virtual void on_eof() noexcept = 0;
  /// The buffer is the face's again, and nothing came.
  virtual void on_receive_ended() noexcept = 0;
  /// More than the high mark is buffered. Called once, until resume is due.
  virtual void on_pause_writing() noexcept = 0;
  /// The low mark is reached: the face calls transport::writing_resumed(), now or later.
  virtual void on_resume_writing() noexcept = 0;
  /// pause_reading() or resume_reading() was called.
  virtual void on_reading_changed() noexcept = 0;
  /// The connection is over, and the transport has let go of the face. `error` is null if it was
  /// closed.
  virtual void on_lost(const std::exception_ptr& error) noexcept = 0;
  /// As on_lost(), but the loop is closed: nothing may be called.
  virtual void on_loop_closed() noexcept = 0;

 protected:
  ~transport_face() = default;
};

}  // namespace ouro::inline v0::detail
