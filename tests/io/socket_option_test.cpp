// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/socket_option.hpp"

#include "ouro/io/socket.hpp"

#include "tests/support/catch.hpp"

#include <chrono>
#include <optional>
#include <stdexcept>
#include <system_error>

namespace {

namespace option = ouro::socket_option;
using namespace std::chrono_literals;

template <class Value>
bool keeps(ouro::socket& socket, const ouro::socket_option_key<Value>& key, Value value) {
  socket.set(key, value);
  return socket.get(key) == value;
}

}  // namespace

TEST_CASE("socket_option: a TCP socket keeps what is set", "[io][socket_option]") {
  ouro::socket tcp = ouro::socket::tcp();

  for (const bool value : {true, false}) {
    CHECK(keeps(tcp, option::nodelay, value));
    CHECK(keeps(tcp, option::keep_alive, value));
    CHECK(keeps(tcp, option::reuse_address, value));
    CHECK(keeps(tcp, option::reuse_port, value));
  }
  CHECK(keeps(tcp, option::keep_alive_idle, std::chrono::seconds(77)));
  CHECK(keeps(tcp, option::keep_alive_interval, std::chrono::seconds(7)));
  CHECK(keeps(tcp, option::keep_alive_count, 5));
}

TEST_CASE("socket_option: linger is a time, or off", "[io][socket_option]") {
  ouro::socket tcp = ouro::socket::tcp();
  CHECK(tcp.get(option::linger) == std::nullopt);

  tcp.set(option::linger, 5s);
  CHECK(tcp.get(option::linger) == 5s);
  tcp.set(option::linger, 0s);
  CHECK(tcp.get(option::linger) == 0s);
  tcp.set(option::linger, std::nullopt);
  CHECK(tcp.get(option::linger) == std::nullopt);
}

TEST_CASE("socket_option: linger of zero makes closing a reset", "[io][socket_option]") {
  ouro::socket listening = ouro::socket::tcp();
  listening.bind(ouro::endpoint("127.0.0.1", 0));
  listening.listen();
  ouro::socket client = ouro::socket::tcp();
  const ouro::endpoint to = listening.local_endpoint();
  REQUIRE(::connect(client.fd(), &to.native(), static_cast<socklen_t>(to.native_size())) == 0);
  ouro::socket server(ouro::unique_fd(::accept(listening.fd(), nullptr, nullptr)));
  std::byte byte{};

  client.set(option::linger, 0s);
  client.close();

  CHECK_THROWS_AS(server.try_recv({&byte, 1}), std::system_error);
}

TEST_CASE("socket_option: the kernel doubles the size of a buffer", "[io][socket_option]") {
  ouro::socket tcp = ouro::socket::tcp();

  tcp.set(option::receive_buffer_size, 16384);
  tcp.set(option::send_buffer_size, 16384);

  CHECK(tcp.get(option::receive_buffer_size) == 32768);
  CHECK(tcp.get(option::send_buffer_size) == 32768);
}

TEST_CASE("socket_option: a UDP socket may broadcast", "[io][socket_option]") {
  ouro::socket udp = ouro::socket::udp();

  CHECK(keeps(udp, option::broadcast, true));
  CHECK(keeps(udp, option::broadcast, false));
}

TEST_CASE("socket_option: ipv6_only is of IPv6 sockets", "[io][socket_option][error]") {
  ouro::socket six = ouro::socket::tcp(ouro::address_family::ipv6);
  ouro::socket four = ouro::socket::tcp();

  CHECK(keeps(six, option::ipv6_only, true));
  CHECK(keeps(six, option::ipv6_only, false));
  CHECK_THROWS_AS(four.set(option::ipv6_only, true), std::system_error);
}

TEST_CASE("socket_option: refuses what no socket can have", "[io][socket_option][error]") {
  ouro::socket tcp = ouro::socket::tcp();

  CHECK_THROWS_AS(tcp.set(option::receive_buffer_size, std::size_t{1} << 40),
                  std::invalid_argument);
  CHECK_THROWS_AS(tcp.set(option::linger, -1s), std::invalid_argument);
  CHECK_THROWS_AS(tcp.set(option::keep_alive_idle, 0s), std::system_error);
  CHECK_THROWS_AS(ouro::socket().set(option::nodelay, true), std::system_error);
  CHECK_THROWS_AS(ouro::socket().get(option::nodelay), std::system_error);
}

TEST_CASE("socket_option: an option of the user's own works as the others", "[io][socket_option]") {
  constexpr ouro::socket_option_key<int> time_to_live{IPPROTO_IP, IP_TTL};
  ouro::socket tcp = ouro::socket::tcp();

  CHECK(keeps(tcp, time_to_live, 9));
}
