// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/socket_pair.hpp"

#include "tests/support/loop_test.hpp"

#include <sys/socket.h>

using ouro::testing::socket_pair;
using ouro::testing::socket_pair_options;

OURO_TEST_CASE("socket_pair: both kinds are connected", "[testing][socket_pair]") {
  for (const auto type : {socket_pair_options::local, socket_pair_options::tcp}) {
    auto [near_end, far_end] = socket_pair({.type = type});
    std::array<std::byte, 8> into{};

    co_await near_end.sendall(std::string_view("ping"));
    const std::size_t there = co_await far_end.recv(into);
    co_await far_end.sendall(std::string_view("pong!"));
    const std::size_t back = co_await near_end.recv(into);

    CHECK(there == 4);
    CHECK(back == 5);
  }
}

OURO_TEST_CASE("socket_pair: small buffers make a send partial", "[testing][socket_pair]") {
  for (const auto type : {socket_pair_options::local, socket_pair_options::tcp}) {
    auto [near_end, far_end] =
        socket_pair({.type = type, .send_buffer = 4096, .receive_buffer = 4096});
    const std::string large(1 << 20, 'x');

    const std::size_t sent = co_await near_end.send(large);

    CHECK(sent > 0);
    CHECK(sent < large.size());
  }
}

TEST_CASE("socket_pair: sets the buffers of both sockets", "[testing][socket_pair]") {
  for (const auto type : {socket_pair_options::local, socket_pair_options::tcp}) {
    const auto ends = socket_pair({.type = type, .send_buffer = 8192, .receive_buffer = 16384});

    for (const ouro::socket& end : ends) {
      CHECK(end.get_option(SOL_SOCKET, SO_SNDBUF) == 2 * 8192);
      CHECK(end.get_option(SOL_SOCKET, SO_RCVBUF) == 2 * 16384);
    }
  }
}
