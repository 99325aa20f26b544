// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace ouro::inline v0::testing {

/// Keeps account of a stream of bytes: everything that was sent must be received, once and in
/// order.
///
///     ledger.sent(bytes);        // as soon as the stream has taken them
///     ledger.received(bytes);    // as soon as they are out of it
class byte_ledger {
 public:
  void sent(std::string_view bytes) { sent_ += bytes; }
  void sent(std::span<const std::byte> bytes) { sent(as_text(bytes)); }

  void received(std::string_view bytes) { received_ += bytes; }
  void received(std::span<const std::byte> bytes) { received(as_text(bytes)); }

  std::size_t bytes_sent() const noexcept { return sent_.size(); }
  std::size_t bytes_received() const noexcept { return received_.size(); }

  /// Empty if the two are the same; else how they differ.
  std::string difference() const;

 private:
  static std::string_view as_text(std::span<const std::byte> bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  std::string sent_;
  std::string received_;
};

}  // namespace ouro::inline v0::testing
