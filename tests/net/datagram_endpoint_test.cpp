// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/datagram_endpoint.hpp"

#include "tests/net/datagram_fixture.hpp"

#include <cerrno>
#include <filesystem>
#include <string>
#include <unistd.h>

using namespace net_test;

namespace {

ouro::task<std::string> outcome_of(ouro::task<logging_endpoint> making) {
  try {
    const logging_endpoint made = co_await std::move(making);
    made.transport->close();
    co_return "made";
  } catch (const std::system_error& error) {
    const std::string what = error.what();
    co_return what.substr(0, what.find(':')) + ": " + std::to_string(error.code().value());
  } catch (const ouro::usage_error&) {
    co_return "usage";
  }
}

ouro::task<std::string> outcome_with(ouro::datagram_endpoint_options options) {
  auto making = outcome_of(ouro::create_datagram_endpoint(make_logging, options));
  co_return co_await std::move(making);
}

struct failing_factory {
  logging_protocol* operator()() const { throw std::runtime_error("no protocol"); }
};

/// A path that no other test has.
std::string socket_path(const char* name) {
  return "/tmp/ouro-" + std::to_string(::getpid()) + "-" + name;
}

}  // namespace

OURO_TEST_CASE("datagram_endpoint: connection_made() has been called when the await ends",
               "[net][datagram_endpoint]") {
  const auto [transport, protocol] = co_await bound();

  CHECK(protocol->log == "made");
  CHECK(protocol->transport == transport.get());
  CHECK(transport->sockname()->port() != 0);
  CHECK(!transport->peername());

  transport->close();
  co_await until_log(*protocol, "made lost");
}

OURO_TEST_CASE("datagram_endpoint: with a remote address it has a peer", "[net][datagram_endpoint]") {
  const auto [server, server_protocol] = co_await bound();

  const auto [client, client_protocol] = co_await connected_to(*server->sockname());

  CHECK(client->peername() == server->sockname());
  client->close();
  server->close();
}

OURO_TEST_CASE("datagram_endpoint: takes a factory of any pointer", "[net][datagram_endpoint]") {
  const ouro::datagram_endpoint_options options{.family = ouro::address_family::ipv4};
  const auto raw = [] { return new logging_protocol; };
  const auto shared = [] { return std::make_shared<logging_protocol>(); };

  const auto first = co_await ouro::create_datagram_endpoint(raw, options);
  const auto second = co_await ouro::create_datagram_endpoint(shared, options);

  CHECK(first.protocol->log == "made");
  CHECK(second.protocol->log == "made");
  first.transport->close();
  second.transport->close();
}

OURO_TEST_CASE("datagram_endpoint: a factory that gives null or throws makes no endpoint",
               "[net][datagram_endpoint][error]") {
  const std::size_t open_before = ouro::testing::open_fds();
  const ouro::datagram_endpoint_options options{.family = ouro::address_family::ipv4};
  const auto null = [] { return std::shared_ptr<logging_protocol>(); };

  CHECK_THROWS_AS(co_await ouro::create_datagram_endpoint(null, options), ouro::usage_error);
  CHECK_THROWS_AS(co_await ouro::create_datagram_endpoint(failing_factory{}, options),
                  std::runtime_error);
  CHECK(ouro::testing::open_fds() == open_before);
}

OURO_TEST_CASE("datagram_endpoint: refuses options that contradict each other",
               "[net][datagram_endpoint][error]") {
  ouro::socket stream = ouro::socket::tcp();
  ouro::socket datagram = ouro::socket::udp();

  const std::string nothing = co_await outcome_with({});
  const std::string families = co_await outcome_with(
      {.local_addr = ouro::endpoint("127.0.0.1", 0), .remote_addr = ouro::endpoint("::1", 9)});
  const std::string both = co_await outcome_with(
      {.local_addr = ouro::endpoint("127.0.0.1", 0), .family = ouro::address_family::ipv6});
  const std::string large = co_await outcome_with(
      {.family = ouro::address_family::ipv4, .gso_size = 70'000});
  CHECK_THROWS_AS(ouro::create_datagram_endpoint(make_logging, {.sock = &stream}),
                  ouro::usage_error);
  CHECK_THROWS_AS(
      ouro::create_datagram_endpoint(make_logging, {.reuse_port = true, .sock = &datagram}),
      ouro::usage_error);

  CHECK(nothing == "usage");
  CHECK(families == "usage");
  CHECK(both == "usage");
  CHECK(large == "usage");
  CHECK(datagram.is_open());
}

OURO_TEST_CASE("datagram_endpoint: names the call that failed", "[net][datagram_endpoint][error]") {
  const std::size_t open_before = ouro::testing::open_fds();
  const auto [server, protocol] = co_await bound();

  const std::string taken = co_await outcome_with({.local_addr = *server->sockname()});
  const std::string foreign =
      co_await outcome_with({.local_addr = ouro::endpoint("192.0.2.1", 0)});

  CHECK(taken == "bind: " + std::to_string(EADDRINUSE));
  CHECK(foreign == "bind: " + std::to_string(EADDRNOTAVAIL));
  server->close();
  co_await until_log(*protocol, "made lost");
  co_await ouro::testing::settle();
  CHECK(ouro::testing::open_fds() == open_before);
}

OURO_TEST_CASE("datagram_endpoint: reuse_port lets two share a port", "[net][datagram_endpoint]") {
  const auto [first, first_protocol] = co_await ouro::create_datagram_endpoint(
      make_logging, {.local_addr = ouro::endpoint("127.0.0.1", 0), .reuse_port = true});

  const std::string second =
      co_await outcome_with({.local_addr = *first->sockname(), .reuse_port = true});

  CHECK(second == "made");
  first->close();
}

OURO_TEST_CASE("datagram_endpoint: uses a socket that it is given", "[net][datagram_endpoint]") {
  auto ends = ouro::datagram_socket_pair();
  const int fd = ends[0].fd();

  const auto [transport, protocol] =
      co_await ouro::create_datagram_endpoint(make_logging, {.sock = &ends[0]});
  co_await ends[1].sendall("to a pair");
  co_await until_log(*protocol, "made got:to a pair");

  CHECK(!ends[0].is_open());
  CHECK(transport->socket()->fd() == fd);
  CHECK(protocol->log == "made got:to a pair");
  transport->close();
}

OURO_TEST_CASE("datagram_endpoint: UNIX endpoints answer each other", "[net][datagram_endpoint]") {
  const std::string path = socket_path("dgram");
  const ouro::endpoint address = ouro::endpoint::local(path);
  const auto [server, server_protocol] =
      co_await ouro::create_datagram_endpoint(make_logging, {.local_addr = address});
  const ouro::endpoint own = ouro::endpoint::local_abstract(path);
  const auto [client, client_protocol] = co_await ouro::create_datagram_endpoint(
      make_logging, {.local_addr = own, .remote_addr = address});
  server_protocol->on_datagram = [](logging_protocol& self, std::string_view data) {
    self.transport->sendto("re:" + std::string(data), self.sender);
  };

  client->sendto("hello");
  co_await until_log(*client_protocol, "made got:re:hello");

  CHECK(server_protocol->sender == own);
  CHECK(client_protocol->log == "made got:re:hello");
  client->close();
  server->close();
  std::filesystem::remove(path);
}

OURO_TEST_CASE("datagram_endpoint: replaces the file of a UNIX socket that is no more",
               "[net][datagram_endpoint]") {
  const std::string path = socket_path("stale");
  {
    ouro::socket old = ouro::socket::datagram(ouro::address_family::local);
    old.bind(ouro::endpoint::local(path));
  }

  const std::string made = co_await outcome_with({.local_addr = ouro::endpoint::local(path)});

  CHECK(made == "made");
  std::filesystem::remove(path);
}

OURO_TEST_CASE("datagram_endpoint: cancelled before connection_made(), it is closed again",
               "[net][datagram_endpoint][cancel]") {
  auto kept = std::make_shared<logging_protocol>();
  const auto factory = [kept] { return kept; };
  const ouro::datagram_endpoint_options options{.family = ouro::address_family::ipv4};
  auto making = ouro::create_task(ouro::create_datagram_endpoint(factory, options));
  co_await ouro::sleep(0s);  // it has begun, and connection_made() is due in the next turn

  making.cancel();
  CHECK_THROWS_AS(co_await making, ouro::cancelled_error);
  co_await until_log(*kept, "made lost");

  CHECK(kept->log == "made lost");
}

OURO_TEST_CASE("datagram_endpoint: cancelled before it starts, it makes nothing",
               "[net][datagram_endpoint][cancel]") {
  const std::size_t open_before = ouro::testing::open_fds();
  auto making = ouro::create_task(bound());

  making.cancel();
  CHECK_THROWS_AS(co_await making, ouro::cancelled_error);

  CHECK(ouro::testing::open_fds() == open_before);
}
