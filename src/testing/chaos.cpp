// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/chaos.hpp"

#include "ouro/ring/liburing.hpp"
#include "ouro/ring/ring_hooks.hpp"
#include "ouro/testing/detail/seeded_random.hpp"

#include <algorithm>
#include <cerrno>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unordered_map>
#include <utility>
#include <vector>

namespace ouro::inline v0::testing {
namespace {

enum class descriptor_kind { other, pipe, stream, datagram };

/// Only what is certain to bear it is bent: an eventfd, for instance, takes 8 bytes or none.
descriptor_kind kind_of(int fd) noexcept {
  struct ::stat status{};
  if (::fstat(fd, &status) != 0) return descriptor_kind::other;
  if (S_ISFIFO(status.st_mode)) return descriptor_kind::pipe;
  if (!S_ISSOCK(status.st_mode)) return descriptor_kind::other;
  int type = 0;
  ::socklen_t size = sizeof type;
  if (::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0) return descriptor_kind::other;
  return type == SOCK_STREAM ? descriptor_kind::stream : descriptor_kind::datagram;
}

bool is_transfer(const io_uring_sqe& entry) noexcept {
  switch (entry.opcode) {
    case IORING_OP_RECV:
    case IORING_OP_SEND:
    case IORING_OP_READ:
    case IORING_OP_WRITE:
      return (entry.flags & IOSQE_BUFFER_SELECT) == 0;
    default:
      return false;
  }
}

bool may_fail(const io_uring_sqe& entry) noexcept {
  switch (entry.opcode) {
    case IORING_OP_RECVMSG:
    case IORING_OP_SENDMSG:
    case IORING_OP_ACCEPT:
    case IORING_OP_CONNECT:
      return true;
    default:
      return is_transfer(entry);
  }
}

/// A sendmsg() whose list of buffers is cut short, and the memory of the shorter list.
struct short_message {
  ::msghdr header;
  std::vector<::iovec> parts;
};

}  // namespace

class chaos::hooks final : public ring_hooks {
 public:
  explicit hooks(const chaos_options& options)
      : options_(options),
        errors_(options.errors.begin(), options.errors.end()),
        random_(options.seed) {
    if (errors_.empty()) errors_ = {ECONNRESET, ENOBUFS};
    options_.errors = {};
  }

  /// From now on everything passes as it is. Returns when nothing depends on this object any more.
  void retire(ring& io) {
    options_ = {.seed = 0, .delay = 0, .longest_delay = 0, .reorder = false, .shorten = 0};
    turns_left_.clear();
    if (!short_messages_.empty()) io.enter(duration::zero());  // the kernel copies what it takes
    while (!failures_.empty()) {
      io.enter(duration::zero());
      io.dispatch();
    }
  }

  std::size_t delayed = 0;
  std::size_t shortened = 0;
  std::size_t failed = 0;

 private:
  void on_submit(operation&, io_uring_sqe& entry) noexcept override {
    const bool transfer = is_transfer(entry) || entry.opcode == IORING_OP_SENDMSG;
    if (!transfer && !may_fail(entry)) return;
    const descriptor_kind kind = kind_of(entry.fd);
    if (kind == descriptor_kind::other) return;
    if (random_.happens(options_.fail)) return fail(entry);
    if (!transfer || kind == descriptor_kind::datagram) return;
    if (random_.happens(options_.shorten)) shorten(entry);
  }

  std::size_t on_answers(std::span<ring_answer> answers) noexcept override {
    for (ring_answer& answer : answers) {
      if (const auto error = failures_.find(answer.id); error != failures_.end()) {
        if (answer.result == 0) answer.result = -error->second;  // not if it was cancelled
        failures_.erase(error);
      }
    }
    return choose(answers);
  }

  void on_complete(operation&, const ring_answer& answer) noexcept override {
    if ((answer.flags & IORING_CQE_F_MORE) == 0) short_messages_.erase(answer.id);
  }

  void fail(io_uring_sqe& entry) noexcept {
    const std::uint64_t id = entry.user_data;
    ::io_uring_prep_nop(&entry);
    entry.user_data = id;
    failures_[id] = errors_[random_.below(errors_.size())];
    ++failed;
  }

  void shorten(io_uring_sqe& entry) noexcept {
    if (entry.opcode == IORING_OP_SENDMSG) return shorten_message(entry);
    if (entry.len < 2) return;
    entry.len = 1 + static_cast<unsigned>(random_.below(entry.len - 1));
    ++shortened;
  }

  void shorten_message(io_uring_sqe& entry) noexcept {
    const auto& original = *reinterpret_cast<const ::msghdr*>(entry.addr);
    std::size_t total = 0;
    for (std::size_t i = 0; i < original.msg_iovlen; ++i) total += original.msg_iov[i].iov_len;
    if (total < 2) return;
    std::size_t left = 1 + random_.below(total - 1);
    short_message& copy = short_messages_[entry.user_data];
    copy.header = original;
    for (std::size_t i = 0; left != 0; ++i) {
      ::iovec part = original.msg_iov[i];
      part.iov_len = std::min(part.iov_len, left);
      left -= part.iov_len;
      copy.parts.push_back(part);
    }
    copy.header.msg_iov = copy.parts.data();
    copy.header.msg_iovlen = copy.parts.size();
    entry.addr = reinterpret_cast<std::uintptr_t>(&copy.header);
    ++shortened;
  }

  /// Puts what is to be handed out now in front, in a new order, and the rest behind.
  std::size_t choose(std::span<ring_answer> answers) noexcept {
    std::vector<ring_answer> now;
    std::vector<ring_answer> later;
    for (const ring_answer& answer : answers) {
      const bool behind = std::any_of(later.begin(), later.end(), [&](const ring_answer& held) {
        return held.id == answer.id;
      });
      (behind || wants_delay(answer) ? later : now).push_back(answer);
    }
    if (options_.reorder) shuffle(now);
    std::copy(later.begin(), later.end(), std::copy(now.begin(), now.end(), answers.begin()));
    return now.size();
  }

  /// Each answer is delayed once; of several with one id, the first counts for all.
  bool wants_delay(const ring_answer& answer) noexcept {
    auto held = turns_left_.find(answer.id);
    if (held == turns_left_.end()) {
      if (options_.longest_delay == 0 || !random_.happens(options_.delay)) return false;
      const auto turns = 1 + static_cast<unsigned>(random_.below(options_.longest_delay));
      turns_left_.emplace(answer.id, turns);
      ++delayed;
      return true;
    }
    if (--held->second != 0) return true;
    turns_left_.erase(held);
    return false;
  }

  void shuffle(std::vector<ring_answer>& answers) noexcept {
    for (std::size_t left = answers.size(); left > 1; --left) {
      const auto first = answers.begin() + static_cast<std::ptrdiff_t>(random_.below(left));
      const auto last = answers.begin() + static_cast<std::ptrdiff_t>(left - 1);
      // Answers of one request keep their order.
      const auto passes = [&](const ring_answer& a) {
        return a.id == first->id || a.id == last->id;
      };
      if (first->id != last->id && std::none_of(first + 1, last, passes)) std::swap(*first, *last);
    }
  }

  chaos_options options_;
  std::vector<int> errors_;
  detail::seeded_random random_;
  std::unordered_map<std::uint64_t, int> failures_;
  std::unordered_map<std::uint64_t, unsigned> turns_left_;
  std::unordered_map<std::uint64_t, short_message> short_messages_;
};

chaos::chaos(const chaos_options& options, event_loop& loop)
    : loop_(loop), hooks_(std::make_unique<hooks>(options)) {
  loop_.io().add_hooks(*hooks_);
}

chaos::~chaos() {
  hooks_->retire(loop_.io());
  loop_.io().remove_hooks(*hooks_);
}

std::size_t chaos::delayed() const noexcept { return hooks_->delayed; }
std::size_t chaos::shortened() const noexcept { return hooks_->shortened; }
std::size_t chaos::failed() const noexcept { return hooks_->failed; }

}  // namespace ouro::inline v0::testing
