// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace ouro::inline v0::detail {

/// Throws ring_setup_error for `code`, a positive errno of io_uring_setup(2), with the cause as far
/// as this machine tells it, and the remedy. `entries` and `flags` are what was tried last.
[[noreturn]] void throw_setup_error(int code, unsigned entries, unsigned flags);

/// Throws ring_setup_error for an io_uring that lacks `feature`.
[[noreturn]] void throw_kernel_too_old(const char* feature);

}  // namespace ouro::inline v0::detail
