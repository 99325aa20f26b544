// SPDX-License-Identifier: BSL-1.0
// The two programs that streams are made for, as a user writes them.
#include "ouro/base/errors.hpp"
#include "ouro/net/open_connection.hpp"
#include "ouro/net/start_server.hpp"
#include "ouro/task/deadline_scope.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/wait_for.hpp"

#include "tests/net/server_fixture.hpp"

#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <netinet/in.h>
#include <span>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace std::chrono_literals;

namespace {

int port = 0;

// With its two includes it has 14 lines.
// clang-format off
namespace a1 {

ouro::task<> handle(ouro::stream_reader reader, ouro::stream_writer writer) {
  std::array<std::byte, 4096> buffer;
  while (std::size_t received = co_await reader.read(buffer)) {
    writer.write(std::span(buffer).first(received));
    co_await writer.drain();
  }
}

ouro::task<> amain() {
  auto server = co_await ouro::start_server(handle, "127.0.0.1", port);
  co_await server.serve_forever();
}

int main() try { return ouro::run(amain()), 0; } catch (ouro::keyboard_interrupt&) { return 130; }

}  // namespace a1
// clang-format on

/// A port of the loopback that nobody listens on.
int free_port() {
  const ouro::unique_fd probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  REQUIRE(::bind(probe.get(), generic, size) == 0);
  REQUIRE(::getsockname(probe.get(), generic, &size) == 0);
  return ntohs(address.sin_port);
}

/// A socket that is connected to `port`, as soon as somebody listens there.
ouro::unique_fd connect_blocking() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  for (int attempt = 0; attempt < 1000; ++attempt) {
    ouro::unique_fd made(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(made.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (::connect(made.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0)
      return made;
    std::this_thread::sleep_for(10ms);
  }
  return {};
}

/// The deadline is for the whole conversation.
ouro::task<std::string> get(std::string host, std::string path) {
  ouro::fail_after guard(5s);
  auto [reader, writer] =
      co_await ouro::open_connection(host, port, {.happy_eyeballs_delay = 250ms});
  writer.write("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
  co_await writer.drain();
  auto head = co_await reader.readuntil("\r\n\r\n");
  co_return head + co_await reader.read();
}

ouro::task<> answer(ouro::stream_reader reader, ouro::stream_writer writer) {
  const std::string request = co_await reader.readuntil("\r\n\r\n");
  writer.write("HTTP/1.1 200 OK\r\n\r\n" + request.substr(0, request.find(" HTTP")));
}

ouro::task<> say_nothing(ouro::stream_reader reader, ouro::stream_writer) {
  co_await reader.read();
}

}  // namespace

TEST_CASE("acceptance: the echo server echoes, and Ctrl-C ends it with 130", "[net][acceptance]") {
  port = free_port();
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(a1::main());
  const ouro::unique_fd peer = connect_blocking();
  std::array<char, 16> buffer{};

  const auto sent = ::send(peer.get(), "hello", 5, MSG_NOSIGNAL);
  const auto received = ::recv(peer.get(), buffer.data(), 5, MSG_WAITALL);
  ::kill(child, SIGINT);
  const auto end = ::recv(peer.get(), buffer.data() + 5, 1, 0);
  int status = 0;
  ::waitpid(child, &status, 0);

  CHECK(sent == 5);
  CHECK(received == 5);
  CHECK(std::string_view(buffer.data()) == "hello");
  CHECK(end == 0);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 130);
}

OURO_TEST_CASE("acceptance: a page is got under one deadline", "[net][acceptance]") {
  auto server = co_await ouro::start_server(answer, "127.0.0.1", 0);
  port = server.sockets()[0].local_endpoint().port();

  const std::string page = co_await get("localhost", "/index");

  CHECK(page == "HTTP/1.1 200 OK\r\n\r\nGET /index");
}

OURO_TEST_CASE("acceptance: the guard ends a conversation with a silent server after its 5 s",
               "[net][acceptance][error]") {
  auto server = co_await ouro::start_server(say_nothing, "127.0.0.1", 0);
  port = server.sockets()[0].local_endpoint().port();
  ouro::event_loop& loop = ouro::get_running_loop();
  const ouro::time_point begin = loop.time();

  CHECK_THROWS_AS(co_await get("localhost", "/"), ouro::timeout_error);

  CHECK(loop.time() - begin == 5s);
}

OURO_TEST_CASE("acceptance: a deadline from outside ends a conversation with a silent server",
               "[net][acceptance][error]") {
  auto server = co_await ouro::start_server(say_nothing, "127.0.0.1", 0);
  port = server.sockets()[0].local_endpoint().port();

  CHECK_THROWS_AS(co_await ouro::wait_for(get("localhost", "/"), 50ms), ouro::timeout_error);
}
