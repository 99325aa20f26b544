// SPDX-License-Identifier: BSL-1.0
#include "memory_transport.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>
#include <new>
#include <string>
#include <utility>

namespace ouro::inline v0::detail {
namespace {

/// Answers as the kernel does for a socket: in a later turn of the loop, and once for each request.
class memory_transport final : public transport, private memory_port {
 public:
  memory_transport(event_loop& loop, std::shared_ptr<memory_connection> shared, std::size_t side)
      : transport(loop), shared_(std::move(shared)), side_(side) {
    shared_->open(side_, *this);
  }

 private:
  /// The answer to a request, which is due in the next turn or at a time.
  class answer final : public timer_node {
   public:
    answer(memory_transport& owner, void (memory_transport::*give)()) noexcept
        : owner_(owner), give_(give) {}

    void ask() noexcept { asked_ = true; }
    bool asked() const noexcept { return asked_; }
    bool stopped() const noexcept { return stopped_; }
    void stop() noexcept {
      stopped_ = true;
      set_due();
    }
    /// The request gets its answer.
    void end() noexcept { asked_ = stopped_ = false; }

    void set_due() noexcept {
      if (!asked_ || queued() || owner_.get_loop()->is_closed()) return;
      if (scheduled()) owner_.get_loop()->cancel_timer(*this);
      owner_.get_loop()->make_ready(*this);
    }
    void set_due(time_point when) noexcept {
      if (when <= owner_.now()) return set_due();
      if (!asked_ || queued() || scheduled() || owner_.get_loop()->is_closed()) return;
      owner_.get_loop()->schedule_timer(*this, when);
    }

   private:
    void run() noexcept override { (owner_.*give_)(); }
    std::string describe() const override { return "memory pipe"; }

    memory_transport& owner_;
    void (memory_transport::*give_)();
    bool asked_ = false;
    bool stopped_ = false;
  };

  time_point now() const noexcept { return get_loop()->time(); }

  void begin_receive(mutable_buffer into) noexcept override {
    into_ = into;
    receive_.ask();
    look_for_bytes();
  }
  void repeat_receive() noexcept override {}  // no signal interrupts it
  void end_receive() noexcept override { receive_.stop(); }
  void begin_send() noexcept override {
    send_.ask();
    look_for_room();
  }
  void end_send() noexcept override { send_.stop(); }

  void send_eof() noexcept override {
    shared_->outgoing(side_).finish(0, now());
    shared_->tell_peer_of(side_);
  }
  void close_channel() noexcept override { shared_->close(side_, now()); }

  void on_change() noexcept override {
    look_for_bytes();
    look_for_room();
  }
  void look_for_bytes() noexcept {
    if (!receive_.asked()) return;
    if (const auto when = shared_->incoming(side_).next_arrival()) receive_.set_due(*when);
  }
  void look_for_room() noexcept {
    if (shared_->send_error(side_) != 0 || shared_->outgoing(side_).room() != 0) send_.set_due();
  }

  void give_received() noexcept {
    const bool stopped = receive_.stopped();
    receive_.end();
    if (stopped) return received(-ECANCELED);
    memory_lane& lane = shared_->incoming(side_);
    const int result = lane.take(into_);
    if (lane.must_reset()) shared_->reset(now());
    shared_->tell_peer_of(side_);  // there is room
    received(result);
  }

  void give_sent() noexcept {
    const bool stopped = send_.stopped();
    send_.end();
    const int result = stopped ? -ECANCELED : send();
    sent(result);
  }

  int send() noexcept {
    if (const int error = shared_->send_error(side_); error != 0) return error;
    memory_lane& lane = shared_->outgoing(side_);
    std::array<const_buffer, max_parts> parts;
    const std::size_t count = queue().gather(parts);
    std::size_t put = 0;
    try {
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t most = std::numeric_limits<int>::max() - put;
        put += lane.put(parts[i].first(std::min(parts[i].size(), most)), now());
      }
    } catch (const std::bad_alloc&) {
      if (put == 0) return -ENOMEM;
    }
    shared_->tell_peer_of(side_);
    return static_cast<int>(put);
  }

  static constexpr std::size_t max_parts = 8;

  std::shared_ptr<memory_connection> shared_;
  std::size_t side_;
  mutable_buffer into_;
  answer receive_{*this, &memory_transport::give_received};
  answer send_{*this, &memory_transport::give_sent};
};

}  // namespace

transport_ptr make_memory_transport(event_loop& loop, std::shared_ptr<memory_connection> shared,
                                    std::size_t side) {
  return transport_ptr(new memory_transport(loop, std::move(shared), side));
}

}  // namespace ouro::inline v0::detail
