// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/close.hpp"

#include "ouro/ring/liburing.hpp"

#include <cerrno>

namespace ouro::inline v0::detail {

void close_operation::prepare(io_uring_sqe& sqe) noexcept {
  hold_virtual_clock();
  ::io_uring_prep_close(&sqe, fd_.get());
}

// Whatever else close(2) returns, the descriptor is gone. It was not looked at if the loop was
// closed first.
void close_operation::on_complete(int result, unsigned flags) noexcept {
  if (result != -ECANCELED) static_cast<void>(fd_.release());
  io_operation::on_complete(result, flags);
}

}  // namespace ouro::inline v0::detail
