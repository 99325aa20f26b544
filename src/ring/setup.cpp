// SPDX-License-Identifier: BSL-1.0
#include "setup.hpp"

#include "setup_error.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <sys/utsname.h>

namespace ouro::inline v0::detail {
namespace {

constexpr unsigned fewest_entries = 64;
constexpr unsigned most_entries = 32768;  // the kernel's limit, which IORING_SETUP_CLAMP applies

constexpr unsigned basic_flags = IORING_SETUP_R_DISABLED | IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP;

/// Sets of flags, the fastest first. A kernel refuses a set with EINVAL if one of it is unknown.
constexpr unsigned flag_ladder[] = {
    // Linux 6.1
    basic_flags | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_SINGLE_ISSUER |
        IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG,
    // Linux 6.0
    basic_flags | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_COOP_TASKRUN |
        IORING_SETUP_TASKRUN_FLAG,
    // Linux 5.19
    basic_flags | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG,
    // Linux 5.18
    basic_flags | IORING_SETUP_SUBMIT_ALL,
    basic_flags,
};

/// Tries the ladder at one size. Returns 0 or a negated errno; `params` holds what was last tried.
int climb_down(kernel_ring& kernel, unsigned entries, unsigned cq_entries,
               io_uring_params& params) noexcept {
  int result = -EINVAL;
  for (const unsigned flags : flag_ladder) {
    params = {};
    params.flags = flags;
    params.cq_entries = cq_entries;
    result = kernel.set_up(entries, params);
    if (result != -EINVAL) break;
  }
  return result;
}

void require_features(const io_uring_params& params) {
  struct requirement {
    unsigned bit;
    const char* name;
  };
  constexpr requirement requirements[] = {
      {IORING_FEAT_NODROP, "IORING_FEAT_NODROP"},
      {IORING_FEAT_SUBMIT_STABLE, "IORING_FEAT_SUBMIT_STABLE"},
      {IORING_FEAT_FAST_POLL, "IORING_FEAT_FAST_POLL"},
      {IORING_FEAT_EXT_ARG, "IORING_FEAT_EXT_ARG"},
  };
  for (const requirement& required : requirements) {
    if ((params.features & required.bit) == 0) throw_kernel_too_old(required.name);
  }
}

void probe_requests(io_uring& uring, ring_features& features) {
  const std::unique_ptr<io_uring_probe, decltype(&::io_uring_free_probe)> probe(
      ::io_uring_get_probe_ring(&uring), &::io_uring_free_probe);
  if (!probe) return;
  for (unsigned i = 0; i < probe->ops_len; ++i) {
    const bool supported = (probe->ops[i].flags & IO_URING_OP_SUPPORTED) != 0;
    const unsigned opcode = probe->ops[i].op;
    if (supported) features.opcodes[opcode / 64] |= std::uint64_t{1} << (opcode % 64);
  }
  // What has no opcode of its own is known by one that came in the same release.
  features.accept_multishot = features.supports(IORING_OP_SOCKET);
  features.buffer_rings = features.supports(IORING_OP_SOCKET);
  features.recv_multishot = features.supports(IORING_OP_SEND_ZC);
  features.send_zero_copy = features.supports(IORING_OP_SEND_ZC);
  features.read_multishot = features.supports(opcode_read_multishot);
  features.waitid = features.supports(opcode_waitid);
  features.futex = features.supports(opcode_futex_wait);
  features.bind_listen = features.supports(opcode_bind) && features.supports(opcode_listen);
}

ring_features features_of(io_uring& uring, const io_uring_params& params) {
  const auto has = [&](unsigned flag) { return (params.flags & flag) != 0; };
  ring_features features;
  features.single_issuer = has(IORING_SETUP_SINGLE_ISSUER);
  features.defer_taskrun = has(IORING_SETUP_DEFER_TASKRUN);
  features.coop_taskrun = has(IORING_SETUP_COOP_TASKRUN);
  features.taskrun_flag = has(IORING_SETUP_TASKRUN_FLAG);
  features.submit_all = has(IORING_SETUP_SUBMIT_ALL);
  features.cqe_skip = (params.features & IORING_FEAT_CQE_SKIP) != 0;
  probe_requests(uring, features);
  utsname system{};
  if (::uname(&system) == 0) {
    std::snprintf(features.release.data(), features.release.size(), "%s", system.release);
  }
  return features;
}

}  // namespace

ring_features set_up(kernel_ring& kernel, const ring_options& options) {
  unsigned entries = std::clamp(options.entries, 1U, most_entries);
  unsigned cq_entries = options.cq_entries == 0 ? 4 * entries : options.cq_entries;
  cq_entries = std::max(cq_entries, entries);
  io_uring_params params{};
  int result = climb_down(kernel, entries, cq_entries, params);
  while (result == -ENOMEM && entries > fewest_entries) {
    const unsigned smaller = std::max(entries / 2, fewest_entries);
    cq_entries = std::max(cq_entries / 2, smaller);
    entries = smaller;
    result = climb_down(kernel, entries, cq_entries, params);
  }
  if (result < 0) throw_setup_error(-result, entries, params.flags);
  require_features(params);
  return features_of(kernel.queues(), params);
}

}  // namespace ouro::inline v0::detail
