// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/accept.hpp"

#include "ouro/ring/liburing.hpp"

#include <cerrno>
#include <sys/socket.h>

namespace ouro::inline v0::detail {

bool concerns_only_the_peer(int error) noexcept {
  switch (error) {
    case ECONNABORTED:
    case ECONNRESET:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENETDOWN:
    case ENETUNREACH:
    case ENONET:
    case ENOPROTOOPT:
    case EOPNOTSUPP:
    case EPERM:  // a firewall forbids the connection
    case EPROTO:
    case ETIMEDOUT:
      return true;
    default:
      return false;
  }
}

void accept_request::prepare(io_uring_sqe& sqe) noexcept {
  ::sockaddr* address = nullptr;
  socklen_t* length = nullptr;
  if (peer_ != nullptr) {
    *peer_ = endpoint();
    address = reinterpret_cast<::sockaddr*>(peer_->storage_.data());
    length = &length_;
    length_ = endpoint::capacity;
  }
  ::io_uring_prep_accept(&sqe, fd_, address, length, SOCK_CLOEXEC);
}

unique_fd accept_request::take_connection() {
  unique_fd connection(take_result("accept"));
  if (peer_ != nullptr) *peer_ = endpoint::from_native(peer_->native(), length_);
  return connection;
}

}  // namespace ouro::inline v0::detail
