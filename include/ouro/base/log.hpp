// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

namespace ouro::inline v0 {

enum class log_level { debug, info, warning, error };

/// Receives what the library has to say when there is nobody to throw to.
using log_sink = void (*)(log_level level, std::string_view text);

/// Replaces the sink of the process; `nullptr` restores the default, which writes lines to stderr.
/// What is below `level` is not passed on. Losses (never awaited, never retrieved) are warnings or
/// errors.
///
/// Threads: any. asyncio: the logger "asyncio".
void set_log_sink(log_sink sink, log_level level = log_level::warning) noexcept;

namespace detail {

void log(log_level level, std::string_view text) noexcept;

}  // namespace detail
}  // namespace ouro::inline v0
