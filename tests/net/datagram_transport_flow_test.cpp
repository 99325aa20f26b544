// SPDX-License-Identifier: BSL-1.0
// Pausing and resuming, with UNIX sockets: their receivers can be full.
#include "ouro/net/datagram_transport.hpp"

#include "tests/net/datagram_fixture.hpp"

#include <string>
#include <sys/socket.h>
#include <unistd.h>

using namespace net_test;

namespace {

/// Takes everything that is there, without the loop; returns how many datagrams they were.
std::size_t take_all(int fd, std::string* last = nullptr) {
  char buffer[4096];
  std::size_t count = 0;
  for (::ssize_t size = 0; (size = ::recv(fd, buffer, sizeof buffer, MSG_DONTWAIT)) >= 0; ++count) {
    if (last != nullptr) last->assign(buffer, static_cast<std::size_t>(size));
  }
  return count;
}

/// Lets the loop run on until `count` datagrams have come.
ouro::task<std::string> drain_until(int fd, std::size_t count) {
  std::string last;
  for (std::size_t taken = 0; taken < count;) {
    taken += take_all(fd, &last);
    co_await ouro::sleep(1ms);
  }
  co_return last;
}

}  // namespace

OURO_TEST_CASE("datagram_transport: pauses above the high mark and resumes at the low one",
               "[net][datagram_transport]") {
  auto ends = ouro::datagram_socket_pair();
  const auto [transport, protocol] =
      co_await ouro::create_datagram_endpoint(make_logging, {.sock = &ends[0]});
  constexpr std::size_t count = 2000;

  for (std::size_t i = 0; i < count; ++i) transport->sendto("datagram " + std::to_string(i));
  CHECK(protocol->log == "made");
  co_await until_log(*protocol, "made pause");
  CHECK(transport->get_write_buffer_size() > 64 * 1024);
  const std::string last = co_await drain_until(ends[1].fd(), count);

  CHECK(last == "datagram 1999");
  CHECK(protocol->log == "made pause resume");
  CHECK(transport->get_write_buffer_size() == 0);
  transport->close();
}

OURO_TEST_CASE("datagram_transport: what the kernel takes at once never pauses",
               "[net][datagram_transport]") {
  const auto [server, got] = co_await bound();
  const auto [client, protocol] = co_await connected_to(*server->sockname());
  const std::string large(60'000, 'x');

  for (int i = 0; i < 3; ++i) client->sendto(large);
  CHECK(client->get_write_buffer_size() > 3 * large.size());
  co_await ouro::testing::settle();

  CHECK(protocol->log == "made");
  CHECK(client->get_write_buffer_size() == 0);
  client->close();
  server->close();
}

OURO_TEST_CASE("datagram_transport: empty datagrams count too", "[net][datagram_transport]") {
  auto ends = ouro::datagram_socket_pair();
  const auto [transport, protocol] =
      co_await ouro::create_datagram_endpoint(make_logging, {.sock = &ends[0]});

  for (int i = 0; i < 2000; ++i) transport->sendto("");
  CHECK(transport->get_write_buffer_size() == 2000 * ouro::datagram_transport::overhead);
  co_await until_log(*protocol, "made pause");

  CHECK(protocol->log == "made pause");
  transport->abort();
}

OURO_TEST_CASE("datagram_transport: the marks follow from each other",
               "[net][datagram_transport]") {
  const auto [transport, protocol] = co_await bound();
  const auto marks = [&on = transport](const ouro::datagram_buffer_limits& limits) {
    on->set_write_buffer_limits(limits);
    const auto now = on->get_write_buffer_limits();
    return std::to_string(now.low) + " " + std::to_string(now.high);
  };

  CHECK(marks({}) == "16384 65536");
  CHECK(marks({.high = 4000}) == "1000 4000");
  CHECK(marks({.low = 1000}) == "1000 4000");
  CHECK(marks({.high = 0}) == "0 0");
  CHECK_THROWS_AS(transport->set_write_buffer_limits({.high = 1, .low = 2}), ouro::usage_error);
  transport->close();
}

OURO_TEST_CASE("datagram_transport: new marks take effect in the next turn",
               "[net][datagram_transport]") {
  auto ends = ouro::datagram_socket_pair();
  const auto [transport, protocol] =
      co_await ouro::create_datagram_endpoint(make_logging, {.sock = &ends[0]});
  for (int i = 0; i < 2000; ++i) transport->sendto("x");
  co_await until_log(*protocol, "made pause");

  transport->set_write_buffer_limits({.high = 100'000'000});
  co_await until_log(*protocol, "made pause resume");
  transport->set_write_buffer_limits({.high = 1000});
  co_await until_log(*protocol, "made pause resume pause");

  CHECK(protocol->log == "made pause resume pause");
  transport->abort();
}

OURO_TEST_CASE("datagram_transport: may be used up in pause_writing()",
               "[net][datagram_transport]") {
  auto ends = ouro::datagram_socket_pair();
  const auto [transport, protocol] =
      co_await ouro::create_datagram_endpoint(make_logging, {.sock = &ends[0]});
  protocol->on_pause = [](logging_protocol& self) {
    self.transport->sendto("more");
    self.transport->close();
    self.transport->abort();
    self.transport->sendto("never");
  };

  for (int i = 0; i < 2000; ++i) transport->sendto("x");
  co_await until_log(*protocol, "made pause lost");

  CHECK(protocol->log == "made pause lost");
}

OURO_TEST_CASE("datagram_transport: may be closed in resume_writing()",
               "[net][datagram_transport]") {
  auto ends = ouro::datagram_socket_pair();
  const auto [transport, protocol] =
      co_await ouro::create_datagram_endpoint(make_logging, {.sock = &ends[0]});
  protocol->on_resume = [](logging_protocol& self) {
    self.transport->sendto("last");
    self.transport->close();
    self.transport->sendto("never");
  };

  for (int i = 0; i < 2000; ++i) transport->sendto("x");
  co_await until_log(*protocol, "made pause");
  const std::string last = co_await drain_until(ends[1].fd(), 2001);
  co_await until_log(*protocol, "made pause resume lost");

  CHECK(last == "last");
}

OURO_TEST_CASE("datagram_transport: waits for the room of a receiver that it is not connected to",
               "[net][datagram_transport]") {
  const auto address =
      ouro::endpoint::local_abstract("ouro-datagram-room" + std::to_string(::getpid()));
  ouro::socket receiver = ouro::socket::datagram(ouro::address_family::local);
  receiver.bind(address);
  const auto [transport, protocol] = co_await ouro::create_datagram_endpoint(
      make_logging, {.family = ouro::address_family::local});
  constexpr std::size_t count = 2000;

  for (std::size_t i = 0; i < count; ++i) {
    transport->sendto("datagram " + std::to_string(i), address);
  }
  co_await ouro::sleep(1s);
  CHECK(protocol->log == "made pause");
  transport->close();
  const std::string last = co_await drain_until(receiver.fd(), count);
  co_await ouro::testing::settle();

  CHECK(last == "datagram 1999");
  CHECK(protocol->log == "made pause resume lost");
}

OURO_TEST_CASE("datagram_transport: abort() does not wait for room", "[net][datagram_transport]") {
  const auto address =
      ouro::endpoint::local_abstract("ouro-datagram-abort" + std::to_string(::getpid()));
  ouro::socket receiver = ouro::socket::datagram(ouro::address_family::local);
  receiver.bind(address);
  const auto [transport, protocol] = co_await ouro::create_datagram_endpoint(
      make_logging, {.family = ouro::address_family::local});
  const auto connected = co_await [](ouro::endpoint peer) -> ouro::task<logging_endpoint> {
    auto making = connected_to(peer);
    co_return co_await std::move(making);
  }(address);
  for (int i = 0; i < 2000; ++i) transport->sendto("x", address);
  for (int i = 0; i < 2000; ++i) connected.transport->sendto("y");
  co_await ouro::sleep(10ms);

  transport->abort();
  connected.transport->abort();
  co_await until_log(*protocol, "made pause lost");
  co_await until_log(*connected.protocol, "made pause lost");
  co_await ouro::testing::settle();

  CHECK(transport->get_write_buffer_size() == 0);
  CHECK(connected.transport->get_write_buffer_size() == 0);
}
