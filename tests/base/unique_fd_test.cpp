// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/unique_fd.hpp"

#include "ouro/base/system.hpp"

#include "tests/support/catch.hpp"

#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <system_error>
#include <type_traits>
#include <utility>

static_assert(std::is_nothrow_move_constructible_v<ouro::unique_fd>);
static_assert(std::is_nothrow_move_assignable_v<ouro::unique_fd>);
static_assert(!std::is_copy_constructible_v<ouro::unique_fd>);

namespace {

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

bool closes_on_exec(int fd) { return (::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0; }

}  // namespace

TEST_CASE("unique_fd: it closes its descriptor when it goes", "[base][unique_fd]") {
  int fd = -1;
  {
    ouro::unique_fd owner = ouro::make_eventfd();
    fd = owner.get();
    CHECK(is_open(fd));
  }

  CHECK_FALSE(is_open(fd));
}

TEST_CASE("unique_fd: an empty one is false and owns -1", "[base][unique_fd]") {
  const ouro::unique_fd empty;

  CHECK_FALSE(empty);
  CHECK(empty.get() == -1);
}

TEST_CASE("unique_fd: a move passes the descriptor on", "[base][unique_fd]") {
  ouro::unique_fd first = ouro::make_eventfd();
  const int fd = first.get();

  ouro::unique_fd second(std::move(first));

  CHECK_FALSE(first);
  CHECK(second.get() == fd);
  CHECK(is_open(fd));
}

TEST_CASE("unique_fd: assignment closes the old descriptor", "[base][unique_fd]") {
  ouro::unique_fd target = ouro::make_eventfd();
  ouro::unique_fd source = ouro::make_eventfd();
  const int old = target.get();
  const int kept = source.get();

  target = std::move(source);

  CHECK_FALSE(is_open(old));
  CHECK(target.get() == kept);
  CHECK(is_open(kept));
}

TEST_CASE("unique_fd: assignment to itself keeps the descriptor", "[base][unique_fd]") {
  ouro::unique_fd owner = ouro::make_eventfd();
  const int fd = owner.get();
  ouro::unique_fd& same = owner;

  owner = std::move(same);

  CHECK(owner.get() == fd);
  CHECK(is_open(fd));
}

TEST_CASE("unique_fd: release() gives up without closing", "[base][unique_fd]") {
  ouro::unique_fd owner = ouro::make_eventfd();

  const int fd = owner.release();

  CHECK_FALSE(owner);
  CHECK(is_open(fd));
  owner.reset(fd);
}

TEST_CASE("unique_fd: reset() to the same descriptor keeps it open", "[base][unique_fd]") {
  ouro::unique_fd owner = ouro::make_eventfd();

  owner.reset(owner.get());
  CHECK(is_open(owner.get()));
  const int fd = owner.get();
  owner.reset();

  CHECK_FALSE(owner);
  CHECK_FALSE(is_open(fd));
}

TEST_CASE("system: every descriptor that is made closes on exec", "[base][system]") {
  const ouro::unique_fd event = ouro::make_eventfd();
  const ouro::unique_fd socket = ouro::make_socket(AF_INET, SOCK_STREAM);
  const auto pair = ouro::make_socket_pair(AF_UNIX, SOCK_STREAM);

  CHECK(closes_on_exec(event.get()));
  CHECK(closes_on_exec(socket.get()));
  CHECK(closes_on_exec(pair[0].get()));
  CHECK(closes_on_exec(pair[1].get()));
}

TEST_CASE("system: a bound socket has the name it was given", "[base][system]") {
  const ouro::unique_fd socket = ouro::make_socket(AF_INET, SOCK_STREAM);
  sockaddr_in asked{};
  asked.sin_family = AF_INET;
  asked.sin_addr.s_addr = htonl(INADDR_LOOPBACK);

  ouro::bind_socket(socket.get(), reinterpret_cast<sockaddr&>(asked), sizeof asked);
  ouro::listen_socket(socket.get(), 1);
  sockaddr_in found{};
  const unsigned length =
      ouro::get_socket_name(socket.get(), reinterpret_cast<sockaddr&>(found), sizeof found);

  CHECK(length == sizeof found);
  CHECK(found.sin_addr.s_addr == asked.sin_addr.s_addr);
  CHECK(found.sin_port != 0);
}

TEST_CASE("system: an option of a socket reads back as it was set", "[base][system]") {
  const ouro::unique_fd socket = ouro::make_socket(AF_INET, SOCK_STREAM);

  ouro::set_socket_option(socket.get(), SOL_SOCKET, SO_KEEPALIVE, 1);

  CHECK(ouro::get_socket_option(socket.get(), SOL_SOCKET, SO_KEEPALIVE) == 1);
}

TEST_CASE("system: shutdown_socket() ends the stream for the peer", "[base][system]") {
  const auto pair = ouro::make_socket_pair(AF_UNIX, SOCK_STREAM);

  ouro::shutdown_socket(pair[0].get(), SHUT_WR);

  char byte = 0;
  CHECK(::recv(pair[1].get(), &byte, 1, 0) == 0);
}

TEST_CASE("system: a failure names the call as its man page does", "[base][system][error]") {
  sockaddr_storage address{};
  auto& name = reinterpret_cast<sockaddr&>(address);
  std::string text;
  int code = 0;

  try {
    const ouro::unique_fd socket = ouro::make_socket(AF_INET, SOCK_STREAM);
    ouro::get_peer_name(socket.get(), name, sizeof address);
  } catch (const std::system_error& error) {
    text = error.what();
    code = error.code().value();
  }

  CHECK(code == ENOTCONN);
  CHECK(text.starts_with("getpeername: "));
  CHECK_THROWS_AS(ouro::listen_socket(-1, 1), std::system_error);
  CHECK_THROWS_AS(ouro::shutdown_socket(-1, SHUT_RD), std::system_error);
  CHECK_THROWS_AS(ouro::bind_socket(-1, name, sizeof address), std::system_error);
  CHECK_THROWS_AS(ouro::set_socket_option(-1, SOL_SOCKET, SO_KEEPALIVE, 1), std::system_error);
}
