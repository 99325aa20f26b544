// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/time.hpp"
#include "ouro/loop/exception_context.hpp"
#include "ouro/loop/fwd.hpp"

namespace ouro::inline v0::detail {

/// Reports a loss to the handler of `loop`, or to the log if that loop is gone. Null is the running
/// loop.
void report_loss(event_loop* loop, const exception_context& report) noexcept;

/// "coroutine '…' was never awaited".
void report_never_awaited(const std::source_location& place) noexcept;

/// Throws timeout_error: "wait_for (2s) at function (file:line) expired". `scope` is the deadline
/// scope, if it was one.
[[noreturn]] void throw_timeout(const char* operation, const optional_duration& limit,
                                const std::source_location& place, const void* scope = nullptr);

}  // namespace ouro::inline v0::detail
