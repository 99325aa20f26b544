// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/memory_pipe.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/task/sleep.hpp"

#include "memory_connection.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace ouro::inline v0::testing {

using detail::memory_connection;

// The reader
// ------------------------------------------------------------------------------------------

/// The right to read, for one call.
class memory_reader::turn {
 public:
  explicit turn(memory_reader& reader) : reader_(reader) {
    if (reader.reading_) {
      detail::throw_usage_error(
          "memory_reader: another task is reading already; two would mix up the stream");
    }
    if (reader.connection_->at(reader.side_).reset) throw_os_error(ECONNRESET, "recv");
    reader.reading_ = true;
  }
  turn(const turn&) = delete;
  turn& operator=(const turn&) = delete;
  ~turn() { reader_.reading_ = false; }

 private:
  memory_reader& reader_;
};

memory_reader::memory_reader(std::shared_ptr<memory_connection> connection, int side) noexcept
    : connection_(std::move(connection)), side_(side) {}

memory_reader& memory_reader::operator=(memory_reader&& other) noexcept {
  if (connection_ != nullptr) connection_->reader_gone(side_);
  connection_ = std::move(other.connection_);
  side_ = other.side_;
  buffer_ = std::move(other.buffer_);
  return *this;
}

memory_reader::~memory_reader() {
  if (connection_ != nullptr) connection_->reader_gone(side_);
}

bool memory_reader::at_eof() const {
  return buffer_.empty() && connection_->incoming(side_).ended();
}

std::string memory_reader::take(std::size_t count) {
  if (count >= buffer_.size()) return std::exchange(buffer_, {});
  std::string taken = buffer_.substr(0, count);
  buffer_.erase(0, count);
  return taken;
}

/// Waits for a chunk and puts it into the buffer. False at the end.
task<bool> memory_reader::fill() {
  detail::memory_lane& lane = connection_->incoming(side_);
  for (;;) {
    if (connection_->at(side_).reset) throw_os_error(ECONNRESET, "recv");
    if (lane.deliver(buffer_)) {
      if (lane.must_reset()) connection_->reset();
      co_return true;
    }
    if (lane.ended()) co_return false;
    co_await lane.wait_for_arrival();
  }
}

/// Fills the buffer up to `count` bytes, a chunk a turn. False if the end comes first.
task<bool> memory_reader::fill_to(std::size_t count) {
  while (buffer_.size() < count) {
    const bool more = co_await fill();
    if (!more) co_return false;
    if (buffer_.size() < count) co_await sleep(duration::zero());
  }
  co_return true;
}

/// Fills the buffer, a chunk a turn, until it holds `separator`, and gives the place behind it;
/// npos if the end comes first.
task<std::size_t> memory_reader::find(std::string_view separator) {
  std::size_t from = 0;
  for (;;) {
    const std::size_t found = buffer_.find(separator, from);
    if (found != buffer_.npos) co_return found + separator.size();
    from = buffer_.size() - std::min(buffer_.size(), separator.size() - 1);
    const bool more = co_await fill_to(buffer_.size() + 1);
    if (!more) co_return buffer_.npos;
    if (buffer_.find(separator, from) == buffer_.npos) co_await sleep(duration::zero());
  }
}

task<std::size_t> memory_reader::read(std::span<std::byte> into) {
  const turn mine(*this);
  if (into.empty()) co_return 0;
  co_await fill_to(1);
  const std::size_t count = std::min(into.size(), buffer_.size());
  std::memcpy(into.data(), buffer_.data(), count);
  buffer_.erase(0, count);
  co_return count;
}

task<std::string> memory_reader::read(std::size_t limit) {
  const turn mine(*this);
  if (limit != 0) co_await fill_to(1);
  co_return take(limit);
}

task<std::string> memory_reader::read() {
  const turn mine(*this);
  co_await fill_to(buffer_.max_size());
  co_return std::exchange(buffer_, {});
}

task<std::string> memory_reader::readexactly(std::size_t count) {
  const turn mine(*this);
  const bool complete = co_await fill_to(count);
  if (!complete) throw incomplete_read_error(std::exchange(buffer_, {}), count);
  co_return take(count);
}

task<std::string> memory_reader::readuntil(std::string separator) {
  if (separator.empty()) throw std::invalid_argument("readuntil(): the separator is empty");
  const turn mine(*this);
  const std::size_t end = co_await find(separator);
  if (end == buffer_.npos) throw incomplete_read_error(std::exchange(buffer_, {}));
  co_return take(end);
}

task<std::string> memory_reader::readline() {
  const turn mine(*this);
  const std::size_t end = co_await find("\n");
  co_return take(end);
}

task<std::optional<std::string>> memory_reader::anext() {
  std::string line = co_await readline();
  if (line.empty()) co_return std::nullopt;
  co_return std::move(line);
}

// The writer
// ------------------------------------------------------------------------------------------

memory_writer::memory_writer(std::shared_ptr<memory_connection> connection, int side) noexcept
    : connection_(std::move(connection)), side_(side) {}

memory_writer& memory_writer::operator=(memory_writer&& other) noexcept {
  if (connection_ != nullptr) close();
  connection_ = std::move(other.connection_);
  side_ = other.side_;
  return *this;
}

memory_writer::~memory_writer() {
  if (connection_ != nullptr) close();
}

void memory_writer::write(std::string_view data) {
  if (connection_->outgoing(side_).has_eof() && !is_closing()) {
    detail::throw_usage_error("Cannot call write() after write_eof()");
  }
  connection_->write(side_, data);
}

void memory_writer::write(std::span<const std::byte> data) {
  write(std::string_view(reinterpret_cast<const char*>(data.data()), data.size()));
}

task<> memory_writer::drain() {
  const std::shared_ptr<memory_connection> connection = connection_;
  const auto& self = connection->at(side_);
  detail::memory_lane& lane = connection->outgoing(side_);
  for (;;) {
    if (self.reset || self.closed || self.lost) throw_os_error(ECONNRESET, "send");
    if (!lane.over_capacity()) co_return;
    co_await lane.writers().wait();
  }
}

void memory_writer::write_eof() {
  if (!is_closing()) connection_->outgoing(side_).write_eof();
}

void memory_writer::close() noexcept { connection_->close(side_); }

bool memory_writer::is_closing() const noexcept {
  return connection_->at(side_).closed || connection_->at(side_).reset;
}

task<> memory_writer::wait_closed() {
  const std::shared_ptr<memory_connection> connection = connection_;
  auto& self = connection->at(side_);
  detail::memory_lane& lane = connection->outgoing(side_);
  while (!self.closed && !self.reset) co_await self.closing.wait();
  while (lane.over_capacity()) co_await lane.writers().wait();
  if (self.reset) throw_os_error(ECONNRESET, "send");
}

void memory_writer::abort() noexcept { connection_->abort(side_); }

// The pipe
// --------------------------------------------------------------------------------------------

std::array<memory_end, 2> memory_pipe(const memory_pipe_options& options) {
  if (options.max_chunk == 0) throw std::invalid_argument("memory_pipe(): max_chunk is zero");
  if (options.latency < duration::zero()) {
    throw std::invalid_argument("memory_pipe(): latency is negative");
  }
  const auto connection = std::make_shared<memory_connection>(options);
  if (options.reset_after == 0U) connection->reset();
  return {memory_end{memory_reader(connection, 0), memory_writer(connection, 0)},
          memory_end{memory_reader(connection, 1), memory_writer(connection, 1)}};
}

}  // namespace ouro::inline v0::testing
