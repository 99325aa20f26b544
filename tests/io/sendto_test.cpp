// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/sendto.hpp"

#include "ouro/io/socket.hpp"
#include "ouro/io/try_send.hpp"

#include "tests/io/io_fixture.hpp"

#include <array>
#include <cerrno>
#include <string>

using namespace io_test;

namespace {

/// A UNIX datagram socket with a name, which no file stands for.
ouro::socket named_socket(const std::string& name) {
  ouro::socket socket = ouro::socket::datagram(ouro::address_family::local);
  socket.bind(ouro::endpoint::local_abstract(name + std::to_string(::getpid())));
  return socket;
}

/// Sends datagrams until the receiver takes no more.
void fill_datagrams(int fd, const ouro::endpoint& to = {}) {
  while (ouro::try_sendto(fd, "x", to)) {
  }
}

/// Takes one datagram without the loop.
std::string take_datagram(int fd) {
  char buffer[64];
  const ::ssize_t size = ::recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
  return size < 0 ? "none" : std::string(buffer, static_cast<std::size_t>(size));
}

}  // namespace

OURO_TEST_CASE("sendto: sends one datagram to where it is told", "[io][sendto]") {
  ouro::socket from = ouro::socket::udp();
  ouro::socket to = ouro::socket::udp();
  to.bind(ouro::endpoint("127.0.0.1", 0));
  std::array<std::byte, 64> into;

  const std::size_t sent = co_await from.sendto("ping", to.local_endpoint());
  const ouro::received_datagram datagram = co_await to.recvfrom(into);

  CHECK(sent == 4);
  CHECK(datagram.size == 4);
  CHECK(datagram.sender.port() == from.local_endpoint().port());
}

OURO_TEST_CASE("sendto: sends an empty datagram", "[io][sendto]") {
  const ouro::socket from = ouro::socket::udp();
  ouro::socket to = ouro::socket::udp();
  to.bind(ouro::endpoint("127.0.0.1", 0));
  std::array<std::byte, 64> into;

  const std::size_t sent = co_await ouro::sendto(from.fd(), "", to.local_endpoint());
  const ouro::received_datagram datagram = co_await to.recvfrom(into);

  CHECK(sent == 0);
  CHECK(datagram.size == 0);
  CHECK(datagram.sender.is_ip());
}

OURO_TEST_CASE("sendto: suspends until the receiver has room", "[io][sendto]") {
  auto ends = ouro::datagram_socket_pair();
  fill_datagrams(ends[0].fd());
  auto sending = ouro::create_task(outcome_of(ends[0].sendto("last", {})));
  co_await test::settle();
  CHECK(!sending.done());

  while (take_datagram(ends[1].fd()) == "x") {
  }
  const std::string outcome = co_await sending;

  CHECK(outcome == "4");
  CHECK(take_datagram(ends[1].fd()) == "last");
}

OURO_TEST_CASE("sendto: does not wait for the room of a UNIX socket that it is not connected to",
               "[io][sendto][error]") {
  ouro::socket from = ouro::socket::datagram(ouro::address_family::local);
  const ouro::socket to = named_socket("ouro-sendto-room");
  fill_datagrams(from.fd(), to.local_endpoint());

  auto sending = ouro::create_task(outcome_of(from.sendto("x", to.local_endpoint())));
  const std::string full = co_await sending;
  CHECK(take_datagram(to.fd()) == "x");
  const std::size_t sent = co_await from.sendto("x", to.local_endpoint());

  CHECK(full == "sendto: " + std::to_string(EAGAIN));
  CHECK(sent == 1);
}

OURO_TEST_CASE("sendto: cancelled while it waits, it sends nothing", "[io][sendto][cancel]") {
  auto ends = ouro::datagram_socket_pair();
  fill_datagrams(ends[0].fd());
  auto sending = ouro::create_task(outcome_of(ends[0].sendto("never", {})));
  co_await test::settle();

  sending.cancel();
  const std::string outcome = co_await sending;

  CHECK(outcome == "cancelled");
  std::string taken = "x";
  while (taken == "x") taken = take_datagram(ends[1].fd());
  CHECK(taken == "none");
}

OURO_TEST_CASE("sendto: cancelled before it starts, it sends nothing", "[io][sendto][cancel]") {
  ouro::socket from = ouro::socket::datagram(ouro::address_family::local);
  const ouro::socket to = named_socket("ouro-sendto-before");

  auto sending =
      ouro::create_task(outcome_if_cancelled_before(from.sendto("never", to.local_endpoint())));
  const std::string outcome = co_await sending;

  CHECK(outcome == "cancelled");
  CHECK(take_datagram(to.fd()) == "none");
}

OURO_TEST_CASE("sendto: nothing_lost: cancelled after it has completed, it gives the count first",
               "[io][sendto][cancel]") {
  ouro::socket from = ouro::socket::datagram(ouro::address_family::local);
  const ouro::socket to = named_socket("ouro-sendto-race");
  auto sending = ouro::create_task(outcome_of(from.sendto("sent", to.local_endpoint())));
  while (take_datagram(to.fd()) == "none") co_await ouro::sleep(0s);

  sending.cancel();
  const std::string outcome = co_await sending;

  CHECK(outcome == "4, then cancelled");
}

OURO_TEST_CASE("sendto: a refusal fails the next call and leaves the socket alive",
               "[io][sendto][error]") {
  ouro::socket near = ouro::socket::udp();
  ouro::socket far = ouro::socket::udp();
  far.bind(ouro::endpoint("127.0.0.1", 0));
  const ouro::endpoint peer = far.local_endpoint();
  co_await near.connect(peer);
  far.close();

  const std::size_t first = co_await near.send("lost");
  auto second = ouro::create_task(outcome_of(near.sendto("refused", peer)));
  const std::string refused = co_await second;
  far = ouro::socket::udp();
  far.bind(peer);
  const std::size_t third = co_await near.sendto("heard", peer);

  CHECK(first == 4);
  CHECK(refused == "sendto: " + std::to_string(ECONNREFUSED));
  CHECK(third == 5);
  CHECK(near.is_open());
  CHECK(take_datagram(far.fd()) == "heard");
}

OURO_TEST_CASE("sendto: refuses what does not fit in a datagram", "[io][sendto][error]") {
  ouro::socket from = ouro::socket::udp();
  const std::string much(70000, 'x');

  auto sending = ouro::create_task(outcome_of(from.sendto(much, ouro::endpoint("127.0.0.1", 9))));
  const std::string outcome = co_await sending;

  CHECK(outcome == "sendto: " + std::to_string(EMSGSIZE));
}

OURO_TEST_CASE("sendto: beside another task's sendto() it is a usage_error",
               "[io][sendto][error]") {
  auto ends = ouro::datagram_socket_pair();
  fill_datagrams(ends[0].fd());
  auto sending = ouro::create_task(outcome_of(ends[0].sendto("one", {})));
  co_await test::settle();

  auto second = ouro::create_task(outcome_of(ends[0].sendto("two", {})));
  const std::string refused = co_await second;
  sending.cancel();
  const std::string outcome = co_await sending;

  CHECK(refused == "usage");
  CHECK(outcome == "cancelled");
}
