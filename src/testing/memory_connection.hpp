// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/time.hpp"
#include "ouro/io/buffer.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/testing/memory_pipe.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <optional>
#include <random>
#include <string>

namespace ouro::inline v0::detail {

/// One direction of a memory pipe: the bytes on their way, which stand for what two sockets and the
/// net between them hold.
class memory_lane {
 public:
  memory_lane(const testing::memory_pipe_options& options, std::uint64_t seed);

  /// How many bytes can be put now.
  std::size_t room() const noexcept {
    return options_.capacity - std::min(on_its_way_, options_.capacity);
  }
  /// Sends `data`, at most room() bytes of it, which arrive after `now`. Returns how many.
  /// Errors: std::bad_alloc.
  std::size_t put(const_buffer data, time_point now);
  /// Nothing is put any more. The answer to whoever has read everything is `end`: 0, or -errno,
  /// which outdoes 0.
  void finish(int end, time_point now) noexcept;
  /// As finish(), and drops what is on its way. Returns whether that was anything.
  bool cut(int end, time_point now) noexcept;

  bool finished() const noexcept { return finished_; }
  /// When there is something to take; nothing if that is not known yet.
  std::optional<time_point> next_arrival() const noexcept;
  /// Takes a chunk of what has arrived: its size, or the end. An empty `into` takes nothing and
  /// gives 1.
  int take(mutable_buffer into) noexcept;
  /// The byte at which the connection is to be reset has been taken.
  bool must_reset() const noexcept {
    return options_.reset_after && taken_ >= *options_.reset_after;
  }

 private:
  struct piece {
    time_point arrival;
    std::string data;
    std::size_t taken;
  };

  time_point arrival(time_point now) const noexcept;

  testing::memory_pipe_options options_;
  std::mt19937_64 random_;
  std::deque<piece> pieces_;
  std::size_t on_its_way_ = 0;
  std::size_t taken_ = 0;
  bool finished_ = false;
  time_point finish_arrival_{};  // valid if finished_
  int end_ = 0;                  // valid if finished_
};

/// An end of a memory_connection.
class memory_port {
 public:
  /// There may be something to receive now, or room to send.
  virtual void on_change() noexcept = 0;

 protected:
  ~memory_port() = default;
};

/// What the two ends share. Side 0 puts into lane 0, side 1 into lane 1.
class memory_connection {
 public:
  explicit memory_connection(const testing::memory_pipe_options& options);

  void open(std::size_t side, memory_port& port) noexcept { ports_[side] = &port; }

  memory_lane& outgoing(std::size_t of) noexcept { return lanes_[of]; }
  memory_lane& incoming(std::size_t of) noexcept { return lanes_[1 - of]; }
  /// Why `side` can send nothing: -errno, or 0.
  int send_error(std::size_t side) const noexcept { return send_errors_[side]; }

  /// As of a socket: the peer reads what was sent, then the end, and cannot send. If something was
  /// not read here, the peer finds the connection reset instead.
  void close(std::size_t side, time_point now) noexcept;
  /// Both sides find the connection reset, at once.
  void reset(time_point now) noexcept;
  /// Tells the peer of `side` that something has changed.
  void tell_peer_of(std::size_t side) noexcept {
    if (ports_[1 - side] != nullptr) ports_[1 - side]->on_change();
  }

 private:
  std::array<memory_lane, 2> lanes_;
  std::array<memory_port*, 2> ports_{};  // null once closed
  std::array<int, 2> send_errors_{};
};

}  // namespace ouro::inline v0::detail
