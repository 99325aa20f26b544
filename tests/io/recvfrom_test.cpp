// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/recvfrom.hpp"

#include "ouro/io/socket.hpp"

#include "tests/io/io_fixture.hpp"

#include <array>
#include <cerrno>
#include <string>

using namespace io_test;

namespace {

using buffer = std::array<std::byte, 64>;

ouro::socket bound_udp(ouro::address_family family = ouro::address_family::ipv4) {
  ouro::socket socket = ouro::socket::udp(family);
  socket.bind(ouro::endpoint(family == ouro::address_family::ipv4 ? "127.0.0.1" : "::1", 0));
  return socket;
}

/// Sends without the loop.
void send_datagram(int from, const std::string& text, const ouro::endpoint& to) {
  REQUIRE(::sendto(from, text.data(), text.size(), 0, &to.native(),
                   static_cast<socklen_t>(to.native_size())) ==
          static_cast<::ssize_t>(text.size()));
}

}  // namespace

OURO_TEST_CASE("recvfrom: gives the datagram that is there and its sender", "[io][recvfrom]") {
  ouro::socket near = bound_udp();
  const ouro::socket far = bound_udp();
  buffer into;
  send_datagram(far.fd(), "hello", near.local_endpoint());

  const ouro::received_datagram datagram = co_await near.recvfrom(into);

  CHECK(ouro::as_text(into).substr(0, datagram.size) == "hello");
  CHECK(datagram.sender == far.local_endpoint());
  CHECK(!datagram.truncated);
}

OURO_TEST_CASE("recvfrom: knows IPv6 senders", "[io][recvfrom]") {
  ouro::socket near = bound_udp(ouro::address_family::ipv6);
  const ouro::socket far = bound_udp(ouro::address_family::ipv6);
  buffer into;
  send_datagram(far.fd(), "six", near.local_endpoint());

  const ouro::received_datagram datagram = co_await ouro::recvfrom(near.fd(), into);

  CHECK(datagram.size == 3);
  CHECK(datagram.sender == far.local_endpoint());
}

OURO_TEST_CASE("recvfrom: suspends until a datagram arrives", "[io][recvfrom]") {
  ouro::socket near = bound_udp();
  const ouro::socket far = bound_udp();
  buffer into;
  auto receiving = ouro::create_task(outcome_of(near.recvfrom(into)));
  co_await test::settle();
  CHECK(!receiving.done());

  send_datagram(far.fd(), "late", near.local_endpoint());
  const std::string outcome = co_await receiving;

  CHECK(outcome == "object");
  CHECK(ouro::as_text(into).substr(0, 4) == "late");
}

OURO_TEST_CASE("recvfrom: an empty datagram has zero bytes and a sender", "[io][recvfrom]") {
  ouro::socket near = bound_udp();
  const ouro::socket far = bound_udp();
  buffer into;
  send_datagram(far.fd(), "", near.local_endpoint());
  send_datagram(far.fd(), "next", near.local_endpoint());

  const ouro::received_datagram empty = co_await near.recvfrom(into);
  const ouro::received_datagram next = co_await near.recvfrom(into);

  CHECK(empty.size == 0);
  CHECK(empty.sender == far.local_endpoint());
  CHECK(next.size == 4);
}

OURO_TEST_CASE("recvfrom: tells that a datagram was longer than the buffer", "[io][recvfrom]") {
  ouro::socket near = bound_udp();
  const ouro::socket far = bound_udp();
  std::array<std::byte, 3> small;
  send_datagram(far.fd(), "abcdef", near.local_endpoint());
  send_datagram(far.fd(), "xyz", near.local_endpoint());

  const ouro::received_datagram cut = co_await near.recvfrom(small);
  const std::string first(ouro::as_text(small));
  const ouro::received_datagram whole = co_await near.recvfrom(small);

  CHECK(cut.size == 3);
  CHECK(cut.truncated);
  CHECK(first == "abc");
  CHECK(!whole.truncated);
  CHECK(ouro::as_text(small) == "xyz");
}

OURO_TEST_CASE("recvfrom: on a stream it gives bytes and no sender", "[io][recvfrom]") {
  const fd_pair ends = stream_pair();
  buffer into;
  send_text(ends.far.get(), "bytes");

  const ouro::received_datagram datagram = co_await ouro::recvfrom(ends.near.get(), into);

  CHECK(datagram.size == 5);
  CHECK(datagram.sender == ouro::endpoint());
}

OURO_TEST_CASE("recvfrom: cancelled while it waits, it takes no datagram",
               "[io][recvfrom][cancel]") {
  auto ends = ouro::datagram_socket_pair();
  buffer into;
  auto receiving = ouro::create_task(outcome_of(ends[0].recvfrom(into)));
  co_await test::settle();

  receiving.cancel();
  send_text(ends[1].fd(), "later");
  const std::string outcome = co_await receiving;

  CHECK(outcome == "cancelled");
  CHECK(left_in(ends[0].fd()) == "later");
}

OURO_TEST_CASE("recvfrom: cancelled before it starts, it takes no datagram",
               "[io][recvfrom][cancel]") {
  auto ends = ouro::datagram_socket_pair();
  buffer into;
  send_text(ends[1].fd(), "ready");

  auto receiving = ouro::create_task(outcome_if_cancelled_before(ends[0].recvfrom(into)));
  const std::string outcome = co_await receiving;

  CHECK(outcome == "cancelled");
  CHECK(left_in(ends[0].fd()) == "ready");
}

OURO_TEST_CASE("recvfrom: nothing_lost: cancelled after it has completed, it gives the datagram",
               "[io][recvfrom][cancel]") {
  auto ends = ouro::datagram_socket_pair();
  buffer into;
  auto receiving = ouro::create_task(outcome_of(ends[0].recvfrom(into)));
  co_await test::settle();

  send_text(ends[1].fd(), "won");
  co_await ouro::sleep(0s);  // the task is ready now, behind this one
  CHECK(pending_requests() == 0);
  receiving.cancel();
  const std::string outcome = co_await receiving;

  CHECK(outcome == "object, then cancelled");
  CHECK(ouro::as_text(into).substr(0, 3) == "won");
}

OURO_TEST_CASE("recvfrom: a refusal fails the call and leaves the socket alive",
               "[io][recvfrom][error]") {
  ouro::socket near = bound_udp();
  ouro::socket far = bound_udp();
  const ouro::endpoint peer = far.local_endpoint();
  buffer into;
  co_await near.connect(peer);
  far.close();
  co_await near.sendall("anybody?");

  auto receiving = ouro::create_task(outcome_of(near.recvfrom(into)));
  const std::string refused = co_await receiving;
  far = ouro::socket::udp();
  far.bind(peer);
  send_datagram(far.fd(), "here", near.local_endpoint());
  const ouro::received_datagram datagram = co_await near.recvfrom(into);

  CHECK(refused == "recvfrom: " + std::to_string(ECONNREFUSED));
  CHECK(datagram.size == 4);
}

OURO_TEST_CASE("recvfrom: names the call and the errno if it fails", "[io][recvfrom][error]") {
  buffer into;

  auto receiving = ouro::create_task(outcome_of(ouro::recvfrom(-1, into)));
  const std::string outcome = co_await receiving;

  CHECK(outcome == "recvfrom: " + std::to_string(EBADF));
}

OURO_TEST_CASE("recvfrom: beside another task's recv() it is a usage_error",
               "[io][recvfrom][error]") {
  auto ends = ouro::datagram_socket_pair();
  buffer into;
  auto receiving = ouro::create_task(outcome_of(ends[0].recv(into)));
  co_await test::settle();

  auto second = ouro::create_task(outcome_of(ends[0].recvfrom(into)));
  const std::string refused = co_await second;
  receiving.cancel();
  const std::string outcome = co_await receiving;

  CHECK(refused == "usage");
  CHECK(outcome == "cancelled");
}
