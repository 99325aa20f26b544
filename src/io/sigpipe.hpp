// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace ouro::inline v0::detail {

/// Ignores SIGPIPE from the first call on, unless somebody has decided otherwise by then.
void ignore_sigpipe_once() noexcept;

}  // namespace ouro::inline v0::detail
