// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/server.hpp"

#include "ouro/loop/context.hpp"
#include "ouro/task/gather.hpp"

#include "tests/net/server_fixture.hpp"

#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>

using namespace net_test;

namespace {

const std::string refused = std::to_string(ECONNREFUSED);

ouro::context_var<int> variable("variable", 0);

}  // namespace

OURO_TEST_CASE("server: serves connections at the same time", "[net][server]") {
  ouro::server server = serve_locally(echo);
  ouro::socket one = co_await connect_to(address_of(server));
  ouro::socket two = co_await connect_to(address_of(server));

  co_await two.sendall("two");
  const std::string from_two = co_await receive(two);
  co_await one.sendall("one");
  const std::string from_one = co_await receive(one);

  CHECK(from_two == "two");
  CHECK(from_one == "one");
  CHECK(server.is_serving());
  CHECK(&server.get_loop() == &ouro::get_running_loop());
  one.close();
  two.close();
  server.close();
  co_await server.wait_closed();
}

OURO_TEST_CASE("server: close() refuses new connections, and the others go on", "[net][server]") {
  ouro::server server = serve_locally(echo);
  const ouro::endpoint at = address_of(server);
  ouro::socket client = co_await connect_to(at);
  co_await client.sendall("one");
  const std::string first = co_await receive(client);

  server.close();
  co_await ouro::sleep(0s);
  const std::string second_client = co_await try_connect(at);
  co_await client.sendall("two");
  const std::string second = co_await receive(client);

  CHECK(first == "one");
  CHECK(second == "two");
  CHECK(second_client == refused);
  CHECK(!server.is_serving());
  CHECK(server.sockets().empty());
  client.close();
  server.close();
  co_await server.wait_closed();
}

OURO_TEST_CASE("server: destroying it closes it, and the connections go on", "[net][server]") {
  ouro::endpoint at;
  ouro::socket client;
  {
    const ouro::server server = serve_locally(echo);
    at = address_of(server);
    client = co_await connect_to(at);
    co_await test::settle();
  }

  co_await ouro::sleep(0s);
  const std::string outcome = co_await try_connect(at);
  co_await client.sendall("still there");
  const std::string answer = co_await receive(client);

  CHECK(outcome == refused);
  CHECK(answer == "still there");
  client.close();
  co_await test::settle();
}

OURO_TEST_CASE("server: an empty one is closed and has nothing to wait for", "[net][server]") {
  ouro::server server;
  server.close();
  server.close_clients();
  server.abort_clients();
  co_await server.wait_closed();
  const std::size_t forced = co_await server.shutdown(1s);

  CHECK(forced == 0);
  CHECK(!server);
  CHECK(!server.is_serving());
  CHECK(server.sockets().empty());
  CHECK_THROWS_AS(server.get_loop(), ouro::usage_error);
  CHECK_THROWS_AS(co_await server.start_serving(), ouro::usage_error);
  CHECK_THROWS_AS(co_await server.serve_forever(), ouro::usage_error);
}

OURO_TEST_CASE("server: assigning another one closes the first", "[net][server]") {
  ouro::server server = serve_locally(echo);
  const ouro::endpoint first = address_of(server);
  server = serve_locally(echo);
  const ouro::endpoint second = address_of(server);
  co_await ouro::sleep(0s);

  const std::string at_first = co_await try_connect(first);
  const std::string at_second = co_await try_connect(second);

  CHECK(at_first == refused);
  CHECK(at_second == "connected");
  co_await server.shutdown(0s);
}

OURO_TEST_CASE("server: without start_serving it refuses until it is told to serve",
               "[net][server]") {
  ouro::server server = serve_locally(echo, {.start_serving = false});
  const ouro::endpoint at = address_of(server);
  const bool serving_before = server.is_serving();
  const std::string before = co_await try_connect(at);

  co_await server.start_serving();
  co_await server.start_serving();
  const std::string after = co_await try_connect(at);

  CHECK(!serving_before);
  CHECK(at.port() > 0);
  CHECK(before == refused);
  CHECK(after == "connected");
  CHECK(server.is_serving());
  co_await server.shutdown(0s);
}

OURO_TEST_CASE("server: one that has never served closes too", "[net][server]") {
  ouro::server server = serve_locally(echo, {.start_serving = false});

  server.close();
  co_await server.wait_closed();

  CHECK(server.sockets().empty());
  CHECK_THROWS_AS(co_await server.start_serving(), ouro::usage_error);
  CHECK_THROWS_AS(co_await server.serve_forever(), ouro::usage_error);
}

OURO_TEST_CASE("server: serve_forever() begins to serve, and closes when it is cancelled",
               "[net][server][cancel]") {
  ouro::server server = serve_locally(echo, {.start_serving = false});
  const ouro::endpoint at = address_of(server);
  auto serving = ouro::create_task(outcome_of(server.serve_forever()));
  co_await test::settle();
  const std::string during = co_await try_connect(at);

  serving.cancel();
  const std::string outcome = co_await serving;
  const std::string after = co_await try_connect(at);

  CHECK(during == "connected");
  CHECK(outcome == "cancelled");
  CHECK(after == refused);
  CHECK(!server.is_serving());
}

OURO_TEST_CASE("server: serve_forever() cancelled before it starts closes too",
               "[net][server][cancel]") {
  ouro::server server = serve_locally(echo);

  const std::string outcome = co_await outcome_if_cancelled_before(server.serve_forever());

  CHECK(outcome == "cancelled");
  CHECK(server.sockets().empty());
}

OURO_TEST_CASE("server: serve_forever() twice at a time is a usage_error", "[net][server][error]") {
  ouro::server server = serve_locally(echo);
  auto first = ouro::create_task(outcome_of(server.serve_forever()));
  auto second = ouro::create_task(outcome_of(server.serve_forever()));

  const std::string second_outcome = co_await second;
  first.cancel();
  const std::string first_outcome = co_await first;

  CHECK(second_outcome == "usage");
  CHECK(first_outcome == "cancelled");
}

OURO_TEST_CASE("server: close() ends serve_forever() with cancelled_error, after the connections",
               "[net][server]") {
  ouro::server server = serve_locally(echo);
  ouro::socket client = co_await connect_to(address_of(server));
  auto serving = ouro::create_task(outcome_of(server.serve_forever()));
  co_await test::settle();

  server.close();
  co_await test::settle();
  const bool waits = !serving.done();
  client.close();
  const std::string outcome = co_await serving;

  CHECK(waits);
  CHECK(outcome == "cancelled");
}

OURO_TEST_CASE("server: serve_forever() under a deadline ends what it served",
               "[net][server][cancel]") {
  bool ended = false;
  ouro::server server = serve_locally([&](connection&) -> ouro::task<> {
    try {
      co_await ouro::sleep(1h);
    } catch (const ouro::cancelled_error&) {
      ended = true;
      throw;
    }
  });
  const ouro::socket client = co_await connect_to(address_of(server));

  const std::string outcome = co_await outcome_within(1s, server.serve_forever());
  co_await server.wait_closed();

  CHECK(outcome == "timeout");
  CHECK(ended);
}

OURO_TEST_CASE("server: connections have TCP_NODELAY, and SO_KEEPALIVE if asked for",
               "[net][server]") {
  std::vector<int> seen;
  const auto look = [&](connection& client) -> ouro::task<> {
    seen.push_back(client.socket.get_option(IPPROTO_TCP, TCP_NODELAY));
    seen.push_back(client.socket.get_option(SOL_SOCKET, SO_KEEPALIVE));
    co_return;
  };
  ouro::server plain = serve_locally(look);
  ouro::server alive = serve_locally(look, {.keep_alive = true});

  const ouro::socket one = co_await connect_to(address_of(plain));
  co_await test::settle();
  const ouro::socket two = co_await connect_to(address_of(alive));
  co_await test::settle();

  CHECK(seen == std::vector<int>{1, 0, 1, 1});
}

OURO_TEST_CASE("server: handlers run in the context of who started it", "[net][server]") {
  int seen = 0;
  ouro::server server = serve_locally(
      [&](connection&) -> ouro::task<> {
        seen = variable.get();
        co_return;
      },
      {.start_serving = false});

  variable.set(7);
  co_await server.start_serving();
  variable.set(8);
  const ouro::socket client = co_await connect_to(address_of(server));
  co_await test::settle();

  CHECK(seen == 7);
}
