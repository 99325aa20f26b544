// SPDX-License-Identifier: BSL-1.0
// What the user_data of entries means that are no operation's.
#pragma once

#include <cstdint>

namespace ouro::inline v0::detail {

/// user_data of cancels, whose own completions tell nothing. No operation has it, because a
/// generation is never zero.
inline constexpr std::uint64_t nobody = 0;

/// In the user_data of a cancel, beside the id of the request that it is for. No index is that
/// large.
inline constexpr std::uint64_t cancel_mark = std::uint64_t{1} << 31;

}  // namespace ouro::inline v0::detail
