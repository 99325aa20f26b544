// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/io/endpoint.hpp"
#include "ouro/stream/detail/stream_core.hpp"
#include "ouro/stream/detail/write_all_operation.hpp"
#include "ouro/stream/detail/writer_wait.hpp"
#include "ouro/stream/sendfile.hpp"
#include "ouro/stream/transport.hpp"

#include <optional>
#include <string_view>
#include <utility>

namespace ouro::inline v0 {

/// The sending half of a connection. Its destructor is close(): what was written is still sent.
///
/// asyncio: StreamWriter.
class stream_writer {
 public:
  explicit stream_writer(detail::stream_core_ptr core) noexcept : core_(std::move(core)) {}
  stream_writer(stream_writer&&) noexcept = default;
  stream_writer& operator=(stream_writer&& other) noexcept {
    if (this != &other) {
      if (core_) close();
      core_ = std::move(other.core_);
    }
    return *this;
  }
  ~stream_writer() {
    if (core_) close();
  }

  /// Buffers `data` to be sent after everything written before; see transport::write(). Never
  /// waits: follow it by drain().
  /// Errors: usage_error after write_eof(), or if more than the cap of the limits would be buffered.
  void write(const_buffer data) { transport().write(data); }
  void write(std::string_view data) { transport().write(data); }
  /// Writes each of `parts`; they leave together.
  template <std::ranges::input_range Parts>
  void writelines(Parts&& parts) {
    transport().writelines(std::forward<Parts>(parts));
  }

  /// Waits until there is room to write: until no more than the low mark is buffered, once more
  /// than the high mark was; for one turn while the connection closes; not at all otherwise. Any
  /// number of tasks may wait.
  ///
  /// Errors: what broke the connection; std::system_error (ECONNRESET) if it was closed.
  /// asyncio: drain().
  [[nodiscard]] detail::drain_operation drain() noexcept { return detail::drain_operation(*core_); }

  /// Sends `data` after everything written before, straight from the caller's memory, and waits
  /// until the kernel has taken the last byte. `data` must stay valid until the await ends. Several
  /// tasks may; their bytes do not mix.
  ///
  /// Errors: what broke the connection; std::system_error (ECONNRESET) if it is or gets closed before
  /// the last byte is sent; usage_error after write_eof().
  /// Cancellation: if cancelled_error or timeout_error is thrown after the send has begun, the rest
  /// is sent all the same, from a copy, as after write(): no message is cut in two. If the
  /// interruption was pending before, nothing is sent.
  /// asyncio: write() and drain(), without the copy.
  [[nodiscard]] detail::write_all_operation write_all(const_buffer data) noexcept {
    return {*core_, data};
  }
  [[nodiscard]] detail::write_all_operation write_all(std::string_view data) noexcept {
    return {*core_, as_buffer(data)};
  }

  /// Sends a part of a file after everything written before: see ouro::sendfile().
  [[nodiscard]] task<std::size_t> sendfile(int file, const sendfile_options& options = {}) {
    return ouro::sendfile(transport(), file, options);
  }

  /// Ends this direction once everything is sent: the peer reads to the end, and may still answer.
  /// Errors: usage_error if !can_write_eof().
  void write_eof() { transport().write_eof(); }
  [[nodiscard]] bool can_write_eof() const noexcept { return transport().can_write_eof(); }

  /// Closes the connection, both ways, once everything is sent. Does not wait.
  void close() noexcept { transport().close(); }
  /// Closes it at once: what has not been sent is dropped. asyncio: transport.abort().
  void abort() noexcept { transport().abort(); }
  [[nodiscard]] bool is_closing() const noexcept { return transport().is_closing(); }
  /// Waits until the connection is closed, which somebody has to ask for.
  /// Errors: what broke the connection.
  [[nodiscard]] detail::wait_closed_operation wait_closed() noexcept {
    return detail::wait_closed_operation(*core_);
  }

  /// The addresses of both ends, the socket, the pipe: nothing where there is none. asyncio:
  /// get_extra_info().
  [[nodiscard]] std::optional<endpoint> peername() const { return transport().peername(); }
  [[nodiscard]] std::optional<endpoint> sockname() const { return transport().sockname(); }
  [[nodiscard]] ouro::socket* socket() noexcept { return transport().socket(); }
  [[nodiscard]] std::optional<int> pipe() const noexcept { return transport().pipe(); }

  /// The transport beneath: for its limits, or to abort it.
  [[nodiscard]] ouro::transport& transport() noexcept { return *core_->transport(); }
  [[nodiscard]] const ouro::transport& transport() const noexcept { return *core_->transport(); }

 private:
  detail::stream_core_ptr core_;
};

}  // namespace ouro::inline v0
