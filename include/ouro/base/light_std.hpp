// SPDX-License-Identifier: BSL-1.0
#pragma once

// Durations and clocks, smart pointers, std::reference_wrapper and the concepts of ranges, without the
// rest of <chrono>, <memory>, <functional> and <ranges>: calendars, string streams, views, hash maps.
// They would be a fifth of what including ouro costs (docs/design/includes.md). Where libstdc++ has no
// such parts, the whole.

#if __has_include(<bits/chrono.h>)
#include <bits/chrono.h>
#else
#include <chrono>
#endif

#if __has_include(<bits/unique_ptr.h>) && __has_include(<bits/shared_ptr.h>)
#include <bits/shared_ptr.h>
#include <bits/unique_ptr.h>
#else
#include <memory>
#endif

#if __has_include(<bits/refwrap.h>)
#include <bits/refwrap.h>
#else
#include <functional>
#endif

#if __has_include(<bits/ranges_base.h>)
#include <bits/ranges_base.h>
#else
#include <ranges>
#endif
