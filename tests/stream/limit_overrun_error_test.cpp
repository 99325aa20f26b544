// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/limit_overrun_error.hpp"

#include "tests/stream/stream_fixture.hpp"

#include <stdexcept>
#include <string>

using namespace stream_test;

TEST_CASE("limit_overrun_error: is a runtime_error that tells how much can be read",
          "[stream][limit_overrun_error]") {
  const ouro::limit_overrun_error error("too long", 17);

  CHECK(std::string(error.what()) == "too long");
  CHECK(error.consumed == 17);
  CHECK_THROWS_AS(throw error, std::runtime_error);
}

OURO_TEST_CASE("limit_overrun_error: `consumed` bytes can be read without a part of the separator",
               "[stream][limit_overrun_error]") {
  auto [near, far] = connect_socket({}, 16);
  const std::string text = pattern(40) + "\r";
  send_text(far.fd(), text);
  std::size_t consumed = 0;
  try {
    co_await near.reader.readuntil("\r\n");
  } catch (const ouro::limit_overrun_error& error) {
    consumed = error.consumed;
  }
  REQUIRE(consumed > 0);

  const std::string read = co_await near.reader.readexactly(consumed);
  send_text(far.fd(), "\n");
  std::string rest;
  while (rest.find('\n') == std::string::npos) rest += co_await near.reader.read(1);

  CHECK(read + rest == text + "\n");
}
