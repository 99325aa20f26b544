// SPDX-License-Identifier: BSL-1.0
// What the storms share: many clients, kept without the loop, of servers that streams serve.
#pragma once

#include "ouro/net/start_server.hpp"
#include "ouro/testing/advance.hpp"

#include "tests/io/io_fixture.hpp"

#include <string>
#include <system_error>
#include <utility>

namespace storm_test {

using namespace io_test;
using ouro::stream_reader;
using ouro::stream_writer;

// Sanitizers make a connection several times as dear: storms have a fifth of the clients there.
#if defined(__SANITIZE_ADDRESS__)
inline constexpr int storm_share = 5;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr int storm_share = 5;
#else
inline constexpr int storm_share = 1;
#endif
#else
inline constexpr int storm_share = 1;
#endif

inline ouro::endpoint address_of(const ouro::server& server) {
  return server.sockets()[0].local_endpoint();
}

/// Sends everything back; takes a reset for an end.
inline ouro::task<> echo(stream_reader reader, stream_writer writer) {
  try {
    for (;;) {
      const std::string text = co_await reader.read(65536);
      if (text.empty()) co_return;
      writer.write(text);
      co_await writer.drain();
    }
  } catch (const std::system_error&) {
  }
}

inline void reset_on_close(const ouro::unique_fd& client) {
  const ::linger at_once{1, 0};
  REQUIRE(::setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
}

/// So that a stalled connection costs the kernel kilobytes, not megabytes.
inline void make_small(int fd, int option) {
  const int size = 4096;
  REQUIRE(::setsockopt(fd, SOL_SOCKET, option, &size, sizeof size) == 0);
}

/// Bytes that show where one is missing or comes from somebody else.
inline std::string pattern(std::size_t size, unsigned seed) {
  std::string text(size, '\0');
  for (char& each : text) {
    seed = seed * 1103515245 + 12345;
    each = static_cast<char>('a' + (seed >> 16) % 26);
  }
  return text;
}

}  // namespace storm_test
