// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/time.hpp"
#include "ouro/task/task.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace ouro::inline v0 {

namespace detail {
class memory_connection;
}

namespace testing {

/// The reading half of an end of a memory_pipe().
///
/// One task at a time may read: a second one beside it is a usage_error. The reader must not be
/// moved or destroyed while a read runs. Once the connection is reset, every read throws
/// std::system_error (ECONNRESET), whatever is left to read.
///
/// Cancellation: a cancelled read has taken nothing: the next one gets the same bytes.
/// asyncio: StreamReader.
class memory_reader {
 public:
  memory_reader(std::shared_ptr<detail::memory_connection> connection, int side) noexcept;
  memory_reader(memory_reader&& other) noexcept = default;
  memory_reader& operator=(memory_reader&& other) noexcept;
  ~memory_reader();

  /// Reads up to `into.size()` bytes and gives their number: as soon as there is one; zero only at
  /// the end, or if `into` is empty. `into` must stay valid until the await ends.
  [[nodiscard]] task<std::size_t> read(std::span<std::byte> into);
  /// Reads up to `limit` bytes, as soon as there is one; empty only at the end, or if `limit` is
  /// zero.
  [[nodiscard]] task<std::string> read(std::size_t limit);
  /// Reads to the end.
  [[nodiscard]] task<std::string> read();
  /// Reads exactly `count` bytes.
  /// Errors: incomplete_read_error if the end comes first.
  [[nodiscard]] task<std::string> readexactly(std::size_t count);
  /// Reads a line with its "\n"; at the end what is left, then "".
  [[nodiscard]] task<std::string> readline();
  /// Reads up to and with `separator`.
  /// Errors: incomplete_read_error if the end comes first; std::invalid_argument if it is empty.
  [[nodiscard]] task<std::string> readuntil(std::string separator = "\n");
  /// The next line with its "\n"; nothing at the end. Python: `async for line in reader`.
  [[nodiscard]] task<std::optional<std::string>> anext();

  /// Whether the end has come and everything has been read.
  bool at_eof() const;

 private:
  class turn;

  task<bool> fill();
  task<bool> fill_to(std::size_t count);
  task<std::size_t> find(std::string_view separator);
  std::string take(std::size_t count);

  std::shared_ptr<detail::memory_connection> connection_;
  int side_;
  bool reading_ = false;
  std::string buffer_;  // has come, and was not asked for yet
};

/// The writing half of an end of a memory_pipe(). Its destructor is close(). asyncio: StreamWriter.
class memory_writer {
 public:
  memory_writer(std::shared_ptr<detail::memory_connection> connection, int side) noexcept;
  memory_writer(memory_writer&& other) noexcept = default;
  memory_writer& operator=(memory_writer&& other) noexcept;
  ~memory_writer();

  /// Sends `data`; never waits. Does nothing once this end is closed or the connection is reset.
  /// Errors: usage_error after write_eof().
  void write(std::string_view data);
  void write(std::span<const std::byte> data);

  /// Waits until no more than `capacity` bytes are on their way; not at all if that is so already.
  /// Any number of tasks may wait.
  /// Errors: std::system_error (ECONNRESET) if the connection is reset, this end is closed, or the peer
  /// was closed before it had read everything.
  [[nodiscard]] task<> drain();

  /// Ends this direction: the peer reads to the end, and may still answer.
  void write_eof();
  bool can_write_eof() const noexcept { return true; }

  /// Closes this end. The peer still reads what was written, then the end. What the peer has sent
  /// and nobody has read is dropped; reads of this end give what they have, then the end.
  void close() noexcept;
  bool is_closing() const noexcept;
  /// Waits until this end is closed and no more than `capacity` bytes are on their way.
  /// Errors: std::system_error (ECONNRESET) if the connection was reset by the peer.
  [[nodiscard]] task<> wait_closed();

  /// Closes this end at once and drops what is on its way: the peer's reads throw ECONNRESET.
  void abort() noexcept;

 private:
  std::shared_ptr<detail::memory_connection> connection_;
  int side_;
};

/// One end of a memory_pipe().
struct memory_end {
  memory_reader reader;
  memory_writer writer;
};

struct memory_pipe_options {
  /// Each read gets 1 to so many bytes at once, by chance; the rest comes in a later turn.
  std::size_t max_chunk = std::numeric_limits<std::size_t>::max();
  /// The same seed gives the same chunks.
  std::uint64_t seed = 0;
  /// How long bytes and the end are on their way, on the clock of the loop.
  duration latency = duration::zero();
  /// How many bytes may be on their way, in each direction, before drain() waits.
  std::size_t capacity = 65536;
  /// Resets the connection once so many bytes have been read in one direction.
  std::optional<std::size_t> reset_after = std::nullopt;
};
static_assert(std::is_trivially_destructible_v<memory_pipe_options>);

/// Two ends of a connection in memory: what is written to one is read from the other. Needs no
/// kernel, keeps to the virtual clock, and makes short reads, delays and resets easy to have.
///
/// Errors: std::invalid_argument if `max_chunk` is zero or `latency` negative.
[[nodiscard]] std::array<memory_end, 2> memory_pipe(const memory_pipe_options& options = {});

}  // namespace testing
}  // namespace ouro::inline v0
