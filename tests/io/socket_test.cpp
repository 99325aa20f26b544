// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/socket.hpp"

#include "tests/io/io_fixture.hpp"

#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <type_traits>

using namespace io_test;

namespace {

using buffer = std::array<std::byte, 64>;

}  // namespace

static_assert(std::is_nothrow_move_constructible_v<ouro::socket>);
static_assert(!std::is_copy_constructible_v<ouro::socket>);

OURO_TEST_CASE("socket: the two of a pair talk to each other", "[io][socket]") {
  std::array<ouro::socket, 2> ends = ouro::socket_pair();
  buffer into;

  co_await ends[0].sendall("ping");
  const std::size_t ping = co_await ends[1].recv(into);
  const std::string heard(ouro::as_text(into).substr(0, ping));
  const std::size_t pong = co_await ends[1].send("pong!");

  CHECK(heard == "ping");
  CHECK(pong == 5);
  CHECK(left_in(ends[0].fd()) == "pong!");
}

OURO_TEST_CASE("socket: binds, listens, connects and accepts", "[io][socket]") {
  ouro::socket listening = ouro::socket::tcp();
  listening.bind(ouro::endpoint("127.0.0.1", 0));
  listening.listen();
  ouro::socket client = ouro::socket::tcp();

  co_await client.connect(listening.local_endpoint());
  const ouro::socket server = co_await listening.accept();

  CHECK(client.remote_endpoint() == listening.local_endpoint());
  CHECK(server.remote_endpoint() == client.local_endpoint());
  CHECK(server.local_endpoint().address() == ouro::ip_address::loopback_v4());
}

OURO_TEST_CASE("socket: shutdown() of the sending side gives the peer the end", "[io][socket]") {
  std::array<ouro::socket, 2> ends = ouro::socket_pair();
  buffer into;

  ends[0].shutdown(ouro::shutdown_how::send);
  const std::size_t end = co_await ends[1].recv(into);
  co_await ends[1].sendall("still open");

  CHECK(end == 0);
  CHECK(left_in(ends[0].fd()) == "still open");
}

OURO_TEST_CASE("socket: shutdown() wakes a recv() in flight", "[io][socket]") {
  std::array<ouro::socket, 2> ends = ouro::socket_pair();
  buffer into;
  auto receiving = ouro::create_task(outcome_of(ends[0].recv(into)));
  co_await test::settle();

  ends[0].shutdown(ouro::shutdown_how::both);
  const std::string outcome = co_await receiving;

  CHECK(outcome == "0");
}

OURO_TEST_CASE("socket: options can be set and read", "[io][socket]") {
  ouro::socket socket = ouro::socket::tcp();

  socket.set_option(IPPROTO_TCP, TCP_NODELAY, 1);

  CHECK(socket.get_option(IPPROTO_TCP, TCP_NODELAY) == 1);
  co_return;
}

OURO_TEST_CASE("socket: gives its descriptor up", "[io][socket]") {
  std::array<ouro::socket, 2> ends = ouro::socket_pair();
  const int fd = ends[0].fd();

  const ouro::unique_fd released = ends[0].release();

  CHECK(released.get() == fd);
  CHECK(!ends[0].is_open());
  co_return;
}

OURO_TEST_CASE("socket: a closed one fails with EBADF, in the name of the call",
               "[io][socket][error]") {
  std::array<ouro::socket, 2> ends = ouro::socket_pair();
  buffer into;
  ends[0].close();
  ends[0].close();

  auto receiving = ouro::create_task(outcome_of(ends[0].recv(into)));
  const std::string received = co_await receiving;
  auto connecting = ouro::create_task(outcome_of(ends[0].connect(ouro::endpoint("::1", 1))));
  const std::string connected = co_await connecting;

  CHECK(received == "recv: " + std::to_string(EBADF));
  CHECK(connected == "connect: " + std::to_string(EBADF));
  CHECK_THROWS_AS(ends[0].listen(), std::system_error);
}

OURO_TEST_CASE("socket: errors name the call of the man page", "[io][socket][error]") {
  const auto name_of = [](auto call) {
    try {
      call();
    } catch (const std::system_error& error) {
      const std::string what = error.what();
      return what.substr(0, what.find(':'));
    }
    return std::string("none");
  };
  ouro::socket tcp = ouro::socket::tcp();

  CHECK(name_of([&] { tcp.bind(ouro::endpoint("192.0.2.1", 80)); }) == "bind");
  CHECK(name_of([&] { static_cast<void>(tcp.remote_endpoint()); }) == "getpeername");
  CHECK(name_of([&] { tcp.shutdown(ouro::shutdown_how::both); }) == "shutdown");
  CHECK(name_of([&] { tcp.set_option(SOL_SOCKET, -1, 1); }) == "setsockopt");
  CHECK(name_of([&] { static_cast<void>(tcp.get_option(SOL_SOCKET, -1)); }) == "getsockopt");
  CHECK(name_of([] { static_cast<void>(ouro::socket().local_endpoint()); }) == "getsockname");
  CHECK(name_of([] { ouro::socket().listen(); }) == "listen");
  CHECK(name_of([] { static_cast<void>(ouro::socket::stream({})); }) == "socket");
  co_return;
}

OURO_TEST_CASE("socket: cancelled before it starts, a request leaves the socket as it is",
               "[io][socket][cancel]") {
  std::array<ouro::socket, 2> ends = ouro::socket_pair();
  buffer into;
  send_text(ends[1].fd(), "kept");

  auto receiving = ouro::create_task(outcome_if_cancelled_before(ends[0].recv(into)));
  const std::string outcome = co_await receiving;
  const std::size_t count = co_await ends[0].recv(into);

  CHECK(outcome == "cancelled");
  CHECK(count == 4);
}
