// SPDX-License-Identifier: BSL-1.0
#pragma once

// The only way to <liburing.h>, and the only place that knows its versions: 2.3 is the oldest that
// works. From it ouro uses the header inlines get_sqe, prep_*, for_each_cqe, cq_advance, sq_ready
// and cq_ready, and the set-up and register calls; never submit*, wait_cqe*, peek_* or get_events.

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wold-style-cast"
#include <liburing.h>
#pragma GCC diagnostic pop

namespace ouro::inline v0::detail {

/// Requests newer than the headers of liburing 2.3, which name none beyond SENDMSG_ZC. The numbers
/// are the kernel's and never change.
enum newer_opcode : unsigned {
  opcode_read_multishot = 49,  // Linux 6.7
  opcode_waitid = 50,          // Linux 6.7
  opcode_futex_wait = 51,      // Linux 6.7
  opcode_bind = 56,            // Linux 6.11
  opcode_listen = 57,          // Linux 6.11
};

}  // namespace ouro::inline v0::detail
