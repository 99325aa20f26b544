// SPDX-License-Identifier: BSL-1.0
#include "datagram_sender.hpp"

#include "ouro/base/frame_pool.hpp"
#include "ouro/net/datagram_transport.hpp"
#include "ouro/ring/liburing.hpp"
#include "ouro/ring/operation.hpp"

#include "datagram_socket_transport.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <new>
#include <sys/socket.h>
#include <sys/un.h>
#include <utility>

namespace ouro::inline v0::detail {

/// A datagram with its request; its bytes lie behind it in the same block.
class outgoing_datagram final : public outgoing_link, private operation {
 public:
  using operation::in_flight;

  static outgoing_datagram& make(datagram_sender& sender, const_buffer data, const endpoint* to,
                                 std::size_t segment_size) {
    void* const block = frame_pool::allocate(sizeof(outgoing_datagram) + data.size());
    return *::new (block) outgoing_datagram(sender, data, to, segment_size);
  }

  void destroy() noexcept {
    const std::size_t block_size = sizeof(outgoing_datagram) + into_.iov_len;
    this->~outgoing_datagram();
    frame_pool::free(this, block_size);
  }

  void submit(ring& io) noexcept { io.submit(*this); }
  void cancel(ring& io) noexcept { io.cancel(*this); }
  std::size_t counted() const noexcept { return into_.iov_len + datagram_transport::overhead; }

  int error = 0;  // an errno, once it has failed

 private:
  outgoing_datagram(datagram_sender& sender, const_buffer data, const endpoint* to,
                    std::size_t segment_size) noexcept
      : sender_(sender) {
    into_ = {this + 1, data.size()};
    if (!data.empty()) std::memcpy(into_.iov_base, data.data(), data.size());
    header_.msg_iov = &into_;
    header_.msg_iovlen = 1;
    if (to != nullptr) {
      const ::sockaddr& native = to->native();
      const std::size_t size = to->native_size();
      size == sizeof(::sockaddr_in) ? std::memcpy(&to_, &native, sizeof(::sockaddr_in))
                                    : std::memcpy(&to_, &native, size);
      header_.msg_name = &to_;
      header_.msg_namelen = static_cast<socklen_t>(size);
    }
    if (segment_size != 0) split_into(static_cast<std::uint16_t>(segment_size));
  }
  ~outgoing_datagram() = default;

  void split_into(std::uint16_t segment_size) noexcept {
    control_ = {};
    header_.msg_control = control_.data();
    header_.msg_controllen = control_.size();
    ::cmsghdr* const message = CMSG_FIRSTHDR(&header_);
    message->cmsg_level = IPPROTO_UDP;
    message->cmsg_type = UDP_SEGMENT;
    message->cmsg_len = CMSG_LEN(sizeof segment_size);
    std::memcpy(CMSG_DATA(message), &segment_size, sizeof segment_size);
  }

  // Without MSG_DONTWAIT the kernel waits for room; but see datagram_sender.
  void prepare(io_uring_sqe& sqe) noexcept override {
    const bool local = header_.msg_name != nullptr && to_.sun_family == AF_UNIX;
    const unsigned flags = local ? MSG_NOSIGNAL | MSG_DONTWAIT : MSG_NOSIGNAL;
    ::io_uring_prep_sendmsg(&sqe, sender_.owner_.fd(), &header_, flags);
  }

  void on_complete(int result, unsigned) noexcept override { sender_.completed(*this, result); }

  datagram_sender& sender_;
  ::iovec into_;
  ::msghdr header_{};
  // Filled as far as the header tells. An endpoint has nothing longer.
  ::sockaddr_un to_;
  alignas(::cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(std::uint16_t))> control_;
};

datagram_sender::~datagram_sender() {
  forget(queued_);
  forget(in_flight_);  // a forked child's, whose requests are its parent's
  forget(failed_);
}

void datagram_sender::send(const_buffer data, const endpoint* to, std::size_t segment_size) {
  outgoing_datagram& datagram = outgoing_datagram::make(*this, data, to, segment_size);
  buffered_ += datagram.counted();
  taken_ += datagram.counted();
  if (in_flight_count_ < most_in_flight_ && queued_.empty()) {
    launch(datagram);
  } else {
    queued_.push_back(datagram);
  }
}

void datagram_sender::launch(outgoing_datagram& datagram) noexcept {
  in_flight_.push_back(datagram);
  ++in_flight_count_;
  datagram.submit(loop_.io());
}

void datagram_sender::pump() noexcept {
  while (in_flight_count_ < most_in_flight_ && !queued_.empty()) {
    launch(static_cast<outgoing_datagram&>(queued_.pop_front()));
  }
}

void datagram_sender::completed(outgoing_datagram& datagram, int result) noexcept {
  if (result == -EAGAIN && !dropped_) return retry_later(datagram);
  retry_.delay = first_delay;
  static_cast<outgoing_link&>(datagram).unlink();
  --in_flight_count_;
  buffered_ -= datagram.counted();
  const bool failed = result < 0 && result != -ECANCELED && !dropped_;
  if (failed) {
    datagram.error = -result;
    failed_.push_back(datagram);
  } else {
    datagram.destroy();
  }
  if (!queued_.empty() && result != -ECANCELED) pump();  // else the loop is closing
  if (dropped_) {
    if (idle()) owner_.reaped();
  } else {
    owner_.sent(failed);
  }
}

void datagram_sender::retry_later(outgoing_datagram& datagram) noexcept {
  retry_.datagram = &datagram;
  try {
    loop_.schedule_timer(retry_, loop_.time() + retry_.delay);
    retry_.delay = std::min(2 * retry_.delay, longest_delay);
  } catch (const std::bad_alloc&) {
    retry_.datagram = nullptr;
    completed(datagram, -ENOMEM);
  }
}

void datagram_sender::retry_timer::run() noexcept {
  if (datagram != nullptr) std::exchange(datagram, nullptr)->submit(sender_.loop_.io());
}

void datagram_sender::stop_timer() noexcept {
  if (retry_.scheduled()) loop_.cancel_timer(retry_);
  if (retry_.queued()) loop_.forget_ready(retry_);
  if (retry_.datagram == nullptr) return;
  auto& waiting = *std::exchange(retry_.datagram, nullptr);
  --in_flight_count_;
  static_cast<outgoing_link&>(waiting).unlink();
  waiting.destroy();
}

void datagram_sender::drop() noexcept {
  dropped_ = true;
  stop_timer();
  forget(queued_);
  forget(failed_);
  buffered_ = 0;
  for (outgoing_link& each : in_flight_) {
    auto& datagram = static_cast<outgoing_datagram&>(each);
    buffered_ += datagram.counted();
    datagram.cancel(loop_.io());
  }
}

void datagram_sender::forget(intrusive_list<outgoing_link>& list) noexcept {
  while (!list.empty()) static_cast<outgoing_datagram&>(list.pop_front()).destroy();
}

int datagram_sender::take_failure() noexcept {
  auto& first = static_cast<outgoing_datagram&>(failed_.pop_front());
  const int error = first.error;
  first.destroy();
  return error;
}

}  // namespace ouro::inline v0::detail
