// SPDX-License-Identifier: BSL-1.0
// Descriptors in messages, without the loop.
#pragma once

#include "ouro/io/ancillary_data.hpp"

#include "tests/io/io_fixture.hpp"

#include <fcntl.h>
#include <string>
#include <sys/stat.h>

namespace io_test {

/// Sends `text` with descriptors, without the loop.
inline void send_with_fds(int over, const std::string& text, std::span<const int> fds) {
  ouro::ancillary_data beside;
  beside.add_fds(fds);
  ::iovec buffer{const_cast<char*>(text.data()), text.size()};
  ::msghdr header{};
  header.msg_iov = &buffer;
  header.msg_iovlen = 1;
  header.msg_control = const_cast<std::byte*>(beside.native().data());
  header.msg_controllen = beside.native().size();
  REQUIRE(::sendmsg(over, &header, MSG_NOSIGNAL) == static_cast<::ssize_t>(text.size()));
}

inline bool same_file(int left, int right) {
  struct ::stat a{};
  struct ::stat b{};
  return ::fstat(left, &a) == 0 && ::fstat(right, &b) == 0 && a.st_dev == b.st_dev &&
         a.st_ino == b.st_ino;
}

inline bool closed_on_exec(int fd) { return (::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0; }

}  // namespace io_test
