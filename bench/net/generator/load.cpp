// SPDX-License-Identifier: BSL-1.0
#include "load.hpp"

#include "../system.hpp"
#include "cpu_time.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <string>
#include <sys/prctl.h>

namespace net_bench {

namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t glance = second / 10;        // how often the connections are looked at
constexpr std::int64_t datagram_time = second / 5;  // after which a datagram counts as lost
constexpr std::int64_t patience = 10 * second;      // without any answer
constexpr std::size_t warm_answers = 4;             // a connection, before the measuring begins

std::int64_t nanoseconds(double seconds) { return std::llround(seconds * 1e9); }

}  // namespace

load::load(const load_options& options) : options_(options), ring_(1024, 32768) {
  prctl(PR_SET_TIMERSLACK, 1);  // what is due is sent on time
  connections_.reserve(options_.connections);
  for (std::size_t i = 0; i < options_.connections; ++i) {
    connections_.push_back(std::make_unique<connection>(options_, i));
  }
  if (options_.rate > 0) backlog_.resize(options_.connections);
}

std::int64_t load::now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * second + time.tv_nsec;
}

load_report load::run() {
  start_ = now_ = last_answer_ = last_check_ = now();
  const bool counted = options_.requests > 0;
  const std::int64_t from = start_ + nanoseconds(counted ? 0 : options_.warmup);
  const std::int64_t length = nanoseconds(counted ? 3600 : options_.duration);
  std::int64_t to = from + length;
  measure_from_ = measure_to_ = INT64_MAX;
  issuing_ = true;
  if (options_.rate == 0) {
    for (const auto& each : connections_) {
      for (std::size_t i = 0; i < options_.depth; ++i) issue_closed(*each, now_);
    }
  }
  while (now_ < to && !(counted && issued_ >= options_.requests)) {
    if (measure_from_ == INT64_MAX && now_ >= from) {
      if (is_warm() || now_ >= from + patience) begin_measuring();
      to = now_ + length;
    }
    issue_due();
    turn(std::min(to - now_, now_ < from ? from - now_ : glance));
  }
  if (!counted) end_measuring();
  issuing_ = false;
  drain();
  if (counted) end_measuring();
  return finish_report();
}

/// Whether the server has touched the memory that it needs: with thousands of connections that
/// takes longer than the time to warm up.
bool load::is_warm() const {
  if (options_.rate > 0 || options_.requests > 0 || options_.warmup == 0) return true;
  return finished_ >= warm_answers * connections_.size();
}

void load::begin_measuring() {
  measure_from_ = now_;
  report_.requests = 0;
  if (options_.watch != 0) report_.server_cpu = cpu_seconds(options_.watch);
}

void load::end_measuring() {
  measure_to_ = now_;
  report_.seconds = static_cast<double>(measure_to_ - measure_from_) / 1e9;
  if (options_.watch != 0) report_.server_cpu = cpu_seconds(options_.watch) - report_.server_cpu;
}

void load::one_each() {
  start_ = now_ = last_answer_ = last_check_ = now();
  measure_from_ = start_;
  measure_to_ = INT64_MAX;
  for (const auto& each : connections_) {
    each->issue(ring_, bytes_, now_);
    ++issued_;
    if (issued_ - finished_ >= 256) turn(glance);  // a datagram server has little room
  }
  drain();
  end_measuring();
}

void load::turn(std::int64_t longest) {
  if (options_.rate > 0 && issuing_) {
    const auto next = start_ + std::llround(static_cast<double>(open_next_) * interval());
    longest = std::min(longest, std::max<std::int64_t>(next - now_, 0));
  }
  if (options_.spin) {
    ring_.submit_and_look();
  } else {
    ring_.submit_and_wait(std::clamp<std::int64_t>(longest, 0, glance));
  }
  now_ = now();
  ring_.drain([this](std::uint64_t user_data, int result, unsigned) {
    bool is_send = false;
    connection& owner = *connection::from(user_data, is_send);
    complete(owner, is_send, result);
  });
  if (now_ - last_check_ >= glance) check_progress();
}

void load::complete(connection& owner, bool is_send, int result) {
  std::size_t answers = owner.complete(ring_, bytes_, is_send, result);
  for (; answers > 0; --answers) {
    const std::int64_t due = owner.oldest_due();
    owner.retire();
    ++finished_;
    ++report_.total;
    last_answer_ = now_;
    if (measure_to_ == INT64_MAX) ++report_.requests;
    if (due >= measure_from_ && due < measure_to_) report_.latency.add(now_ - due);
    if (options_.rate == 0) issue_closed(owner, now_);
  }
}

void load::issue_closed(connection& owner, std::int64_t due) {
  if (!issuing_ || (options_.requests > 0 && issued_ >= options_.requests)) return;
  owner.issue(ring_, bytes_, due);
  ++issued_;
}

// Request k goes to connection k % N and is due k intervals after the start, whether or not the
// connection can take it yet. The due times of what waits need not be kept: they follow from k.
void load::issue_due() {
  if (options_.rate == 0) return;
  const auto elapsed = static_cast<double>(now_ - start_);
  const std::size_t count = connections_.size();
  while (issuing_ && static_cast<double>(open_next_) * interval() <= elapsed) {
    ++backlog_[open_next_ % count];
    ++open_next_;
  }
  for (std::size_t i = 0; i < count; ++i) {
    connection& owner = *connections_[i];
    while (backlog_[i] > 0 && owner.under_way() < options_.depth) {
      const auto number = static_cast<double>(owner.issued() * count + i);
      owner.issue(ring_, bytes_, start_ + std::llround(number * interval()));
      ++issued_;
      --backlog_[i];
    }
  }
}

void load::drain() {
  for (;;) {
    issue_due();
    if (issued_ == finished_ && (options_.rate == 0 || issued_ == open_next_)) return;
    turn(glance);
    if (options_.rate > 0 && now_ > start_ + nanoseconds(options_.warmup + options_.duration + 5)) {
      throw failure("the server fell behind: " + std::to_string(open_next_ - finished_) +
                    " requests were due and have no answer 5 s after the end");
    }
  }
}

void load::check_progress() {
  last_check_ = now_;
  if (options_.udp) {
    give_up_datagrams();
  }
  if (issued_ > finished_ && now_ - last_answer_ > patience) {
    throw failure("no answer for 10 s, and " + std::to_string(issued_ - finished_) +
                  " requests under way");
  }
}

void load::give_up_datagrams() {
  for (const auto& each : connections_) {
    if (each->under_way() == 0 || now_ - each->oldest_due() < datagram_time) continue;
    each->retire();
    ++finished_;
    ++report_.lost;
    if (options_.rate == 0) issue_closed(*each, now_);
  }
}

load_report load::finish_report() {
  for (const auto& each : connections_) report_.verified += each->received();
  if (report_.lost > 0 && report_.lost * 100 > report_.total) {
    throw failure("lost " + std::to_string(report_.lost) + " of " +
                  std::to_string(report_.lost + report_.total) + " datagrams");
  }
  return report_;
}

}  // namespace net_bench
