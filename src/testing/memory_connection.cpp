// SPDX-License-Identifier: BSL-1.0
#include "memory_connection.hpp"

#include <cerrno>
#include <cstring>
#include <limits>

namespace ouro::inline v0::detail {

memory_lane::memory_lane(const testing::memory_pipe_options& options, std::uint64_t seed)
    : options_(options), random_(seed) {}

time_point memory_lane::arrival(time_point now) const noexcept {
  return saturating_add(now, options_.latency);
}

std::size_t memory_lane::put(const_buffer data, time_point now) {
  const std::size_t count = std::min(data.size(), room());
  if (count == 0) return 0;
  const time_point when = arrival(now);
  // Without latency a reader cannot tell when something was sent.
  const bool joins =
      !pieces_.empty() && (pieces_.back().arrival == when || options_.latency == duration::zero());
  if (!joins) pieces_.push_back({when, {}, 0});
  pieces_.back().data += as_text(data.first(count));
  on_its_way_ += count;
  return count;
}

void memory_lane::finish(int end, time_point now) noexcept {
  if (finished_ && end == 0) return;
  finished_ = true;
  end_ = end;
  finish_arrival_ = arrival(now);
}

bool memory_lane::cut(int end, time_point now) noexcept {
  const bool lost = on_its_way_ != 0;
  pieces_.clear();
  on_its_way_ = 0;
  finished_ = true;
  end_ = end;
  finish_arrival_ = now;
  return lost;
}

std::optional<time_point> memory_lane::next_arrival() const noexcept {
  if (!pieces_.empty()) return pieces_.front().arrival;
  if (finished_) return finish_arrival_;
  return std::nullopt;
}

int memory_lane::take(mutable_buffer into) noexcept {
  if (into.empty()) return 1;
  if (pieces_.empty()) return end_;
  piece& front = pieces_.front();
  std::size_t count = 1 + static_cast<std::size_t>(random_() % options_.max_chunk);
  count = std::min({count, front.data.size() - front.taken, into.size(),
                    std::size_t{std::numeric_limits<int>::max()}});
  if (options_.reset_after) count = std::min(count, *options_.reset_after - taken_);
  std::memcpy(into.data(), front.data.data() + front.taken, count);
  front.taken += count;
  taken_ += count;
  on_its_way_ -= count;
  if (front.taken == front.data.size()) pieces_.pop_front();
  return static_cast<int>(count);
}

memory_connection::memory_connection(const testing::memory_pipe_options& options)
    : lanes_{memory_lane(options, options.seed), memory_lane(options, ~options.seed)} {}

void memory_connection::close(std::size_t side, time_point now) noexcept {
  ports_[side] = nullptr;
  const bool unread = incoming(side).cut(0, now);
  outgoing(side).finish(unread ? -ECONNRESET : 0, now);
  if (send_errors_[1 - side] == 0) send_errors_[1 - side] = unread ? -ECONNRESET : -EPIPE;
  tell_peer_of(side);
}

void memory_connection::reset(time_point now) noexcept {
  for (memory_lane& lane : lanes_) lane.cut(-ECONNRESET, now);
  for (const std::size_t side : {0U, 1U}) {
    send_errors_[side] = -ECONNRESET;
    tell_peer_of(side);
  }
}

}  // namespace ouro::inline v0::detail
