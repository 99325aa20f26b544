// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/byte_ledger.hpp"

#include <algorithm>

namespace ouro::inline v0::testing {

std::string byte_ledger::difference() const {
  if (sent_ == received_) return {};
  const auto [sent, received] =
      std::mismatch(sent_.begin(), sent_.end(), received_.begin(), received_.end());
  std::string text = std::to_string(sent_.size()) + " bytes were sent and " +
                     std::to_string(received_.size()) + " received";
  if (sent == sent_.end() || received == received_.end()) {
    return text + (sent == sent_.end() ? ", some twice or from nowhere" : ", the end is missing");
  }
  return text + ", which differ from byte " + std::to_string(sent - sent_.begin()) + " on";
}

}  // namespace ouro::inline v0::testing
