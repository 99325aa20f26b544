// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/recvmmsg.hpp"

#include "ouro/io/socket.hpp"
#include "ouro/io/try_send.hpp"
#include "ouro/testing/open_fds.hpp"

#include "tests/io/io_fixture.hpp"

#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string>
#include <unistd.h>
#include <vector>

using namespace io_test;

namespace {

/// Slots of `room` bytes.
struct slots {
  explicit slots(std::size_t count, std::size_t room = 64) : memory(count * room), each(count) {
    for (std::size_t i = 0; i < count; ++i) {
      each[i].into = std::span(memory).subspan(i * room, room);
    }
  }
  std::string text(std::size_t index) const {
    return std::string(ouro::as_text(each[index].data()));
  }
  std::vector<std::byte> memory;
  std::vector<ouro::datagram_slot> each;
};

ouro::socket bound() {
  ouro::socket socket = ouro::socket::udp();
  socket.bind(ouro::endpoint("127.0.0.1", 0));
  return socket;
}

}  // namespace

OURO_TEST_CASE("recvmmsg: takes all that is there, in order, with who has sent it",
               "[io][recvmmsg]") {
  ouro::socket to = bound();
  ouro::socket from = bound();
  for (const char* each : {"one", "", "three"}) {
    REQUIRE(from.try_sendto(each, to.local_endpoint()));
  }
  slots room(5);

  const std::size_t count = co_await to.recvmmsg(room.each);

  CHECK(count == 3);
  CHECK(room.text(0) == "one");
  CHECK(room.text(1) == "");
  CHECK(room.text(2) == "three");
  CHECK(room.each[1].received.sender == from.local_endpoint());
}

OURO_TEST_CASE("recvmmsg: tells the size of datagrams that the kernel has joined",
               "[io][recvmmsg]") {
  ouro::socket to = bound();
  to.set_option(IPPROTO_UDP, UDP_GRO, 1);
  ouro::socket from = bound();
  from.set_option(IPPROTO_UDP, UDP_SEGMENT, 400);
  REQUIRE(from.try_sendto(std::string(1000, 'x'), to.local_endpoint()));
  REQUIRE(from.try_sendto("y", to.local_endpoint()));
  slots room(3, 65'536);

  const std::size_t count = co_await to.recvmmsg(room.each);

  CHECK(count == 2);
  CHECK(room.text(0) == std::string(1000, 'x'));
  CHECK(room.each[0].segment_size == 400);
  CHECK(room.text(1) == "y");
  CHECK(room.each[1].segment_size == 0);
}

OURO_TEST_CASE("recvmmsg: descriptors that come beside datagrams are not kept open",
               "[io][recvmmsg]") {
  auto ends = ouro::datagram_socket_pair();
  ouro::ancillary_data beside;
  beside.add_fd(STDERR_FILENO);
  co_await ends[0].sendmsg("x", {.ancillary = &beside});
  slots room(3);
  const std::size_t open_before = ouro::testing::open_fds();

  const std::size_t count = co_await ends[1].recvmmsg(room.each);

  CHECK(count == 1);
  CHECK(ouro::testing::open_fds() == open_before);
}

OURO_TEST_CASE("recvmmsg: suspends until there is one", "[io][recvmmsg]") {
  auto ends = ouro::datagram_socket_pair();
  slots room(5);
  auto receiving = ouro::create_task(outcome_of(ends[0].recvmmsg(room.each)));
  co_await test::settle();
  CHECK(!receiving.done());

  send_text(ends[1].fd(), "late");
  const std::string outcome = co_await receiving;

  CHECK(outcome == "1");
  CHECK(room.text(0) == "late");
}

OURO_TEST_CASE("recvmmsg: what has no slot waits for the next one", "[io][recvmmsg]") {
  auto ends = ouro::datagram_socket_pair();
  for (const char* each : {"1", "2", "3"}) send_text(ends[1].fd(), each);
  slots room(2);

  const std::size_t first = co_await ouro::recvmmsg(ends[0].fd(), room.each);
  const std::size_t second = co_await ouro::recvmmsg(ends[0].fd(), room.each);
  const std::size_t none = co_await ends[0].recvmmsg({});

  CHECK(first == 2);
  CHECK(second == 1);
  CHECK(room.text(0) == "3");
  CHECK(none == 0);
}

OURO_TEST_CASE("recvmmsg: tells what did not fit", "[io][recvmmsg]") {
  auto ends = ouro::datagram_socket_pair();
  send_text(ends[1].fd(), "much too long");
  send_text(ends[1].fd(), "fits");
  slots room(2, 4);

  co_await ends[0].recvmmsg(room.each);

  CHECK(room.text(0) == "much");
  CHECK(room.each[0].received.truncated);
  CHECK(room.text(1) == "fits");
  CHECK_FALSE(room.each[1].received.truncated);
}

OURO_TEST_CASE("recvmmsg: cancelled, it takes nothing", "[io][recvmmsg][cancel]") {
  auto ends = ouro::datagram_socket_pair();
  slots room(2);
  auto receiving = ouro::create_task(outcome_of(ends[0].recvmmsg(room.each)));
  co_await test::settle();

  receiving.cancel();
  send_text(ends[1].fd(), "kept");
  const std::string outcome = co_await receiving;

  CHECK(outcome == "cancelled");
  CHECK(left_in(ends[0].fd()) == "kept");
}

OURO_TEST_CASE("recvmmsg: cancelled before it starts, it takes nothing", "[io][recvmmsg][cancel]") {
  auto ends = ouro::datagram_socket_pair();
  send_text(ends[1].fd(), "kept");
  slots room(2);
  const auto receive = [&]() -> ouro::task<> {
    ouro::fail_after guard(0s);
    co_await ends[0].recvmmsg(room.each);
  };

  CHECK_THROWS_AS(co_await receive(), ouro::timeout_error);

  CHECK(left_in(ends[0].fd()) == "kept");
}

OURO_TEST_CASE("recvmmsg: is told that nobody listened to a datagram sent before",
               "[io][recvmmsg][error]") {
  ouro::socket gone = bound();
  ouro::socket from = ouro::socket::udp();
  co_await from.connect(gone.local_endpoint());
  gone.close();
  REQUIRE(from.try_send("to nobody"));
  slots room(2);

  const std::string outcome = co_await outcome_of(from.recvmmsg(room.each));

  CHECK(outcome == "recvmmsg: " + std::to_string(ECONNREFUSED));
}

OURO_TEST_CASE("recvmmsg: a second one beside it is a usage_error", "[io][recvmmsg][error]") {
  auto ends = ouro::datagram_socket_pair();
  slots room(2);
  auto receiving = ouro::create_task(outcome_of(ends[0].recvmmsg(room.each)));
  co_await test::settle();

  CHECK_THROWS_AS(co_await ends[0].recvmmsg(room.each), ouro::usage_error);

  receiving.cancel();
  const std::string outcome = co_await receiving;
  CHECK(outcome == "cancelled");
}
