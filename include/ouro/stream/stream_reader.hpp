// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/stream/detail/read_operations.hpp"
#include "ouro/stream/detail/stream_core.hpp"
#include "ouro/stream/limit_overrun_error.hpp"

#include <cstddef>
#include <exception>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace ouro::inline v0 {

/// Options of a read up to a separator.
struct readuntil_options {
  /// How many bytes may come before the separator; nothing: the limit of the reader.
  std::optional<std::size_t> limit = std::nullopt;
};
static_assert(std::is_trivially_destructible_v<readuntil_options>);

/// The receiving half of a connection; or alone, for what is given to feed_data().
///
/// One task at a time may read. A read receives when it is awaited and there is not enough yet, so
/// that a peer is held up as long as nobody reads. Every read comes in up to three forms: into a
/// string of its own; into memory of the caller; and as a view of memory of the reader, valid until
/// the next read begins.
///
/// The reader must not be moved or destroyed while a read runs.
///
/// Errors, of every read: usage_error if another task reads; std::system_error, with the errno of
/// recv(2), or of send(2) if that failed first, and the same again for every later read.
/// Cancellation, of every read: if cancelled_error or timeout_error is thrown, nothing was taken:
/// the next read finds every byte.
/// asyncio: StreamReader.
class stream_reader {
 public:
  static constexpr std::size_t default_limit = 65536;

  /// A reader of what is fed to it; `limit` is how many bytes may come before a separator.
  /// Errors: std::invalid_argument if `limit` is 0.
  explicit stream_reader(std::size_t limit = default_limit)
      : core_(new detail::stream_core(limit)) {}
  explicit stream_reader(detail::stream_core_ptr core) noexcept : core_(std::move(core)) {}

  // Reading ---------------------------------------------------------------------------------------

  /// Reads up to `into.size()` bytes and gives their number: as soon as there is one; zero only at
  /// the end, or if `into` is empty. `into` must stay valid until the await ends. With nothing in
  /// the reader, the kernel receives straight into 512 bytes or more.
  [[nodiscard]] detail::read_some_into_operation read(std::span<std::byte> into) noexcept {
    return {*core_, into};
  }
  /// Reads up to `most` bytes, as soon as there is one; empty only at the end, or if `most` is
  /// zero.
  [[nodiscard]] detail::read_some_operation<std::string> read(std::size_t most) noexcept {
    return {*core_, most};
  }
  [[nodiscard]] detail::read_some_operation<std::string_view> read_view(
      std::size_t most = std::numeric_limits<std::size_t>::max()) noexcept {
    return {*core_, most};
  }
  /// Reads to the end.
  [[nodiscard]] detail::read_all_operation read() noexcept {
    return detail::read_all_operation(*core_);
  }

  /// Reads exactly `count` bytes.
  /// Errors: incomplete_read_error if the end comes first; its `partial` is taken out of the stream.
  [[nodiscard]] detail::readexactly_operation<std::string> readexactly(std::size_t count) noexcept {
    return {*core_, count};
  }
  [[nodiscard]] detail::readexactly_operation<std::string_view> readexactly_view(
      std::size_t count) noexcept {
    return {*core_, count};
  }
  /// Fills `into`, which must stay valid until the await ends, by a copy when all has come, so that
  /// a read that is cancelled leaves every byte in the reader.
  /// Errors: as above.
  [[nodiscard]] detail::readexactly_into_operation readexactly(std::span<std::byte> into) noexcept {
    return {*core_, into};
  }

  /// Reads up to and with `separator`, whose text must stay valid until the await ends.
  /// Errors: incomplete_read_error if the end comes first; its `partial` is taken out of the stream.
  /// limit_overrun_error if there are more bytes before it than the limit; all stay in the stream.
  /// std::invalid_argument if the separator is empty.
  [[nodiscard]] detail::readuntil_operation<std::string> readuntil(
      std::string_view separator = "\n", const readuntil_options& options = {}) {
    return {*core_, detail::separators(separator), limit_of(options)};
  }
  [[nodiscard]] detail::readuntil_operation<std::string_view> readuntil_view(
      std::string_view separator = "\n", const readuntil_options& options = {}) {
    return {*core_, detail::separators(separator), limit_of(options)};
  }
  /// Up to the separator that ends first; of several that end together, the longest.
  [[nodiscard]] detail::readuntil_operation<std::string> readuntil(
      std::span<const std::string_view> several, const readuntil_options& options = {}) {
    return {*core_, detail::separators::several(several), limit_of(options)};
  }
  [[nodiscard]] detail::readuntil_operation<std::string> readuntil(
      std::initializer_list<std::string_view> several, const readuntil_options& options = {}) {
    return readuntil(std::span<const std::string_view>(several.begin(), several.size()), options);
  }
  [[nodiscard]] detail::readuntil_operation<std::string_view> readuntil_view(
      std::span<const std::string_view> several, const readuntil_options& options = {}) {
    return {*core_, detail::separators::several(several), limit_of(options)};
  }

  /// Reads a line with its "\n"; at the end what is left, then "".
  /// Errors: limit_overrun_error if a line is longer than the limit; all stays in the stream:
  /// skip_line() leaves the line behind.
  [[nodiscard]] detail::readline_operation<std::string> readline(
      const readuntil_options& options = {}) {
    return {*core_, limit_of(options)};
  }
  [[nodiscard]] detail::readline_operation<std::string_view> readline_view(
      const readuntil_options& options = {}) {
    return {*core_, limit_of(options)};
  }
  /// The next line with its "\n"; nothing at the end. Python: `async for line in reader`.
  [[nodiscard]] detail::next_line_operation anext(const readuntil_options& options = {}) {
    return {*core_, limit_of(options)};
  }
  /// Drops everything up to and with the next "\n", however much that is, and gives the number of
  /// bytes. Cancellation: what has been dropped is gone.
  [[nodiscard]] detail::skip_line_operation skip_line() noexcept {
    return detail::skip_line_operation(*core_);
  }

  /// Whether the end has come and everything has been read.
  [[nodiscard]] bool at_eof() const noexcept { return core_->eof() && core_->size() == 0; }

  // Feeding ---------------------------------------------------------------------------------------

  /// Adds `data` to what can be read.
  /// Errors: usage_error after feed_eof().
  void feed_data(const_buffer data) { core_->feed_data(data); }
  void feed_data(std::string_view data) { feed_data(as_buffer(data)); }
  /// The end has come.
  void feed_eof() noexcept { core_->feed_eof(); }
  /// From now on every read throws `error`, the one that waits too.
  void set_exception(std::exception_ptr error) noexcept { core_->set_exception(std::move(error)); }
  /// What reads throw; null if nothing.
  [[nodiscard]] std::exception_ptr exception() const noexcept { return core_->error(); }
  /// Pauses `source` while more than twice the limit waits to be read.
  void set_transport(transport& source) noexcept { core_->set_source(&source); }

 private:
  friend class stream_reader_protocol;

  std::size_t limit_of(const readuntil_options& options) const noexcept {
    return options.limit.value_or(core_->limit());
  }

  detail::stream_core_ptr core_;
};

}  // namespace ouro::inline v0
