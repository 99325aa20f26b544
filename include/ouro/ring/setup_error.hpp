// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <system_error>

namespace ouro::inline v0 {

/// The kernel did not give out a ring. what() tells the cause as it was found on this machine, and
/// what to do about it; code() is the errno of io_uring_setup(2).
class ring_setup_error : public std::system_error {
 public:
  ring_setup_error(int code, const std::string& text)
      : std::system_error(code, std::system_category(), text) {}
};

}  // namespace ouro::inline v0
