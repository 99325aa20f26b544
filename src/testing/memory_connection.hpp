// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/time.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/wait_list.hpp"
#include "ouro/task/waiter.hpp"
#include "ouro/testing/memory_pipe.hpp"

#include <deque>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace ouro::inline v0::detail {

/// A reader's wait: until notify(), at the latest until a time. While it waits it is in `slot`.
class arrival_wait final : public leaving_waiter, private timer_node {
 public:
  arrival_wait(arrival_wait*& slot, std::optional<time_point> until) noexcept
      : slot_(slot), until_(until) {}

  bool await_ready() const noexcept { return false; }
  bool await_suspend(const await_point& at) {
    if (!begin_wait(at)) return false;
    slot_ = this;
    if (until_) task()->loop().schedule_timer(*this, *until_);
    return true;
  }
  void await_resume() const { finish_wait(); }

  void notify() noexcept {
    leave();
    wake();
  }

 private:
  void run() noexcept override {
    if (parked()) notify();
  }
  void leave() noexcept override {
    if (scheduled()) task()->loop().cancel_timer(*this);
    if (queued()) task()->loop().forget_ready(*this);
    slot_ = nullptr;
  }
  std::string describe() const override { return "memory pipe"; }

  arrival_wait*& slot_;
  std::optional<time_point> until_;
};

/// One direction of a memory pipe: the bytes on their way.
class memory_lane {
 public:
  memory_lane(const testing::memory_pipe_options& options, std::uint64_t seed);

  void write(std::string_view data);
  void write_eof();
  /// Appends a chunk of what has arrived to `into`. False if nothing has.
  bool deliver(std::string& into);
  /// Nothing more comes, and what was on its way is gone. Returns whether that was anything.
  bool cut() noexcept;

  /// Nothing is on its way, and nothing will be.
  bool ended() const;
  bool has_eof() const noexcept { return eof_at_.has_value(); }
  bool over_capacity() const noexcept { return on_its_way_ > options_.capacity; }
  std::optional<time_point> next_arrival() const;
  /// The byte at which the connection is to be reset has been delivered.
  bool must_reset() const noexcept;

  void wake_reader() noexcept {
    if (reader_ != nullptr) reader_->notify();
  }
  arrival_wait wait_for_arrival() noexcept { return {reader_, next_arrival()}; }
  wait_list& writers() noexcept { return writers_; }

 private:
  struct piece {
    time_point arrival;
    std::string data;
    std::size_t taken;
  };

  time_point arrival() const;

  testing::memory_pipe_options options_;
  std::mt19937_64 random_;
  std::deque<piece> pieces_;
  std::size_t on_its_way_ = 0;
  std::size_t delivered_ = 0;
  std::optional<time_point> eof_at_;
  bool cut_ = false;
  arrival_wait* reader_ = nullptr;  // null unless a reader waits
  wait_list writers_;               // drain() and wait_closed()
};

/// What the two ends share. Side 0 writes to lane 0, side 1 to lane 1.
class memory_connection {
 public:
  explicit memory_connection(const testing::memory_pipe_options& options)
      : lanes_{memory_lane(options, options.seed), memory_lane(options, ~options.seed)} {}

  struct side {
    bool closed = false;
    bool reset = false;  // the peer has reset the connection
    bool lost = false;   // the peer did not read what this side wrote
    bool deaf = false;   // its reader is gone
    wait_list closing;   // wait_closed() before close()
  };

  memory_lane& outgoing(int of) noexcept { return lanes_[of]; }
  memory_lane& incoming(int of) noexcept { return lanes_[1 - of]; }
  side& at(int of) noexcept { return sides_[of]; }
  side& peer_of(int of) noexcept { return sides_[1 - of]; }

  void write(int from, std::string_view data);
  void close(int which) noexcept;
  void abort(int which) noexcept;
  /// Both sides find the connection reset.
  void reset() noexcept;
  void reader_gone(int which) noexcept;

 private:
  void reset_side(int which) noexcept;

  memory_lane lanes_[2];
  side sides_[2];
};

}  // namespace ouro::inline v0::detail
