// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../bare_ring.hpp"
#include "connection.hpp"
#include "histogram.hpp"
#include "options.hpp"
#include "pattern.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace net_bench {

struct load_report {
  double seconds = 0;          // that were measured
  std::uint64_t requests = 0;  // answered in them
  std::uint64_t total = 0;     // answered at all
  std::uint64_t lost = 0;      // datagrams without an answer
  std::uint64_t verified = 0;  // bytes
  double server_cpu = -1;      // seconds, of the requests measured; negative: nobody asked
  histogram latency;           // of the requests that were due in the time measured
};

/// All connections of a run. A turn is one system call: it submits what the last answers led to,
/// and waits for the next ones.
class load {
 public:
  /// Connects. Throws failure.
  explicit load(const load_options& options);

  /// Sends until the time or the requests are over and all answers are there.
  load_report run();

  /// One request on each connection; then `wait()`; then one more.
  template <class Wait>
  load_report hold(Wait wait) {
    one_each();
    wait();
    one_each();
    return finish_report();
  }

 private:
  static std::int64_t now();
  void one_each();
  void turn(std::int64_t longest);
  void complete(connection& owner, bool is_send, int result);
  void issue_closed(connection& owner, std::int64_t due);
  void issue_due();
  void drain();
  void give_up_datagrams();
  void check_progress();
  bool is_warm() const;
  void begin_measuring();
  void end_measuring();
  double interval() const { return 1e9 / options_.rate; }
  load_report finish_report();

  load_options options_;
  pattern bytes_;
  std::vector<std::unique_ptr<connection>> connections_;
  bare_ring ring_;  // goes before the buffers of the connections

  load_report report_;
  std::int64_t now_ = 0;  // the time at which the current turn's completions were taken
  std::int64_t start_ = 0;
  std::int64_t measure_from_ = 0;
  std::int64_t measure_to_ = 0;
  std::int64_t last_answer_ = 0;
  std::int64_t last_check_ = 0;
  std::uint64_t issued_ = 0;            // all connections
  std::uint64_t finished_ = 0;          // answered or lost
  std::uint64_t open_next_ = 0;         // of an open loop: the next request that becomes due
  std::vector<std::uint64_t> backlog_;  // of an open loop: due and not issued, by connection
  bool issuing_ = false;
};

}  // namespace net_bench
