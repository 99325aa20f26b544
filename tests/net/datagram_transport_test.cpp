// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/datagram_transport.hpp"

#include "tests/net/datagram_fixture.hpp"

#include <cerrno>
#include <numeric>
#include <string>
#include <vector>

using namespace net_test;

namespace {

/// Answers each datagram with the same.
void echo(logging_protocol& self, std::string_view data) {
  self.transport->sendto(data, self.sender);
}

ouro::task<> until_received(logging_protocol& protocol, std::size_t count) {
  auto waiting = until(protocol, [&] { return protocol.received >= count; });
  co_await std::move(waiting);
}

}  // namespace

OURO_TEST_CASE("datagram_transport: keeps the boundaries of datagrams and their order",
               "[net][datagram_transport]") {
  const auto [server, got] = co_await bound();
  const auto [client, unused] = co_await bound();

  for (const char* each : {"one", "", "three", "4"}) client->sendto(each, *server->sockname());
  co_await until_received(*got, 4);

  CHECK(got->log == "made got:one got: got:three got:4");
  CHECK(got->sender == client->sockname());
  client->close();
  server->close();
}

OURO_TEST_CASE("datagram_transport: a protocol answers the sender", "[net][datagram_transport]") {
  const auto [server, answering] = co_await bound();
  answering->on_datagram = echo;
  const auto [client, got] = co_await connected_to(*server->sockname());

  client->sendto("ping");
  client->sendto("");
  co_await until_received(*got, 2);

  CHECK(got->log == "made got:ping got:");
  client->close();
  server->close();
}

OURO_TEST_CASE("datagram_transport: works over IPv6", "[net][datagram_transport]") {
  const auto [server, answering] = co_await ouro::create_datagram_endpoint(
      make_logging, {.local_addr = ouro::endpoint("::1", 0)});
  answering->on_datagram = echo;
  const auto [client, got] = co_await connected_to(*server->sockname());

  client->sendto("six");
  co_await until_received(*got, 1);

  CHECK(got->log == "made got:six");
  CHECK(got->sender == server->sockname());
  client->close();
  server->close();
}

OURO_TEST_CASE("datagram_transport: the longest datagram of UDP arrives whole",
               "[net][datagram_transport]") {
  const auto [server, got] = co_await bound();
  const auto [client, unused] = co_await connected_to(*server->sockname());
  std::string longest(65'507, '\0');
  std::iota(longest.begin(), longest.end(), '\0');
  bool same = false;
  got->on_datagram = [&](logging_protocol&, std::string_view data) { same = data == longest; };

  client->sendto(longest);
  co_await until_received(*got, 1);

  CHECK(same);
  client->close();
  server->close();
}

OURO_TEST_CASE("datagram_transport: a UNIX datagram may be longer than one of UDP",
               "[net][datagram_transport]") {
  auto ends = ouro::datagram_socket_pair();
  const auto [near, got] = co_await ouro::create_datagram_endpoint(make_logging, {.sock = &ends[0]});
  const auto [far, unused] =
      co_await ouro::create_datagram_endpoint(make_logging, {.sock = &ends[1]});

  far->sendto(std::string(150'000, 'u'));
  far->sendto("");
  co_await until_received(*got, 2);

  CHECK(got->bytes == 150'000);
  CHECK(got->log == "made got:");
  near->close();
  far->close();
}

OURO_TEST_CASE("datagram_transport: what is sent before close() arrives",
               "[net][datagram_transport]") {
  const auto [server, got] = co_await bound();
  const auto [client, closed] = co_await connected_to(*server->sockname());

  for (int i = 0; i < 200; ++i) client->sendto("x");
  client->close();
  co_await until_log(*closed, "made lost");
  co_await until_received(*got, 200);

  CHECK(got->received == 200);
  server->close();
}

OURO_TEST_CASE("datagram_transport: 10,000 datagrams go both ways, in order and complete",
               "[net][datagram_transport]") {
  constexpr std::size_t count = 10'000;
  const auto [server, answering] = co_await bound();
  answering->on_datagram = echo;
  const auto [client, got] = co_await connected_to(*server->sockname());
  std::size_t sent_bytes = 0;
  std::size_t next = 0;
  bool in_order = true;
  got->on_datagram = [&](logging_protocol&, std::string_view data) {
    in_order = in_order && data.substr(0, data.find(' ')) == std::to_string(next);
    ++next;
  };

  for (std::size_t i = 0; i < count; ++i) {
    const std::string text = std::to_string(i) + ' ' + std::string(i % 400, 'd');
    sent_bytes += text.size();
    client->sendto(text);
    // No more on the way than the kernel's buffers hold.
    if (i % 50 == 49) co_await until_received(*got, i + 1);
  }
  co_await until_received(*got, count);

  CHECK(in_order);
  CHECK(answering->received == count);
  CHECK(answering->bytes == sent_bytes);
  CHECK(got->bytes == sent_bytes);
  client->close();
  server->close();
}

OURO_TEST_CASE("datagram_transport: more datagrams at once than there are buffers all arrive",
               "[net][datagram_transport]") {
  const auto [first, first_got] = co_await bound();
  const auto [second, second_got] = co_await bound();
  const auto [client, unused] = co_await bound();

  for (int i = 0; i < 150; ++i) {
    client->sendto("a", *first->sockname());
    client->sendto("b", *second->sockname());
  }
  co_await until_received(*first_got, 150);
  co_await until_received(*second_got, 150);

  CHECK(first_got->received == 150);
  CHECK(second_got->received == 150);
  client->close();
  first->close();
  second->close();
}

OURO_TEST_CASE("datagram_transport: a refusal goes to error_received(), and the endpoint lives",
               "[net][datagram_transport][error]") {
  const auto [server, server_protocol] = co_await bound();
  const ouro::endpoint address = *server->sockname();
  server->close();
  co_await until_log(*server_protocol, "made lost");
  co_await ouro::testing::settle();
  const auto [client, got] = co_await connected_to(address);

  client->sendto("anybody?");
  co_await until_log(*got, "made error:" + std::to_string(ECONNREFUSED));
  const auto [again, answering] =
      co_await ouro::create_datagram_endpoint(make_logging, {.local_addr = address});
  answering->on_datagram = echo;
  client->sendto("now?");
  co_await until_received(*got, 1);

  CHECK(got->log == "made error:" + std::to_string(ECONNREFUSED) + " got:now?");
  client->close();
  again->close();
}

OURO_TEST_CASE("datagram_transport: without a remote address a refusal tells nothing",
               "[net][datagram_transport][error]") {
  const auto [server, server_protocol] = co_await bound();
  const ouro::endpoint address = *server->sockname();
  server->close();
  co_await until_log(*server_protocol, "made lost");
  co_await ouro::testing::settle();
  const auto [client, got] = co_await bound();

  for (int i = 0; i < 3; ++i) {
    client->sendto("anybody?", address);
    co_await ouro::testing::settle();
  }

  CHECK(got->log == "made");
  client->close();
}

OURO_TEST_CASE("datagram_transport: what is too long goes to error_received()",
               "[net][datagram_transport][error]") {
  const auto [server, received] = co_await bound();
  const auto [client, got] = co_await connected_to(*server->sockname());

  client->sendto(std::string(65'508, 'x'));
  client->sendto("fits");
  co_await until_log(*got, "made error:" + std::to_string(EMSGSIZE));
  co_await until_received(*received, 1);

  CHECK(received->log == "made got:fits");
  CHECK(client->get_write_buffer_size() == 0);
  client->close();
  server->close();
}

OURO_TEST_CASE("datagram_transport: refuses an address that it cannot send to",
               "[net][datagram_transport][error]") {
  const auto [server, received] = co_await bound();
  const auto [client, got] = co_await connected_to(*server->sockname());
  const ouro::endpoint elsewhere("127.0.0.1", 9);

  CHECK_THROWS_AS(client->sendto("x", elsewhere), ouro::usage_error);
  CHECK_THROWS_AS(server->sendto("x"), ouro::usage_error);
  CHECK_THROWS_AS(client->sendto("x", {}, {.segment_size = 70'000}), ouro::usage_error);
  client->sendto("x", *server->sockname());
  co_await until_received(*received, 1);

  CHECK(received->log == "made got:x");
  client->close();
  server->close();
}

OURO_TEST_CASE("datagram_transport: its socket takes options, and goes with it",
               "[net][datagram_transport]") {
  const auto [transport, protocol] = co_await bound();
  const ouro::endpoint address = *transport->sockname();

  transport->socket()->set(ouro::socket_option::broadcast, true);
  const bool set = transport->socket()->get(ouro::socket_option::broadcast);
  transport->close();
  co_await until_log(*protocol, "made lost");
  co_await ouro::testing::settle();

  CHECK(set);
  CHECK(transport->socket() == nullptr);
  CHECK(transport->sockname() == address);
}
