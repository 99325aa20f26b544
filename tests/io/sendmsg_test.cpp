// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/sendmsg.hpp"

#include "ouro/io/socket.hpp"

#include "tests/io/message_fixture.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <string>
#include <vector>

using namespace io_test;

OURO_TEST_CASE("sendmsg: sends several buffers one after the other", "[io][sendmsg]") {
  auto ends = ouro::socket_pair();
  const std::array<ouro::const_buffer, 3> buffers{ouro::as_buffer("one,"), ouro::as_buffer(""),
                                                  ouro::as_buffer("two")};

  const std::size_t sent = co_await ends[0].sendmsg(buffers);

  CHECK(sent == 7);
  CHECK(left_in(ends[1].fd()) == "one,two");
}

OURO_TEST_CASE("sendmsg: several buffers are one datagram, to where it is told", "[io][sendmsg]") {
  ouro::socket near = ouro::socket::udp();
  near.bind(ouro::endpoint("127.0.0.1", 0));
  ouro::socket far = ouro::socket::udp();
  const std::array<ouro::const_buffer, 2> buffers{ouro::as_buffer("ab"), ouro::as_buffer("cd")};
  std::array<std::byte, 8> into;

  co_await far.sendmsg(buffers, {.to = near.local_endpoint()});
  const ouro::received_datagram datagram = co_await near.recvfrom(into);

  CHECK(ouro::as_text(into).substr(0, datagram.size) == "abcd");
}

OURO_TEST_CASE("sendmsg: sends descriptors that recvmsg() gives", "[io][sendmsg]") {
  auto ends = ouro::socket_pair();
  fd_pair pipe = pipe_pair();
  ouro::ancillary_data beside;
  beside.add_fd(pipe.far.get());
  std::array<std::byte, 8> into;

  co_await ends[0].sendmsg("x", {.ancillary = &beside});
  pipe.far.reset();
  auto message = co_await ends[1].recvmsg(into, {.ancillary_capacity = 64});
  const auto fds = message.ancillary.take_fds();
  REQUIRE(fds.size() == 1);
  REQUIRE(::write(fds[0].get(), "through", 7) == 7);
  char text[8] = {};
  REQUIRE(::read(pipe.near.get(), text, sizeof text) == 7);

  CHECK(std::string(text) == "through");
}

OURO_TEST_CASE("sendmsg: sends other control messages", "[io][sendmsg]") {
  ouro::socket near = ouro::socket::udp();
  near.bind(ouro::endpoint("127.0.0.1", 0));
  near.set_option(IPPROTO_IP, IP_RECVTTL, 1);
  ouro::socket far = ouro::socket::udp();
  const int ttl = 7;
  ouro::ancillary_data beside;
  beside.add(IPPROTO_IP, IP_TTL, std::as_bytes(std::span(&ttl, 1)));
  std::array<std::byte, 8> into;

  co_await far.sendmsg("x", {.to = near.local_endpoint(), .ancillary = &beside});
  const auto message = co_await near.recvmsg(into, {.ancillary_capacity = 64});
  const auto items = message.ancillary.items();
  int received = 0;
  std::memcpy(&received, items.at(0).data.data(), sizeof received);

  CHECK(received == 7);
}

OURO_TEST_CASE("sendmsg: suspends until there is room", "[io][sendmsg]") {
  auto ends = ouro::socket_pair();
  fill(ends[0].fd());
  auto sending = ouro::create_task(outcome_of(ends[0].sendmsg("late")));
  co_await test::settle();
  CHECK(!sending.done());

  const std::string taken = left_in(ends[1].fd());
  const std::string outcome = co_await sending;

  CHECK(outcome == "4");
  CHECK(left_in(ends[1].fd()) == "late");
}

OURO_TEST_CASE("sendmsg: cancelled while it waits, it has sent nothing", "[io][sendmsg][cancel]") {
  auto ends = ouro::socket_pair();
  const std::size_t before = fill(ends[0].fd());
  auto sending = ouro::create_task(outcome_of(ends[0].sendmsg("never")));
  co_await test::settle();

  sending.cancel();
  const std::string outcome = co_await sending;

  CHECK(outcome == "cancelled");
  CHECK(left_in(ends[1].fd()).size() == before);
}

OURO_TEST_CASE("sendmsg: cancelled before it starts, it sends nothing", "[io][sendmsg][cancel]") {
  auto ends = ouro::socket_pair();

  auto sending = ouro::create_task(outcome_if_cancelled_before(ends[0].sendmsg("never")));
  const std::string outcome = co_await sending;

  CHECK(outcome == "cancelled");
  CHECK(left_in(ends[1].fd()) == "");
}

OURO_TEST_CASE("sendmsg: nothing_lost: cancelled after it has completed, it gives the count first",
               "[io][sendmsg][cancel]") {
  auto ends = ouro::socket_pair();
  const std::size_t before = fill(ends[0].fd());
  auto sending = ouro::create_task(outcome_of(ends[0].sendmsg("sent")));
  co_await test::settle();
  std::string taken = left_in(ends[1].fd());

  co_await ouro::sleep(0s);  // the task is ready now, behind this one
  CHECK(pending_requests() == 0);
  sending.cancel();
  const std::string outcome = co_await sending;
  taken += left_in(ends[1].fd());

  CHECK(outcome == "4, then cancelled");
  CHECK(taken.size() == before + 4);
}

OURO_TEST_CASE("sendmsg: names the call and the errno if it fails", "[io][sendmsg][error]") {
  auto ends = ouro::socket_pair();
  ends[1].close();
  const std::vector<ouro::const_buffer> too_many(1025, ouro::as_buffer("x"));

  auto gone = ouro::create_task(outcome_of(ends[0].sendmsg("x")));
  const std::string first = co_await gone;
  auto long_list = ouro::create_task(outcome_of(ends[0].sendmsg(too_many)));
  const std::string second = co_await long_list;

  CHECK(first == "sendmsg: " + std::to_string(EPIPE));
  if (second != "sendmsg: " + std::to_string(EINVAL)) {  // of Linux 6.1
    CHECK(second == "sendmsg: " + std::to_string(EMSGSIZE));
  }
}

OURO_TEST_CASE("sendmsg: beside another task's send() it is a usage_error",
               "[io][sendmsg][error]") {
  auto ends = ouro::socket_pair();
  fill(ends[0].fd());
  auto sending = ouro::create_task(outcome_of(ends[0].send("x")));
  co_await test::settle();

  auto second = ouro::create_task(outcome_of(ends[0].sendmsg("y")));
  const std::string refused = co_await second;
  sending.cancel();
  const std::string outcome = co_await sending;

  CHECK(refused == "usage");
  CHECK(outcome == "cancelled");
}
