// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/read.hpp"

#include "ouro/ring/liburing.hpp"

#include "request_length.hpp"

namespace ouro::inline v0::detail {

void read_operation::prepare(io_uring_sqe& sqe) noexcept {
  hold_virtual_clock_for_file(fd_);
  ::io_uring_prep_read(&sqe, fd_, into_.data(), request_length(into_.size()),
                       static_cast<__u64>(offset_));
}

}  // namespace ouro::inline v0::detail
