// SPDX-License-Identifier: BSL-1.0
#include "memory_connection.hpp"

#include <algorithm>

namespace ouro::inline v0::detail {
namespace {

// Where no loop runs there is no time to wait for: ends may be closed there.
bool has_come(time_point arrival) {
  event_loop* const loop = try_get_running_loop();
  return loop == nullptr || arrival <= loop->time();
}

}  // namespace

memory_lane::memory_lane(const testing::memory_pipe_options& options, std::uint64_t seed)
    : options_(options), random_(seed) {}

time_point memory_lane::arrival() const {
  event_loop* const loop = try_get_running_loop();
  if (options_.latency == duration::zero() || loop == nullptr) return time_point::min();
  return saturating_add(loop->time(), options_.latency);
}

void memory_lane::write(std::string_view data) {
  if (data.empty() || cut_) return;
  const time_point when = arrival();
  if (pieces_.empty() || pieces_.back().arrival != when) pieces_.push_back({when, {}, 0});
  pieces_.back().data += data;
  on_its_way_ += data.size();
  wake_reader();
}

void memory_lane::write_eof() {
  if (eof_at_) return;
  eof_at_ = arrival();
  wake_reader();
}

bool memory_lane::deliver(std::string& into) {
  if (pieces_.empty() || !has_come(pieces_.front().arrival)) return false;
  piece& front = pieces_.front();
  std::size_t count = 1 + static_cast<std::size_t>(random_() % options_.max_chunk);
  count = std::min(count, front.data.size() - front.taken);
  if (options_.reset_after) count = std::min(count, *options_.reset_after - delivered_);
  into.append(front.data, front.taken, count);
  front.taken += count;
  delivered_ += count;
  on_its_way_ -= count;
  if (front.taken == front.data.size()) pieces_.pop_front();
  if (!over_capacity()) writers_.wake_all();
  return true;
}

bool memory_lane::must_reset() const noexcept {
  return options_.reset_after && delivered_ >= *options_.reset_after;
}

bool memory_lane::cut() noexcept {
  cut_ = true;
  pieces_.clear();
  const bool lost = std::exchange(on_its_way_, 0) != 0;
  wake_reader();
  writers_.wake_all();
  return lost;
}

bool memory_lane::ended() const {
  return cut_ || (pieces_.empty() && eof_at_ && has_come(*eof_at_));
}

std::optional<time_point> memory_lane::next_arrival() const {
  return pieces_.empty() ? eof_at_ : pieces_.front().arrival;
}

void memory_connection::write(int from, std::string_view data) {
  side& self = at(from);
  if (self.closed || self.reset || data.empty()) return;
  if (peer_of(from).closed) {
    self.lost = true;
  } else if (!peer_of(from).deaf) {
    outgoing(from).write(data);
  }
}

void memory_connection::close(int which) noexcept {
  side& self = at(which);
  if (self.closed) return;
  self.closed = true;
  outgoing(which).write_eof();
  if (incoming(which).cut()) peer_of(which).lost = true;
  outgoing(which).writers().wake_all();
  self.closing.wake_all();
}

void memory_connection::abort(int which) noexcept {
  at(which).closed = true;
  reset_side(1 - which);
  outgoing(which).cut();
  incoming(which).cut();
  at(which).closing.wake_all();
}

void memory_connection::reset() noexcept {
  for (const int which : {0, 1}) reset_side(which);
  for (memory_lane& lane : lanes_) lane.cut();
}

void memory_connection::reset_side(int which) noexcept {
  if (at(which).closed) return;
  at(which).reset = true;
  at(which).closing.wake_all();
}

void memory_connection::reader_gone(int which) noexcept {
  at(which).deaf = true;
  incoming(which).cut();
}

}  // namespace ouro::inline v0::detail
