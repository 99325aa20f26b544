// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/server.hpp"
#include "ouro/task/shield.hpp"

#include "tests/net/server_fixture.hpp"

using namespace net_test;

namespace {

/// Ends only when its socket is at its end, however often it is cancelled.
ouro::task<> stubborn(connection& client) {
  for (;;) {
    try {
      const std::string text = co_await receive(client.socket);
      if (text.empty()) co_return;
    } catch (const ouro::cancelled_error&) {
      continue;
    }
  }
}

ouro::duration elapsed_since(ouro::time_point begin) {
  return ouro::get_running_loop().time() - begin;
}

}  // namespace

OURO_TEST_CASE("server: shutdown() with nobody connected forces nobody and takes no time",
               "[net][server]") {
  ouro::server server = serve_locally(echo);
  const ouro::time_point begin = ouro::get_running_loop().time();

  const std::size_t forced = co_await server.shutdown(10s);
  const std::size_t again = co_await server.shutdown(10s);

  CHECK(forced == 0);
  CHECK(again == 0);
  CHECK(elapsed_since(begin) == 0s);
  CHECK(!server.is_serving());
}

OURO_TEST_CASE("server: shutdown() lets handlers finish within the grace", "[net][server]") {
  int finished = 0;
  ouro::server server = serve_locally([&](connection&) -> ouro::task<> {
    co_await ouro::sleep(3s);
    ++finished;
  });
  const ouro::socket one = co_await connect_to(address_of(server));
  const ouro::socket two = co_await connect_to(address_of(server));
  co_await test::settle();
  const ouro::time_point begin = ouro::get_running_loop().time();

  const std::size_t forced = co_await server.shutdown(10s);

  CHECK(forced == 0);
  CHECK(finished == 2);
  CHECK(elapsed_since(begin) == 3s);
}

OURO_TEST_CASE("server: shutdown() cancels whoever is left after the grace, and counts them",
               "[net][server]") {
  int finished = 0;
  int cancelled = 0;
  ouro::server server = serve_locally([&](connection& client) -> ouro::task<> {
    const std::string how_long = co_await receive(client.socket);
    try {
      co_await ouro::sleep(std::chrono::seconds(std::stoi(how_long)));
      ++finished;
    } catch (const ouro::cancelled_error&) {
      ++cancelled;
      throw;
    }
  });
  std::vector<ouro::socket> clients;
  for (const char* const how_long : {"1", "100", "100"}) {
    clients.push_back(co_await connect_to(address_of(server)));
    co_await clients.back().sendall(how_long);
  }
  co_await test::settle();
  const ouro::time_point begin = ouro::get_running_loop().time();

  const std::size_t forced = co_await server.shutdown(5s);

  CHECK(forced == 2);
  CHECK(finished == 1);
  CHECK(cancelled == 2);
  CHECK(elapsed_since(begin) == 5s);
}

OURO_TEST_CASE("server: shutdown() without a grace cancels at once", "[net][server]") {
  ouro::server server = serve_locally(hang);
  const ouro::socket client = co_await connect_to(address_of(server));
  co_await test::settle();
  const ouro::time_point begin = ouro::get_running_loop().time();

  const std::size_t forced = co_await server.shutdown(0s);

  CHECK(forced == 1);
  CHECK(elapsed_since(begin) == 0s);
}

OURO_TEST_CASE("server: shutdown() for ever waits as long as it takes", "[net][server]") {
  ouro::server server = serve_locally(hang);
  const ouro::socket client = co_await connect_to(address_of(server));
  co_await test::settle();
  const ouro::time_point begin = ouro::get_running_loop().time();

  const std::size_t forced = co_await server.shutdown(std::nullopt);

  CHECK(forced == 0);
  CHECK(elapsed_since(begin) == 24h);
}

OURO_TEST_CASE("server: shutdown() aborts the sockets of handlers that swallow the cancel",
               "[net][server]") {
  ouro::server server = serve_locally(stubborn);
  ouro::socket client = co_await connect_to(address_of(server));
  co_await test::settle();
  const ouro::time_point begin = ouro::get_running_loop().time();

  const std::size_t forced = co_await server.shutdown(2s);

  CHECK(forced == 1);
  CHECK(elapsed_since(begin) == 3s);
  co_await server.wait_closed();
}

OURO_TEST_CASE("server: shutdown() returns although a handler never ends", "[net][server]") {
  auto release = ouro::get_running_loop().create_future<>();
  ouro::server server = serve_locally([&](connection&) -> ouro::task<> {
    while (!release.done()) {
      try {
        co_await ouro::shield(release);
      } catch (const ouro::cancelled_error&) {
        continue;
      }
    }
  });
  const ouro::socket client = co_await connect_to(address_of(server));
  co_await test::settle();
  const ouro::time_point begin = ouro::get_running_loop().time();

  const std::size_t forced = co_await server.shutdown(2s);

  CHECK(forced == 1);
  CHECK(elapsed_since(begin) == 4s);
  release.set_result();
  co_await server.wait_closed();
}

OURO_TEST_CASE("server: shutdown() closes connections that have no handler", "[net][server]") {
  struct keeping final : ouro::detail::connection_acceptor {
    explicit keeping(std::unique_ptr<connection>& place) : kept(place) {}
    void on_connection(ouro::detail::server_core& core, ouro::socket accepted,
                       const ouro::endpoint&) override {
      kept = std::make_unique<connection>(core, std::move(accepted));
    }
    std::unique_ptr<connection>& kept;
  };
  std::unique_ptr<connection> kept;
  ouro::server server = ouro::detail::make_server(
      ouro::get_running_loop(),
      ouro::detail::bind_endpoints(std::vector{ouro::endpoint("127.0.0.1", 0)}, {}), {},
      ouro::detail::make_owned<keeping>(kept));
  ouro::socket client = co_await connect_to(address_of(server));
  co_await test::settle();

  auto ending = ouro::create_task(server.shutdown(2s));
  const std::string left = co_await receive(client);
  const bool aborted = kept->aborted;
  kept.reset();
  const std::size_t forced = co_await ending;

  CHECK(left == "");
  CHECK(!aborted);
  CHECK(forced == 1);
}

OURO_TEST_CASE("server: shutdown() in a handler ends the others, and lets it go on",
               "[net][server]") {
  std::size_t forced = 0;
  ouro::server server;
  server = serve_locally([&](connection& client) -> ouro::task<> {
    const std::string text = co_await receive(client.socket);
    if (text != "quit") co_return;
    forced = co_await server.shutdown(1s);
    co_await client.socket.sendall("good-bye");
  });
  const ouro::socket other = co_await connect_to(address_of(server));
  ouro::socket admin = co_await connect_to(address_of(server));

  co_await admin.sendall("quit");
  const std::string answer = co_await receive(admin);
  co_await server.wait_closed();

  CHECK(answer == "good-bye");
  CHECK(forced == 1);
}

OURO_TEST_CASE("server: a cancelled shutdown() cuts the grace short, and still ends the handlers",
               "[net][server][cancel]") {
  bool cancelled = false;
  ouro::server server = serve_locally([&](connection&) -> ouro::task<> {
    try {
      co_await ouro::sleep(24h);
    } catch (const ouro::cancelled_error&) {
      cancelled = true;
      throw;
    }
  });
  const ouro::socket client = co_await connect_to(address_of(server));
  auto ending = ouro::create_task(outcome_of(server.shutdown(1h)));
  co_await test::advance(1min);
  const ouro::time_point begin = ouro::get_running_loop().time();

  ending.cancel();
  const std::string outcome = co_await ending;

  CHECK(outcome == "cancelled");
  CHECK(cancelled);
  CHECK(elapsed_since(begin) <= 1ns);  // outcome_of() takes it
  co_await server.wait_closed();
}

OURO_TEST_CASE("server: shutdown() cancelled again does not wait for handlers that linger",
               "[net][server][cancel]") {
  ouro::server server = serve_locally(stubborn);
  const ouro::socket client = co_await connect_to(address_of(server));
  auto ending = ouro::create_task(outcome_of(server.shutdown(1h)));
  co_await test::settle();

  ending.cancel();
  co_await test::settle();
  const bool waits = !ending.done();
  ending.cancel();
  const std::string outcome = co_await ending;

  CHECK(waits);
  CHECK(outcome == "cancelled");
  co_await server.wait_closed();
}

OURO_TEST_CASE("server: shutdown() cancelled before it starts ends the connections all the same",
               "[net][server][cancel]") {
  ouro::server server = serve_locally(hang);
  const ouro::socket client = co_await connect_to(address_of(server));
  co_await test::settle();

  const std::string outcome = co_await outcome_if_cancelled_before(server.shutdown(1h));

  CHECK(outcome == "cancelled");
  CHECK(!server.is_serving());
  co_await server.wait_closed();
}

OURO_TEST_CASE("server: a cancelled serve_forever() gives handlers its shutdown_grace",
               "[net][server][cancel]") {
  int finished = 0;
  ouro::server server = serve_locally(
      [&](connection&) -> ouro::task<> {
        co_await ouro::sleep(3s);
        ++finished;
      },
      {.shutdown_grace = 5s});
  const ouro::socket client = co_await connect_to(address_of(server));
  auto serving = ouro::create_task(outcome_of(server.serve_forever()));
  co_await test::settle();

  serving.cancel();
  const std::string outcome = co_await serving;

  CHECK(outcome == "cancelled");
  CHECK(finished == 1);
}
