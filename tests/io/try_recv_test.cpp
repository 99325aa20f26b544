// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/try_recv.hpp"

#include "ouro/io/socket.hpp"

#include "tests/io/io_fixture.hpp"

#include <array>
#include <cerrno>
#include <string>

using namespace io_test;

namespace {

using buffer = std::array<std::byte, 64>;

}  // namespace

TEST_CASE("try_recv: gives what is there, nothing if there is none, zero at the end",
          "[io][try_recv]") {
  fd_pair ends = stream_pair();
  buffer into;

  const auto none = ouro::try_recv(ends.near.get(), into);
  send_text(ends.far.get(), "abc");
  const auto some = ouro::try_recv(ends.near.get(), into);
  ends.far.reset();
  const auto end = ouro::try_recv(ends.near.get(), into);

  CHECK(!none);
  CHECK(some == std::optional<std::size_t>(3));
  CHECK(end == std::optional<std::size_t>(0));
}

TEST_CASE("try_recv: throws what recv(2) says", "[io][try_recv][error]") {
  buffer into;

  CHECK_THROWS_AS(ouro::try_recv(-1, into), std::system_error);
}

TEST_CASE("try_recvfrom: gives the datagram that is there and its sender", "[io][try_recv]") {
  ouro::socket near = ouro::socket::udp();
  near.bind(ouro::endpoint("127.0.0.1", 0));
  ouro::socket far = ouro::socket::udp();
  std::array<std::byte, 2> small;

  const auto none = near.try_recvfrom(small);
  const auto sent = far.try_sendto("abc", near.local_endpoint());
  const auto datagram = ouro::try_recvfrom(near.fd(), small);

  CHECK(!none);
  CHECK(sent == std::optional<std::size_t>(3));
  REQUIRE(datagram);
  CHECK(datagram->size == 2);
  CHECK(datagram->truncated);
  CHECK(datagram->sender.port() == far.local_endpoint().port());
}

OURO_TEST_CASE("try_recv: beside another task's recv() it is a usage_error",
               "[io][try_recv][error]") {
  auto ends = ouro::socket_pair();
  buffer into;
  auto receiving = ouro::create_task(outcome_of(ends[0].recv(into)));
  co_await test::settle();

  CHECK_THROWS_AS(ends[0].try_recv(into), ouro::usage_error);
  CHECK_THROWS_AS(ends[0].try_recvfrom(into), ouro::usage_error);
  CHECK(ends[0].try_send("x") == std::optional<std::size_t>(1));

  receiving.cancel();
  const std::string outcome = co_await receiving;
  CHECK(outcome == "cancelled");
  CHECK(!ends[0].try_recv(into));
}
