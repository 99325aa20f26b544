// SPDX-License-Identifier: BSL-1.0
#include "connection.hpp"

#include "../system.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace net_bench {

namespace {

// So many answers that were given up may still come, over UDP.
constexpr std::uint64_t late_answers = 16;

int connect_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw bad_option("--unix: too long");
  std::memcpy(address.sun_path, path.data(), path.size());
  const int fd = checked(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  checked(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), "connect");
  return fd;
}

int connect_ip(const load_options& options) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(options.port));
  if (inet_pton(AF_INET, options.host.c_str(), &address.sin_addr) != 1) {
    throw bad_option("--host takes an IPv4 address");
  }
  const int type = (options.udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC;
  const int fd = checked(socket(AF_INET, type, 0), "socket");
  const timeval patience{10, 0};  // also the longest that connect() waits
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  checked(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), "connect");
  const int on = 1;
  if (!options.udp) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

}  // namespace

connection::connection(const load_options& options, std::size_t index)
    : index_(index),
      size_(options.size),
      udp_(options.udp),
      room_(options.udp ? options.size + 1
                        : std::min<std::size_t>(options.size * options.depth, 1 << 16)),
      buffer_(new char[room_]),
      due_(options.depth) {
  fd_ = options.path.empty() ? connect_ip(options) : connect_unix(options.path);
}

connection::~connection() { close(fd_); }

connection* connection::from(std::uint64_t user_data, bool& is_send) {
  is_send = (user_data & 1) != 0;
  return reinterpret_cast<connection*>(static_cast<std::uintptr_t>(user_data & ~1ULL));
}

void connection::issue(bare_ring& ring, const pattern& bytes, std::int64_t due) {
  due_[issued_ % due_.size()] = due;
  ++issued_;
  if (!sending_) send_more(ring, bytes);
  if (!receiving_) receive(ring);
}

std::size_t connection::complete(bare_ring& ring, const pattern& bytes, bool is_send, int result) {
  if (is_send) {
    sending_ = false;
    if (result < 0) fail("send: %s", std::strerror(-result));
    sent_ += static_cast<std::uint64_t>(result);
    if (udp_ && static_cast<std::size_t>(result) != size_) fail("a datagram was cut");
    if (sent_ < issued_ * size_) send_more(ring, bytes);
    return 0;
  }
  receiving_ = false;
  if (result < 0) fail("recv: %s", std::strerror(-result));
  if (result == 0 && !udp_) fail("the server closed it");
  const auto size = static_cast<std::size_t>(result);
  const std::size_t answers = udp_ ? take_datagram(bytes, size) : take_bytes(bytes, size);
  receive(ring);  // always: the server is to say nothing else, and not to close
  return answers;
}

void connection::send_more(bare_ring& ring, const pattern& bytes) {
  const auto length = static_cast<std::size_t>(
      std::min<std::uint64_t>(issued_ * size_ - sent_, udp_ ? size_ : pattern::longest));
  io_uring_sqe& sqe = ring.request();
  io_uring_prep_send(&sqe, fd_, bytes.at(index_, sent_), length, 0);
  sqe.user_data = reinterpret_cast<std::uintptr_t>(this) | 1;
  sending_ = true;
}

void connection::receive(bare_ring& ring) {
  io_uring_sqe& sqe = ring.request();
  io_uring_prep_recv(&sqe, fd_, buffer_.get(), room_, 0);
  sqe.user_data = reinterpret_cast<std::uintptr_t>(this);
  receiving_ = true;
}

std::size_t connection::take_bytes(const pattern& bytes, std::size_t size) {
  const std::size_t right = bytes.right_bytes(index_, received_, buffer_.get(), size);
  if (right != size) {
    const std::uint64_t at = received_ + right;
    fail("byte %llu of the answer to request %llu is wrong",
         static_cast<unsigned long long>(at % size_), static_cast<unsigned long long>(at / size_));
  }
  received_ += size;
  if (received_ > issued_ * size_) fail("the server sent more than it got");
  return static_cast<std::size_t>(received_ / size_ - answered_);
}

std::size_t connection::take_datagram(const pattern& bytes, std::size_t size) {
  const auto is_answer_to = [&](std::uint64_t number) {
    return size == size_ && bytes.right_bytes(index_, number * size_, buffer_.get(), size) == size_;
  };
  if (under_way() > 0 && is_answer_to(answered_)) {
    received_ += size;
    return 1;
  }
  for (std::uint64_t back = 1; back <= std::min(answered_, late_answers); ++back) {
    if (is_answer_to(answered_ - back)) return 0;
  }
  fail("a datagram of %zu bytes is no answer to request %llu", size,
       static_cast<unsigned long long>(answered_));
}

void connection::fail(const char* format, ...) const {
  char reason[200];
  std::va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(reason, sizeof reason, format, arguments);
  va_end(arguments);
  throw failure("connection " + std::to_string(index_) + ": " + reason);
}

}  // namespace net_bench
