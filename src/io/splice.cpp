// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/splice.hpp"

#include "ouro/base/system.hpp"
#include "ouro/ring/liburing.hpp"

#include "request_length.hpp"

namespace ouro::inline v0::detail {

void splice_operation::prepare(io_uring_sqe& sqe) noexcept {
  ignore_sigpipe_once();
  hold_virtual_clock_for_file(from_);
  ::io_uring_prep_splice(&sqe, from_, options_.from_offset, to_, options_.to_offset,
                         request_length(size_), static_cast<unsigned>(options_.flags));
}

}  // namespace ouro::inline v0::detail
