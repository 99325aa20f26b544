// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/ring/features.hpp"
#include "ouro/ring/ring.hpp"

#include "kernel_ring.hpp"

namespace ouro::inline v0::detail {

/// Makes the ring, disabled, with as many of the flags that make it fast as the kernel knows, and
/// finds out what the kernel can do.
///
/// Errors: ring_setup_error.
ring_features set_up(kernel_ring& kernel, const ring_options& options);

}  // namespace ouro::inline v0::detail
