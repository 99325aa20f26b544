// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>

namespace ouro::inline v0 {

/// Sets how many threads of this process look up names at most, at least one; four at first. They
/// are started when there is something to look up, and end when there has been nothing for ten
/// seconds. What does not find a thread waits for one.
///
/// Threads: any. Errors: std::invalid_argument for zero.
/// asyncio: none; names are looked up by the default executor.
void set_resolver_threads(std::size_t most);

}  // namespace ouro::inline v0
