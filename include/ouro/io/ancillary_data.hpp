// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/unique_fd.hpp"
#include "ouro/io/buffer.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace ouro::inline v0 {

namespace detail {
class recvmsg_operation;
}

/// What goes beside the bytes of a message: descriptors, or control messages of cmsg(3). One made
/// by the program is for sendmsg(); one that recvmsg() gives owns the descriptors that came, and
/// closes those that nobody takes.
class ancillary_data {
 public:
  /// A control message that is no descriptors.
  struct item {
    int level;
    int type;
    const_buffer data;  // belongs to the ancillary_data
  };

  ancillary_data() noexcept = default;
  ancillary_data(ancillary_data&& other) noexcept;
  ancillary_data& operator=(ancillary_data&& other) noexcept;
  ~ancillary_data() { close_fds(); }

  /// Adds a control message to send, as SOL_IP, IP_TTL and an int.
  void add(int level, int type, const_buffer data);

  /// Adds descriptors to send over a UNIX socket (SCM_RIGHTS): the receiver gets duplicates. They
  /// are not owned, and must stay open until the message is sent. A stream sends them only with a
  /// byte of
  /// data. asyncio: none; socket.send_fds().
  void add_fds(std::span<const int> fds);
  void add_fd(int fd);

  /// The descriptors that came, which are closed on exec; none at the second call.
  [[nodiscard]] std::vector<unique_fd> take_fds();

  /// The other control messages, in their order.
  [[nodiscard]] std::vector<item> items() const;

  [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }

  /// How long each of the datagrams is that the kernel has joined to this message, the last one
  /// perhaps less: of a UDP socket with the option UDP_GRO, see udp(7). Zero if it has joined none.
  /// It comes beside the bytes if there is room for it: capacity_for(sizeof(int)).
  [[nodiscard]] std::size_t segment_size() const noexcept;
  /// The same of control messages in the kernel's form, with the alignment of a ::cmsghdr.
  [[nodiscard]] static std::size_t segment_size_of(const_buffer native) noexcept;

  /// How much room recvmsg() needs for `count` descriptors that come in one control message.
  static std::size_t capacity_for_fds(std::size_t count) noexcept;
  /// How much room it needs for a control message with `size` bytes of data.
  static std::size_t capacity_for(std::size_t size) noexcept;

  /// The kernel's form.
  [[nodiscard]] const_buffer native() const noexcept;

 private:
  friend class detail::recvmsg_operation;

  mutable_buffer reserve(std::size_t capacity);
  void set_received(std::size_t size) noexcept;
  void close_fds() noexcept;

  std::vector<std::byte> bytes_;
  bool owns_fds_ = false;  // it came from the kernel
};

}  // namespace ouro::inline v0
