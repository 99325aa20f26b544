// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <array>
#include <cstdint>

namespace ouro::inline v0 {

/// What the running kernel's io_uring can do, found out once, when a ring is made. Decide by these
/// and never by the release number, which distributions keep while they change what is behind it.
struct ring_features {
  // How the ring was set up.
  bool single_issuer = false;
  bool defer_taskrun = false;  // completions are made only while the loop is inside enter()
  bool coop_taskrun = false;
  bool taskrun_flag = false;  // the kernel shows in the queue's flags that enter() has work to do
  bool submit_all = false;    // one bad request does not hold up those behind it
  bool cqe_skip = false;      // a request can ask for no completion if it succeeds

  // What requests may ask for.
  bool accept_multishot = false;  // Linux 5.19
  bool buffer_rings = false;      // Linux 5.19
  bool recv_multishot = false;    // Linux 6.0
  bool send_zero_copy = false;    // Linux 6.0
  bool read_multishot = false;    // Linux 6.7
  bool waitid = false;            // Linux 6.7
  bool futex = false;             // Linux 6.7
  bool bind_listen = false;       // Linux 6.11

  std::array<std::uint64_t, 4> opcodes{};  // bit n: the kernel knows IORING_OP n
  std::array<char, 65> release{};          // `uname -r`; a hint for people, never decided by

  /// Whether the kernel knows the request `opcode`, an IORING_OP value.
  [[nodiscard]] constexpr bool supports(unsigned opcode) const noexcept {
    return opcode < 256 && ((opcodes[opcode / 64] >> (opcode % 64)) & 1U) != 0;
  }
};

}  // namespace ouro::inline v0
