// SPDX-License-Identifier: BSL-1.0
#include "datagram_receiver.hpp"

#include "ouro/io/ancillary_data.hpp"
#include "ouro/ring/liburing.hpp"

#include "datagram_socket_transport.hpp"

#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <new>
#include <utility>

namespace ouro::inline v0::detail {
namespace {

/// Of a UNIX socket, whose datagrams are as long as the sender's buffer lets them be; asyncio takes
/// as many bytes.
constexpr std::size_t longest_local = std::size_t{256} * 1024;
constexpr std::size_t longest_udp = 65'536;
constexpr std::size_t control_size = 64;
/// Room for the sender in a shared buffer: what lies behind it is aligned.
constexpr ::socklen_t name_size = 32;
static_assert(name_size >= sizeof(::sockaddr_in6) &&
              (sizeof(::io_uring_recvmsg_out) + name_size) % alignof(::cmsghdr) == 0);

std::size_t joined_size(const void* control, std::size_t size) noexcept {
  return ancillary_data::segment_size_of({static_cast<const std::byte*>(control), size});
}

}  // namespace

/// What a single request receives into. Untouched memory is not there: a buffer costs what was
/// received into it.
struct datagram_receiver::own_buffer {
  explicit own_buffer(std::size_t size) : data(new std::byte[size]), into{data.get(), size} {}

  std::unique_ptr<std::byte[]> data;
  ::iovec into;
  ::sockaddr_storage name;
  alignas(::cmsghdr) std::array<std::byte, control_size> control;
};

datagram_receiver::datagram_receiver(datagram_socket_transport& owner, datagram_hub& hub,
                                     bool local, bool gro) noexcept
    : owner_(owner), hub_(hub), local_(local), gro_(gro) {}

datagram_receiver::~datagram_receiver() {
  forget();
  if (starving_.linked()) starving_.unlink();
}

bool datagram_receiver::choose_buffer() noexcept {
  header_ = {};
  if (!local_ && !no_multishot_ && hub_.buffers() != nullptr) {
    own_ = nullptr;
    header_.msg_namelen = name_size;
  } else {
    if (own_ == nullptr) {
      try {
        own_ = std::make_unique<own_buffer>(local_ ? longest_local : longest_udp);
      } catch (const std::bad_alloc&) {
        error_ = ENOMEM;
        return false;
      }
    }
    header_.msg_name = &own_->name;
    header_.msg_namelen = sizeof own_->name;
    header_.msg_iov = &own_->into;
    header_.msg_iovlen = 1;
    header_.msg_control = own_->control.data();
  }
  // Nothing else is asked for: descriptors that somebody sends along are closed by the kernel.
  header_.msg_controllen = gro_ ? control_size : 0;
  return true;
}

void datagram_receiver::start() noexcept {
  if (stopped_ || in_flight() || has_news()) return;
  if (starving_.linked()) starving_.unlink();
  if (!choose_buffer()) return owner_.wake();
  hub_.loop().io().submit(*this);
}

void datagram_receiver::stop() noexcept {
  stopped_ = true;
  if (starving_.linked()) starving_.unlink();
  forget();
  hub_.loop().io().cancel(*this);
}

void datagram_receiver::prepare(io_uring_sqe& sqe) noexcept {
  if (own_ != nullptr) {
    ::io_uring_prep_recvmsg(&sqe, owner_.fd(), &header_, 0);
    return;
  }
  ::io_uring_prep_recvmsg_multishot(&sqe, owner_.fd(), &header_, 0);
  sqe.flags |= IOSQE_BUFFER_SELECT;
  sqe.buf_group = hub_.buffers()->group();
}

void datagram_receiver::on_complete(int result, unsigned flags) noexcept {
  if ((flags & IORING_CQE_F_BUFFER) != 0) {
    const std::uint16_t buffer = buffer_ring::index_of(flags);
    hub_.buffers()->taken();
    if (result < 0 || stopped_) {
      hub_.release(buffer);
    } else {
      keep(buffer, result);
    }
  } else if (result >= 0 && !stopped_ && own_ != nullptr) {
    own_size_ = result;
  }
  if ((flags & IORING_CQE_F_MORE) == 0) {
    if (stopped_) return owner_.reaped();
    ended(result);
  }
  if (has_news()) owner_.wake();
}

/// The request is over: start() makes the next one when what has come is taken.
void datagram_receiver::ended(int result) noexcept {
  if (result >= 0 || result == -ECANCELED) return;  // cancelled: the loop is closing
  if (own_ == nullptr && result == -ENOBUFS) {
    if (!has_news()) hub_.wait_for_buffer(starving_);
  } else if (own_ == nullptr && result == -EINVAL) {
    no_multishot_ = true;
    start();
  } else if (result == -EINTR) {
    start();
  } else {
    error_ = -result;
  }
}

// The queue of what has come.

void datagram_receiver::keep(std::uint16_t buffer, int size) noexcept {
  hub_.filled(buffer) = {datagram_hub::no_buffer, size};
  if (first_ == datagram_hub::no_buffer) {
    first_ = buffer;
  } else {
    hub_.filled(last_).next = buffer;
  }
  last_ = buffer;
}

std::uint16_t datagram_receiver::take_first() noexcept {
  return std::exchange(first_, hub_.filled(first_).next);
}

void datagram_receiver::forget() noexcept {
  while (first_ != datagram_hub::no_buffer) hub_.release(take_first());
  own_size_ = -1;
  error_ = 0;
}

void datagram_receiver::deliver(unsigned budget) {
  while (budget > 0 && !stopped_ && (first_ != datagram_hub::no_buffer || own_size_ >= 0)) {
    const unsigned used = own_size_ >= 0 ? deliver_own() : deliver_shared();
    budget -= used < budget ? used : budget;
  }
  if (error_ == 0 || stopped_ || first_ != datagram_hub::no_buffer || own_size_ >= 0) return;
  owner_.receive_failed(std::exchange(error_, 0));
}

unsigned datagram_receiver::deliver_shared() {
  const std::uint16_t index = take_first();
  struct give_back {
    datagram_hub& hub;
    std::uint16_t index;
    ~give_back() { hub.release(index); }
  } const guard{hub_, index};
  std::byte* const buffer = (*hub_.buffers())[index].data();
  const int size = hub_.filled(index).size;
  ::io_uring_recvmsg_out* const out = ::io_uring_recvmsg_validate(buffer, size, &header_);
  if (out == nullptr) return 1;
  const bool has_control = out->controllen != 0;
  return owner_.hand_out(incoming_datagram{
      .data = {static_cast<const std::byte*>(::io_uring_recvmsg_payload(out, &header_)),
               ::io_uring_recvmsg_payload_length(out, size, &header_)},
      .from = endpoint::from_native(*static_cast<const ::sockaddr*>(::io_uring_recvmsg_name(out)),
                                    out->namelen),
      .segment_size = has_control ? joined_size(::io_uring_recvmsg_cmsg_firsthdr(out, &header_),
                                                out->controllen)
                                  : 0,
      .truncated = (out->flags & MSG_TRUNC) != 0});
}

unsigned datagram_receiver::deliver_own() {
  return owner_.hand_out(incoming_datagram{
      .data = {own_->data.get(), static_cast<std::size_t>(std::exchange(own_size_, -1))},
      .from = endpoint::from_native(reinterpret_cast<const ::sockaddr&>(own_->name),
                                    header_.msg_namelen),
      .segment_size = joined_size(header_.msg_control, header_.msg_controllen),
      .truncated = (header_.msg_flags & MSG_TRUNC) != 0});
}

}  // namespace ouro::inline v0::detail
