// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/sendmmsg.hpp"

#include "ouro/io/socket.hpp"
#include "ouro/io/try_send.hpp"

#include "tests/io/io_fixture.hpp"

#include <cerrno>
#include <string>
#include <vector>

using namespace io_test;

namespace {

/// Datagrams "0", "1" and so on.
struct numbered {
  explicit numbered(std::size_t count, const ouro::endpoint& to = {}) {
    for (std::size_t i = 0; i < count; ++i) texts.push_back(std::to_string(i));
    for (const std::string& each : texts) datagrams.push_back({ouro::as_buffer(each), to});
  }
  std::vector<std::string> texts;
  std::vector<ouro::addressed_datagram> datagrams;
};

/// Takes one datagram without the loop.
std::string take_datagram(int fd) {
  char buffer[64];
  const ::ssize_t size = ::recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
  return size < 0 ? "none" : std::string(buffer, static_cast<std::size_t>(size));
}

/// Sends datagrams until the receiver takes no more.
void fill_datagrams(int fd, const ouro::endpoint& to = {}) {
  while (ouro::try_sendto(fd, "x", to)) {
  }
}

/// "all", or what has ended it, and how many were sent by then.
ouro::task<std::string> outcome_with_count(ouro::socket& from,
                                           const std::vector<ouro::addressed_datagram>& datagrams) {
  auto sending = from.sendmmsg(datagrams);
  std::string outcome = "all";
  try {
    co_await sending;
  } catch (const ouro::cancelled_error&) {
    outcome = "cancelled";
  } catch (const std::system_error& error) {
    outcome = std::to_string(error.code().value());
  }
  co_return outcome + " after " + std::to_string(sending.sent());
}

}  // namespace

OURO_TEST_CASE("sendmmsg: sends more datagrams than fit in one call, in their order",
               "[io][sendmmsg]") {
  ouro::socket from = ouro::socket::udp();
  ouro::socket to = ouro::socket::udp();
  to.bind(ouro::endpoint("127.0.0.1", 0));
  const numbered all(150, to.local_endpoint());

  const std::size_t sent = co_await from.sendmmsg(all.datagrams);

  CHECK(sent == 150);
  for (const std::string& each : all.texts) {
    if (take_datagram(to.fd()) != each) FAIL("no " << each);
  }
  CHECK(take_datagram(to.fd()) == "none");
}

OURO_TEST_CASE("sendmmsg: each datagram has its own receiver, and none may be there",
               "[io][sendmmsg]") {
  ouro::socket from = ouro::socket::udp();
  ouro::socket one = ouro::socket::udp();
  ouro::socket two = ouro::socket::udp();
  one.bind(ouro::endpoint("127.0.0.1", 0));
  two.bind(ouro::endpoint("127.0.0.1", 0));
  const std::vector<ouro::addressed_datagram> datagrams{
      {ouro::as_buffer("to one"), one.local_endpoint()}, {{}, two.local_endpoint()}};

  const std::size_t sent = co_await ouro::sendmmsg(from.fd(), datagrams);
  const std::size_t none = co_await from.sendmmsg({});

  CHECK(sent == 2);
  CHECK(none == 0);
  CHECK(take_datagram(one.fd()) == "to one");
  CHECK(take_datagram(two.fd()) == "");
}

OURO_TEST_CASE("sendmmsg: suspends until the receiver has room for the rest", "[io][sendmmsg]") {
  auto ends = ouro::datagram_socket_pair();
  const numbered all(1000);
  auto sending = ouro::create_task(outcome_with_count(ends[0], all.datagrams));
  co_await test::settle();
  CHECK(!sending.done());

  std::string received;
  std::string expected;
  for (const std::string& each : all.texts) expected += each + " ";
  while (!sending.done()) {
    for (std::string text; (text = take_datagram(ends[1].fd())) != "none";) received += text + " ";
    co_await test::settle();
  }
  for (std::string text; (text = take_datagram(ends[1].fd())) != "none";) received += text + " ";

  const std::string outcome = co_await sending;
  CHECK(outcome == "all after 1000");
  CHECK(received == expected);
}

OURO_TEST_CASE("sendmmsg: cancelled in the middle, it tells how many were sent",
               "[io][sendmmsg][cancel]") {
  auto ends = ouro::datagram_socket_pair();
  const numbered all(1000);
  auto sending = ouro::create_task(outcome_with_count(ends[0], all.datagrams));
  co_await test::settle();

  sending.cancel();
  const std::string outcome = co_await sending;

  std::size_t received = 0;
  while (take_datagram(ends[1].fd()) != "none") ++received;
  CHECK(outcome == "cancelled after " + std::to_string(received));
  CHECK(received > 0);
  CHECK(received < 1000);
}

OURO_TEST_CASE("sendmmsg: cancelled before it starts, it sends nothing", "[io][sendmmsg][cancel]") {
  auto ends = ouro::datagram_socket_pair();
  const numbered all(2);
  const auto send = [&]() -> ouro::task<> {
    ouro::fail_after guard(0s);
    co_await ends[0].sendmmsg(all.datagrams);
  };

  CHECK_THROWS_AS(co_await send(), ouro::timeout_error);

  CHECK(take_datagram(ends[1].fd()) == "none");
}

OURO_TEST_CASE("sendmmsg: ends at the first datagram that cannot be sent, after those before it",
               "[io][sendmmsg][error]") {
  ouro::socket from = ouro::socket::udp();
  ouro::socket to = ouro::socket::udp();
  to.bind(ouro::endpoint("127.0.0.1", 0));
  const std::string long_text(70'000, 'x');
  numbered all(3, to.local_endpoint());
  all.datagrams[1].data = ouro::as_buffer(long_text);

  const std::string outcome = co_await outcome_with_count(from, all.datagrams);

  CHECK(outcome == std::to_string(EMSGSIZE) + " after 1");
  CHECK(take_datagram(to.fd()) == "0");
  CHECK(take_datagram(to.fd()) == "none");
}

OURO_TEST_CASE("sendmmsg: does not wait for the room of a UNIX socket that it is not connected to",
               "[io][sendmmsg][error]") {
  ouro::socket from = ouro::socket::datagram(ouro::address_family::local);
  ouro::socket to = ouro::socket::datagram(ouro::address_family::local);
  to.bind(ouro::endpoint::local_abstract("ouro-sendmmsg-" + std::to_string(::getpid())));
  fill_datagrams(from.fd(), to.local_endpoint());
  const numbered all(2, to.local_endpoint());

  const std::string outcome = co_await outcome_of(from.sendmmsg(all.datagrams));

  CHECK(outcome == "sendmmsg: " + std::to_string(EAGAIN));
}

OURO_TEST_CASE("sendmmsg: a second one beside it is a usage_error", "[io][sendmmsg][error]") {
  auto ends = ouro::datagram_socket_pair();
  const numbered all(1000);
  auto sending = ouro::create_task(outcome_of(ends[0].sendmmsg(all.datagrams)));
  co_await test::settle();

  CHECK_THROWS_AS(co_await ends[0].sendmmsg(all.datagrams), ouro::usage_error);

  sending.cancel();
  const std::string outcome = co_await sending;
  CHECK(outcome == "cancelled");
}
