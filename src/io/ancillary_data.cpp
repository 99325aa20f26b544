// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/ancillary_data.hpp"

#include <cstring>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <utility>

namespace ouro::inline v0 {
namespace {

/// Calls `visit` with each control message in `bytes`, and its data.
template <class Visit>
void for_each_message(std::span<const std::byte> bytes, Visit visit) {
  ::msghdr header{};
  header.msg_control = const_cast<std::byte*>(bytes.data());
  header.msg_controllen = bytes.size();
  for (::cmsghdr* each = CMSG_FIRSTHDR(&header); each != nullptr;
       each = CMSG_NXTHDR(&header, each)) {
    visit(*each, mutable_buffer(reinterpret_cast<std::byte*>(CMSG_DATA(each)),
                                each->cmsg_len - CMSG_LEN(0)));
  }
}

/// Calls `take` with each descriptor that was received and not taken before.
template <class Take>
void for_each_fd(std::span<const std::byte> bytes, Take take) {
  for_each_message(bytes, [&take](const ::cmsghdr& message, mutable_buffer data) {
    if (message.cmsg_level != SOL_SOCKET || message.cmsg_type != SCM_RIGHTS) return;
    for (; data.size() >= sizeof(int); data = data.subspan(sizeof(int))) {
      int fd = -1;
      std::memcpy(&fd, data.data(), sizeof fd);
      if (fd < 0) continue;
      const int taken = -1;
      take(fd);
      std::memcpy(data.data(), &taken, sizeof taken);
    }
  });
}

}  // namespace

ancillary_data::ancillary_data(ancillary_data&& other) noexcept
    : bytes_(std::exchange(other.bytes_, {})), owns_fds_(std::exchange(other.owns_fds_, false)) {}

ancillary_data& ancillary_data::operator=(ancillary_data&& other) noexcept {
  if (this == &other) return *this;
  close_fds();
  bytes_ = std::exchange(other.bytes_, {});
  owns_fds_ = std::exchange(other.owns_fds_, false);
  return *this;
}

void ancillary_data::add(int level, int type, const_buffer data) {
  const std::size_t begin = bytes_.size();
  bytes_.resize(begin + CMSG_SPACE(data.size()));
  ::cmsghdr message{};
  message.cmsg_len = CMSG_LEN(data.size());
  message.cmsg_level = level;
  message.cmsg_type = type;
  std::memcpy(bytes_.data() + begin, &message, sizeof message);
  if (!data.empty()) std::memcpy(bytes_.data() + begin + CMSG_LEN(0), data.data(), data.size());
}

void ancillary_data::add_fds(std::span<const int> fds) {
  add(SOL_SOCKET, SCM_RIGHTS, std::as_bytes(fds));
}

void ancillary_data::add_fd(int fd) { add_fds({&fd, 1}); }

std::vector<unique_fd> ancillary_data::take_fds() {
  std::vector<unique_fd> taken;
  if (!owns_fds_) return taken;
  std::size_t count = 0;
  for_each_message(bytes_, [&count](const ::cmsghdr&, const_buffer data) {
    count += data.size() / sizeof(int);
  });
  taken.reserve(count);  // nothing is thrown between the two that own a descriptor
  for_each_fd(bytes_, [&taken](int fd) { taken.emplace_back(fd); });
  return taken;
}

const_buffer ancillary_data::native() const noexcept { return bytes_; }

std::vector<ancillary_data::item> ancillary_data::items() const {
  std::vector<item> found;
  for_each_message(bytes_, [&found](const ::cmsghdr& message, const_buffer data) {
    if (message.cmsg_level == SOL_SOCKET && message.cmsg_type == SCM_RIGHTS) return;
    found.push_back({message.cmsg_level, message.cmsg_type, data});
  });
  return found;
}

std::size_t ancillary_data::segment_size() const noexcept { return segment_size_of(bytes_); }

std::size_t ancillary_data::segment_size_of(const_buffer native) noexcept {
  int segment = 0;
  for_each_message(native, [&segment](const ::cmsghdr& message, const_buffer data) {
    if (message.cmsg_level != IPPROTO_UDP || message.cmsg_type != UDP_GRO) return;
    if (data.size() >= sizeof segment) std::memcpy(&segment, data.data(), sizeof segment);
  });
  return segment > 0 ? static_cast<std::size_t>(segment) : 0;
}

std::size_t ancillary_data::capacity_for_fds(std::size_t count) noexcept {
  return CMSG_SPACE(count * sizeof(int));
}

std::size_t ancillary_data::capacity_for(std::size_t size) noexcept { return CMSG_SPACE(size); }

mutable_buffer ancillary_data::reserve(std::size_t capacity) {
  bytes_.resize(capacity);
  return bytes_;
}

void ancillary_data::set_received(std::size_t size) noexcept {
  bytes_.resize(size);  // never more than was reserved
  owns_fds_ = true;
}

void ancillary_data::close_fds() noexcept {
  if (owns_fds_) for_each_fd(bytes_, [](int fd) { const unique_fd unwanted(fd); });
}

}  // namespace ouro::inline v0
