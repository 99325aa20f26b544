// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/socket.hpp"
#include "ouro/loop/event_loop.hpp"

#include "tests/io/io_fixture.hpp"

#include <array>
#include <cerrno>
#include <string>

using namespace io_test;

namespace {

ouro::event_loop& loop() { return ouro::get_running_loop(); }

}  // namespace

OURO_TEST_CASE("loop sockets: sock_recv() gives at most so many bytes, and none at the end",
               "[io][loop_sockets]") {
  auto ends = ouro::socket_pair();
  co_await loop().sock_sendall(ends[1], "abcde");

  const std::string first = co_await loop().sock_recv(ends[0], 3);
  const std::string second = co_await loop().sock_recv(ends[0], 100);
  ends[1].close();
  const std::string end = co_await loop().sock_recv(ends[0], 100);

  CHECK(first == "abc");
  CHECK(second == "de");
  CHECK(end == "");
}

OURO_TEST_CASE("loop sockets: sock_recv_into() fills a buffer", "[io][loop_sockets]") {
  auto ends = ouro::socket_pair();
  std::array<std::byte, 8> into;
  send_text(ends[1].fd(), "xy");

  const std::size_t count = co_await loop().sock_recv_into(ends[0], into);

  CHECK(ouro::as_text(into).substr(0, count) == "xy");
}

OURO_TEST_CASE("loop sockets: sock_connect() and sock_accept() make a connection",
               "[io][loop_sockets]") {
  ouro::socket listening = ouro::socket::tcp();
  listening.bind(ouro::endpoint("127.0.0.1", 0));
  listening.listen();
  ouro::socket client = ouro::socket::tcp();

  co_await loop().sock_connect(client, listening.local_endpoint());
  auto accepted = co_await loop().sock_accept(listening);

  CHECK(accepted.second == client.local_endpoint());
  CHECK(accepted.first.remote_endpoint() == client.local_endpoint());
}

OURO_TEST_CASE("loop sockets: sock_sendto() and sock_recvfrom() move datagrams",
               "[io][loop_sockets]") {
  ouro::socket near = ouro::socket::udp();
  near.bind(ouro::endpoint("127.0.0.1", 0));
  ouro::socket far = ouro::socket::udp();
  std::array<std::byte, 8> into;

  const std::size_t sent = co_await loop().sock_sendto(far, "ping", near.local_endpoint());
  const auto first = co_await loop().sock_recvfrom(near, 100);
  co_await loop().sock_sendto(far, "", near.local_endpoint());
  const auto second = co_await loop().sock_recvfrom_into(near, into);

  CHECK(sent == 4);
  CHECK(first.first == "ping");
  CHECK(first.second.port() == far.local_endpoint().port());
  CHECK(second.first == 0);
  CHECK(second.second == first.second);
}

OURO_TEST_CASE("loop sockets: a cancelled sock_recv() leaves socket and data usable",
               "[io][loop_sockets][cancel]") {
  auto ends = ouro::socket_pair();
  auto receiving = ouro::create_task(loop().sock_recv(ends[0], 100));
  co_await test::settle();

  receiving.cancel();
  CHECK_THROWS_AS(co_await receiving, ouro::cancelled_error);
  send_text(ends[1].fd(), "kept");
  const std::string received = co_await loop().sock_recv(ends[0], 100);

  CHECK(received == "kept");
}

OURO_TEST_CASE("loop sockets: a coroutine of another loop is a usage_error",
               "[io][loop_sockets][error]") {
  auto ends = ouro::socket_pair();
  ouro::event_loop other;
  auto receiving = ouro::create_task(other.sock_recv(ends[0], 100));

  CHECK_THROWS_AS(co_await receiving, ouro::usage_error);
}
