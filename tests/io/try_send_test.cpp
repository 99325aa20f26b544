// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/try_send.hpp"

#include "ouro/io/socket.hpp"

#include "tests/io/io_fixture.hpp"

#include <cerrno>
#include <string>

using namespace io_test;

TEST_CASE("try_send: sends what fits, and nothing if there is no room", "[io][try_send]") {
  const fd_pair ends = stream_pair();
  const std::string much(8 << 20, 'x');

  const auto some = ouro::try_send(ends.near.get(), much);
  fill(ends.near.get());
  const auto none = ouro::try_send(ends.near.get(), much);

  REQUIRE(some);
  CHECK(*some > 0);
  CHECK(*some < much.size());
  CHECK(!none);
}

TEST_CASE("try_send: throws EPIPE, without SIGPIPE, when the peer is gone",
          "[io][try_send][error]") {
  fd_pair ends = stream_pair();
  ends.far.reset();

  CHECK_THROWS_AS(ouro::try_send(ends.near.get(), "x"), std::system_error);
}

TEST_CASE("try_sendto: sends a datagram, also an empty one", "[io][try_send]") {
  ouro::socket near = ouro::socket::udp();
  near.bind(ouro::endpoint("127.0.0.1", 0));
  const ouro::socket far = ouro::socket::udp();

  const auto empty = ouro::try_sendto(far.fd(), "", near.local_endpoint());

  CHECK(empty == std::optional<std::size_t>(0));
  CHECK_THROWS_AS(ouro::try_sendto(far.fd(), std::string(70000, 'x'), near.local_endpoint()),
                  std::system_error);
}

OURO_TEST_CASE("try_send: beside another task's send() it is a usage_error",
               "[io][try_send][error]") {
  auto ends = ouro::socket_pair();
  fill(ends[0].fd());
  auto sending = ouro::create_task(outcome_of(ends[0].send("x")));
  co_await test::settle();

  CHECK_THROWS_AS(ends[0].try_send("y"), ouro::usage_error);
  CHECK_THROWS_AS(ends[0].try_sendto("y", ouro::endpoint()), ouro::usage_error);

  sending.cancel();
  const std::string outcome = co_await sending;
  CHECK(outcome == "cancelled");
}
