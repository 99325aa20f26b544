// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/byte_ledger.hpp"

#include "tests/support/catch.hpp"

TEST_CASE("byte_ledger: is even when the same came out that went in", "[testing][byte_ledger]") {
  ouro::testing::byte_ledger ledger;
  ledger.sent("ab");
  ledger.sent("cd");
  ledger.received("abc");
  ledger.received(std::as_bytes(std::span("d", 1)));

  CHECK(ledger.difference() == "");
  CHECK(ledger.bytes_sent() == 4);
  CHECK(ledger.bytes_received() == 4);
}

TEST_CASE("byte_ledger: tells a loss at the end", "[testing][byte_ledger]") {
  ouro::testing::byte_ledger ledger;
  ledger.sent("abcd");
  ledger.received("abc");

  CHECK(ledger.difference() == "4 bytes were sent and 3 received, the end is missing");
}

TEST_CASE("byte_ledger: tells bytes too many", "[testing][byte_ledger]") {
  ouro::testing::byte_ledger ledger;
  ledger.sent("ab");
  ledger.received("abab");

  CHECK(ledger.difference() == "2 bytes were sent and 4 received, some twice or from nowhere");
}

TEST_CASE("byte_ledger: tells where bytes differ", "[testing][byte_ledger]") {
  ouro::testing::byte_ledger ledger;
  ledger.sent("abcd");
  ledger.received("acd");

  CHECK(ledger.difference() == "4 bytes were sent and 3 received, which differ from byte 1 on");
}
