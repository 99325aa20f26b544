// SPDX-License-Identifier: BSL-1.0
// Endpoints on hosts that are looked up.
#include "ouro/net/datagram_address.hpp"

#include "ouro/net/resolver.hpp"

#include "tests/net/datagram_fixture.hpp"
#include "tests/net/resolver_fixture.hpp"

#include <cerrno>
#include <netdb.h>
#include <stdexcept>
#include <string>

using namespace net_test;

namespace {

ouro::task<std::string> outcome_with(ouro::datagram_endpoint_options options) {
  auto making = ouro::create_datagram_endpoint(make_logging, options);
  try {
    const logging_endpoint made = co_await std::move(making);
    const std::string where = made.transport->sockname()->to_string();
    made.transport->close();
    co_return where.substr(0, where.rfind(':'));
  } catch (const ouro::usage_error&) {
    co_return "usage";
  } catch (const std::invalid_argument&) {
    co_return "invalid";
  } catch (const std::system_error& error) {
    const std::string what = error.what();
    co_return what.substr(0, what.find(':')) + ": " + std::to_string(error.code().value());
  }
}

}  // namespace

TEST_CASE("datagram_address: is an endpoint, or a host and a port", "[net][datagram_address]") {
  const ouro::datagram_address none;
  const ouro::datagram_address unspecified = ouro::endpoint();
  const ouro::datagram_address fixed = ouro::endpoint("127.0.0.1", 9);
  const ouro::datagram_address named{"example.org", 53};
  const ouro::datagram_address pair = ouro::host_and_port{"example.org", 54};

  CHECK_FALSE(none.given());
  CHECK_FALSE(unspecified.given());
  CHECK(fixed.given());
  CHECK_FALSE(fixed.is_host());
  CHECK(fixed.port() == 9);
  CHECK(named.is_host());
  CHECK(named.host() == "example.org");
  CHECK(named.port() == 53);
  CHECK(pair.port() == 54);
}

OURO_TEST_CASE("datagram_address: addresses as text need no thread of the resolver",
               "[net][datagram_address]") {
  fake_resolver names;
  const auto [server, server_protocol] =
      co_await ouro::create_datagram_endpoint(make_logging, {.local_addr = {"127.0.0.1", 0}});
  const int port = server->sockname()->port();
  const auto [client, client_protocol] =
      co_await ouro::create_datagram_endpoint(make_logging, {.remote_addr = {"127.0.0.1", port}});

  client->sendto("hello");
  co_await until_log(*server_protocol, "made got:hello");

  CHECK(names.asked().empty());
  CHECK(client->peername() == server->sockname());
  client->close();
  server->close();
}

OURO_TEST_CASE("datagram_address: a name is looked up", "[net][datagram_address]") {
  fake_resolver names;
  names.add("here.test", {ouro::endpoint("127.0.0.1", 0)});

  const std::string outcome = co_await outcome_with({.local_addr = {"here.test", 0}});

  CHECK(outcome == "127.0.0.1");
  CHECK(names.asked().size() == 1);
}

OURO_TEST_CASE("datagram_address: an empty host is every address of this machine",
               "[net][datagram_address]") {
  const std::string outcome =
      co_await outcome_with({.local_addr = {"", 0}, .family = ouro::address_family::ipv4});
  const std::string remote = co_await outcome_with({.remote_addr = {"", 9}});

  CHECK(outcome == "0.0.0.0");
  CHECK(remote == "invalid");
}

OURO_TEST_CASE("datagram_address: the first family that both addresses have is used",
               "[net][datagram_address]") {
  fake_resolver names;
  names.add("six.test", {ouro::endpoint("::1", 0)});
  names.add("four.test", {ouro::endpoint("127.0.0.1", 9)});
  names.add("both.test", {ouro::endpoint("::1", 9), ouro::endpoint("127.0.0.1", 9)});

  const std::string common =
      co_await outcome_with({.local_addr = {"127.0.0.1", 0}, .remote_addr = {"both.test", 9}});
  const std::string none =
      co_await outcome_with({.local_addr = {"six.test", 0}, .remote_addr = {"four.test", 9}});

  CHECK(common == "127.0.0.1");
  CHECK(none == "invalid");
}

OURO_TEST_CASE("datagram_address: goes on to the next family when a socket cannot be bound",
               "[net][datagram_address][error]") {
  fake_resolver names;
  names.add("odd.test", {ouro::endpoint("2001:db8::1", 0), ouro::endpoint("127.0.0.1", 0)});
  names.add("bad.test", {ouro::endpoint("192.0.2.1", 0)});

  const std::string second = co_await outcome_with({.local_addr = {"odd.test", 0}});
  const std::string failed = co_await outcome_with({.local_addr = {"bad.test", 0}});

  CHECK(second == "127.0.0.1");
  CHECK(failed == "bind: " + std::to_string(EADDRNOTAVAIL));
}

OURO_TEST_CASE("datagram_address: a family that is given limits what is looked up",
               "[net][datagram_address][error]") {
  const std::string wrong =
      co_await outcome_with({.local_addr = {"127.0.0.1", 0}, .family = ouro::address_family::ipv6});
  const std::string unknown =
      co_await outcome_with({.local_addr = {"no such host", 0}, .flags = AI_NUMERICHOST});
  const std::string port = co_await outcome_with({.local_addr = {"127.0.0.1", 70'000}});

  CHECK(wrong.find("getaddrinfo") == 0);
  CHECK(unknown == "getaddrinfo: " + std::to_string(EAI_NONAME));
  CHECK(port == "invalid");
}

OURO_TEST_CASE("datagram_address: cancelled while it is looked up, nothing is made",
               "[net][datagram_address][cancel]") {
  fake_resolver names;
  names.add("slow.test", {ouro::endpoint("127.0.0.1", 0)});
  names.hold();
  const std::size_t open_before = ouro::testing::open_fds();
  auto making = ouro::create_task(outcome_with({.local_addr = {"slow.test", 0}}));
  co_await ouro::sleep(0s);
  names.wait_until_asked(1);

  making.cancel();
  CHECK_THROWS_AS(co_await making, ouro::cancelled_error);

  CHECK(ouro::testing::open_fds() == open_before);
}

OURO_TEST_CASE("datagram_address: the text of a host may go once the function has returned",
               "[net][datagram_address]") {
  fake_resolver names;
  names.add("gone.test", {ouro::endpoint("127.0.0.1", 0)});
  std::string host = "gone.test";
  auto making = ouro::create_datagram_endpoint(make_logging, {.local_addr = {host, 0}});
  host.assign(host.size(), '?');

  const auto made = co_await std::move(making);

  CHECK(made.transport->sockname()->address() == ouro::ip_address("127.0.0.1"));
  made.transport->close();
}

OURO_TEST_CASE("datagram_address: with allow_broadcast answers of others are received",
               "[net][datagram_address]") {
  const auto [server, server_protocol] = co_await bound();
  const auto [other, other_protocol] = co_await bound();
  const auto [client, client_protocol] = co_await ouro::create_datagram_endpoint(
      make_logging, {.remote_addr = *server->sockname(), .allow_broadcast = true});

  client->sendto("hello");
  co_await until_log(*server_protocol, "made got:hello");
  other->sendto("from another", server_protocol->sender);
  co_await until_log(*client_protocol, "made got:from another");

  CHECK(client->peername() == std::nullopt);
  CHECK_THROWS_AS(client->sendto("x", *other->sockname()), ouro::usage_error);
  for (const auto& each : {client, server, other}) each->close();
}
