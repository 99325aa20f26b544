// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "../bare_ring.hpp"
#include "options.hpp"
#include "pattern.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace net_bench {

/// One socket: at most one send and one receive in the ring, and how far the stream is each way.
class connection {
 public:
  /// Connects, which may block. Throws failure.
  connection(const load_options& options, std::size_t index);
  ~connection();
  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  /// Begins a request that was due at `due`.
  void issue(bare_ring& ring, const pattern& bytes, std::int64_t due);

  /// A completion of this connection; `is_send` tells of which kind. Returns how many requests have
  /// been answered by it. Throws failure if a byte is wrong or the connection is lost.
  std::size_t complete(bare_ring& ring, const pattern& bytes, bool is_send, int result);

  /// When the oldest request without an answer was due.
  std::int64_t oldest_due() const { return due_[answered_ % due_.size()]; }
  /// Takes that request from the books, as answered or as lost.
  void retire() { ++answered_; }

  std::size_t under_way() const { return static_cast<std::size_t>(issued_ - answered_); }
  std::uint64_t issued() const { return issued_; }
  std::uint64_t received() const { return received_; }

  /// What the user_data of a completion says.
  static connection* from(std::uint64_t user_data, bool& is_send);

 private:
  void send_more(bare_ring& ring, const pattern& bytes);
  void receive(bare_ring& ring);
  std::size_t take_bytes(const pattern& bytes, std::size_t size);
  std::size_t take_datagram(const pattern& bytes, std::size_t size);
  [[noreturn]] void fail(const char* format, ...) const __attribute__((format(printf, 2, 3)));

  int fd_ = -1;
  std::size_t index_;
  std::size_t size_;
  bool udp_;
  bool sending_ = false;
  bool receiving_ = false;
  std::uint64_t issued_ = 0;
  std::uint64_t answered_ = 0;
  std::uint64_t sent_ = 0;      // bytes that the kernel took
  std::uint64_t received_ = 0;  // bytes that were compared
  std::size_t room_;
  std::unique_ptr<char[]> buffer_;
  std::vector<std::int64_t> due_;  // of the requests under way, by number
};

}  // namespace net_bench
