// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/datagram_protocol.hpp"

#include "tests/net/datagram_fixture.hpp"

#include <string>

using namespace net_test;

OURO_TEST_CASE("datagram_protocol: callbacks that are not overridden do nothing",
               "[net][datagram_protocol]") {
  const auto factory = [] { return new ouro::datagram_protocol; };
  const auto [transport, protocol] = co_await ouro::create_datagram_endpoint(
      factory, {.local_addr = ouro::endpoint("127.0.0.1", 0)});

  transport->sendto("to itself", *transport->sockname());
  transport->sendto(std::string(70'000, 'x'), *transport->sockname());
  co_await ouro::testing::settle();
  transport->close();
  co_await ouro::testing::settle();

  CHECK(protocol.use_count() == 1);
  CHECK(transport->socket() == nullptr);
}
