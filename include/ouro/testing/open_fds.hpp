// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace ouro::inline v0::testing {

/// How many file descriptors this process has open.
/// Errors: std::system_error, with the errno of opendir(3).
std::size_t open_fds();

/// The same with what each refers to, as /proc/self/fd names it.
std::map<int, std::string> list_open_fds();

}  // namespace ouro::inline v0::testing
