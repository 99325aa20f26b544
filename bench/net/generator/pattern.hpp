// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace net_bench {

/// The bytes of all connections: each reads the same 64 KiB of noise over and over, from a
/// beginning of its own. What a connection sends never needs to be made or copied.
///
/// The period is a prime, so requests of the same size differ from one to the next: a server that
/// sends a request twice, leaves one out, or mixes up two connections is caught.
class pattern {
 public:
  static constexpr std::size_t period = 65521;
  /// The most bytes that lie in a row.
  static constexpr std::size_t longest = 65536;

  pattern() : bytes_(period + longest) {
    std::uint64_t state = 0x9e3779b97f4a7c15;
    for (std::size_t i = 0; i < period; ++i) {
      state ^= state << 13;
      state ^= state >> 7;
      state ^= state << 17;
      bytes_[i] = static_cast<char>(state >> 32);
    }
    for (std::size_t i = period; i < bytes_.size(); ++i) bytes_[i] = bytes_[i - period];
  }

  /// `longest` bytes of what a connection sends, from `position` on.
  const char* at(std::size_t connection, std::uint64_t position) const {
    return bytes_.data() + (connection * 7919 + position) % period;
  }

  /// How many of `size` bytes are right, counted from the first.
  std::size_t right_bytes(std::size_t connection, std::uint64_t position, const char* received,
                          std::size_t size) const {
    std::size_t done = 0;
    while (done < size) {
      const std::size_t some = size - done < longest ? size - done : longest;
      const char* expected = at(connection, position + done);
      if (std::memcmp(expected, received + done, some) != 0) {
        while (*expected == received[done]) ++done, ++expected;
        return done;
      }
      done += some;
    }
    return size;
  }

 private:
  std::vector<char> bytes_;
};

}  // namespace net_bench
