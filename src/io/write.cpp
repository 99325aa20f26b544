// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/write.hpp"

#include "ouro/base/system.hpp"
#include "ouro/ring/liburing.hpp"

#include "request_length.hpp"

namespace ouro::inline v0::detail {

void write_operation::prepare(io_uring_sqe& sqe) noexcept {
  ignore_sigpipe_once();
  hold_virtual_clock_for_file(fd_);
  ::io_uring_prep_write(&sqe, fd_, data_.data(), request_length(data_.size()),
                        static_cast<__u64>(offset_));
}

}  // namespace ouro::inline v0::detail
