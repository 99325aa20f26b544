// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/stream_reader.hpp"

#include <stdexcept>

namespace ouro::inline v0 {

detail::separators stream_reader::several_of(std::span<const std::string_view> several) {
  if (several.empty()) {
    throw std::invalid_argument("readuntil: separator should contain at least one element");
  }
  return detail::separators(several);
}

}  // namespace ouro::inline v0
