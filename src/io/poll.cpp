// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/poll.hpp"

#include "ouro/ring/liburing.hpp"

namespace ouro::inline v0::detail {

void poll_operation::prepare(io_uring_sqe& sqe) noexcept {
  ::io_uring_prep_poll_add(&sqe, fd_, events_);
}

}  // namespace ouro::inline v0::detail
