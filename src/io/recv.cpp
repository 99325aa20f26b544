// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/recv.hpp"

#include "ouro/ring/liburing.hpp"

#include "request_length.hpp"

namespace ouro::inline v0::detail {

// Never MSG_WAITALL: after a reset in the middle of the data it lets the next recv() see a clean
// end.
void recv_operation::prepare(io_uring_sqe& sqe) noexcept {
  ::io_uring_prep_recv(&sqe, fd_, into_.data(), request_length(into_.size()), 0);
}

}  // namespace ouro::inline v0::detail
