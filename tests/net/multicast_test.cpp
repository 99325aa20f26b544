// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/multicast.hpp"

#include "tests/net/datagram_fixture.hpp"

#include <cerrno>
#include <net/if.h>
#include <netinet/in.h>
#include <stdexcept>
#include <string>

using namespace net_test;

namespace {

/// What a member of `group` gets of "joined" and "left", sent while it is one and when it has left.
/// "last" goes to the member itself.
ouro::task<std::string> log_of_member(ouro::ip_address group) {
  const auto [member, got] = co_await ouro::create_datagram_endpoint(
      make_logging, {.local_addr = ouro::endpoint("0.0.0.0", 0)});
  const auto [sender, unused] =
      co_await ouro::create_datagram_endpoint(make_logging, {.family = ouro::address_family::ipv4});
  const int port = member->sockname()->port();
  ouro::set_multicast_interface(*sender->socket(), "lo");
  ouro::set_multicast_hops(*sender->socket(), 0);
  ouro::set_multicast_loopback(*sender->socket(), true);

  ouro::join_multicast(*member->socket(), group, "lo");
  sender->sendto("joined", ouro::endpoint(group, port));
  co_await until_log(*got, "made got:joined");
  ouro::leave_multicast(*member->socket(), group, "lo");
  sender->sendto("left", ouro::endpoint(group, port));
  sender->sendto("last", ouro::endpoint("127.0.0.1", port));
  auto waiting = until(*got, [&] { return got->log.ends_with("got:last"); });
  co_await std::move(waiting);
  member->close();
  sender->close();
  co_return got->log;
}

}  // namespace

OURO_TEST_CASE("multicast: a member gets what is sent to its group until it leaves",
               "[net][multicast]") {
  auto member = log_of_member(ouro::ip_address("239.255.7.7"));
  const std::string log = co_await std::move(member);

  CHECK(log == "made got:joined got:last");
}

// Linux has no route for datagrams of IPv6 multicast by "lo", so that none are sent here.
OURO_TEST_CASE("multicast: sets the options of an IPv6 socket", "[net][multicast]") {
  const auto [transport, protocol] = co_await ouro::create_datagram_endpoint(
      make_logging, {.local_addr = ouro::endpoint("::1", 0)});
  ouro::socket& socket = *transport->socket();
  const ouro::ip_address group("ff01::7:7");

  ouro::set_multicast_interface(socket, "lo");
  ouro::set_multicast_hops(socket, 3);
  ouro::set_multicast_loopback(socket, false);
  ouro::join_multicast(socket, group, "lo");
  CHECK_THROWS_AS(ouro::join_multicast(socket, group, "lo"), std::system_error);
  ouro::leave_multicast(socket, group, "lo");
  CHECK_THROWS_AS(ouro::leave_multicast(socket, group, "lo"), std::system_error);

  CHECK(socket.get_option(IPPROTO_IPV6, IPV6_MULTICAST_IF) ==
        static_cast<int>(::if_nametoindex("lo")));
  CHECK(socket.get_option(IPPROTO_IPV6, IPV6_MULTICAST_HOPS) == 3);
  CHECK(socket.get_option(IPPROTO_IPV6, IPV6_MULTICAST_LOOP) == 0);
  transport->close();
}

OURO_TEST_CASE("multicast: refuses what is no group and no interface", "[net][multicast][error]") {
  ouro::socket socket = ouro::socket::udp();
  const ouro::ip_address group("239.255.7.7");
  int error = 0;

  CHECK_THROWS_AS(ouro::join_multicast(socket, ouro::ip_address("127.0.0.1")),
                  std::invalid_argument);
  try {
    ouro::join_multicast(socket, group, "no-such");
  } catch (const std::system_error& failure) {
    error = failure.code().value();
  }
  CHECK(error == ENODEV);
  CHECK_THROWS_AS(ouro::leave_multicast(socket, group, "lo"), std::system_error);
  co_return;
}

OURO_TEST_CASE("multicast: a broadcast needs allow_broadcast", "[net][multicast]") {
  const auto [receiver, got] = co_await ouro::create_datagram_endpoint(
      make_logging, {.local_addr = ouro::endpoint("0.0.0.0", 0)});
  const ouro::endpoint everybody("127.255.255.255", receiver->sockname()->port());
  const auto [timid, refused] = co_await ouro::create_datagram_endpoint(
      make_logging, {.local_addr = ouro::endpoint("127.0.0.1", 0)});
  const auto [loud, unused] = co_await ouro::create_datagram_endpoint(
      make_logging, {.local_addr = ouro::endpoint("127.0.0.1", 0), .allow_broadcast = true});

  timid->sendto("quiet", everybody);
  loud->sendto("loud", everybody);
  co_await until_log(*got, "made got:loud");
  co_await ouro::testing::settle();

  CHECK(got->log == "made got:loud");
  CHECK(refused->log == "made error:" + std::to_string(EACCES));
  receiver->close();
  timid->close();
  loud->close();
}
