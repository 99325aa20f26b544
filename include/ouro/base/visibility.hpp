// SPDX-License-Identifier: BSL-1.0
#pragma once

/// Marks a variable defined in a header that a process must have once, even if it links ouro as a
/// shared library and hides its own symbols (-fvisibility=hidden).
#define OURO_ONE_PER_PROCESS [[gnu::visibility("default")]]
