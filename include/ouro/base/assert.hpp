// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace ouro::inline v0::detail {

/// Prints the broken promise and its place, then aborts.
[[noreturn]] void assertion_failed(const char* condition, const char* file, unsigned line) noexcept;

}  // namespace ouro::inline v0::detail

/// Checks a promise of the library itself. Active unless NDEBUG is defined; user mistakes are
/// exceptions (`usage_error`), never assertions.
#ifdef NDEBUG
#define OURO_ASSERT(condition) static_cast<void>(sizeof(!(condition)))
#else
#define OURO_ASSERT(condition)        \
  ((condition) ? static_cast<void>(0) \
               : ::ouro::detail::assertion_failed(#condition, __FILE__, __LINE__))
#endif
