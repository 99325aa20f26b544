// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <stdexcept>

namespace ouro::inline v0 {

/// No separator within the limit of a stream_reader. Nothing was taken out of the stream: read the
/// bytes in another way, or leave them behind with skip_line(). asyncio: LimitOverrunError.
class limit_overrun_error : public std::runtime_error {
 public:
  limit_overrun_error(const char* what, std::size_t bytes)
      : std::runtime_error(what), consumed(bytes) {}

  /// How many bytes can be read without taking a part of a separator.
  std::size_t consumed;
};

}  // namespace ouro::inline v0
