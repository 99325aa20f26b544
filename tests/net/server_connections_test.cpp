// SPDX-License-Identifier: BSL-1.0
// What a server knows of its connections and handlers.
#include "ouro/net/server.hpp"

#include "tests/net/server_fixture.hpp"

#include <stdexcept>

using namespace net_test;

namespace {

/// What a handler does is up to `accept`.
class accepting final : public ouro::detail::connection_acceptor {
 public:
  using function = std::function<void(ouro::detail::server_core&, ouro::socket)>;
  explicit accepting(function accept) : accept_(std::move(accept)) {}

 private:
  void on_connection(ouro::detail::server_core& server, ouro::socket accepted,
                     const ouro::endpoint&) override {
    accept_(server, std::move(accepted));
  }

  function accept_;
};

ouro::server accept_locally(accepting::function accept) {
  return ouro::detail::make_server(
      ouro::get_running_loop(),
      ouro::detail::bind_endpoints(std::vector{ouro::endpoint("127.0.0.1", 0)}, {}), {},
      ouro::detail::make_owned<accepting>(std::move(accept)));
}

ouro::task<> one_hour() { co_await ouro::sleep(1h); }

}  // namespace

OURO_TEST_CASE("server: wait_closed() waits until it is closed and the last connection has ended",
               "[net][server]") {
  ouro::server server = serve_locally(echo);
  ouro::socket client = co_await connect_to(address_of(server));
  auto waiting = ouro::create_task(server.wait_closed());
  co_await test::settle();
  const bool before_close = waiting.done();

  server.close();
  co_await test::settle();
  const bool before_end = waiting.done();
  client.close();
  co_await waiting;

  CHECK(!before_close);
  CHECK(!before_end);
}

OURO_TEST_CASE("server: wait_closed() also waits if the connections end before close()",
               "[net][server]") {
  ouro::server server = serve_locally(echo);
  auto waiting = ouro::create_task(server.wait_closed());
  (co_await connect_to(address_of(server))).close();
  co_await test::settle();
  const bool before_close = waiting.done();

  server.close();
  co_await waiting;

  CHECK(!before_close);
}

OURO_TEST_CASE("server: a cancelled wait_closed() changes nothing", "[net][server][cancel]") {
  ouro::server server = serve_locally(echo);
  auto waiting = ouro::create_task(outcome_of(server.wait_closed()));
  co_await test::settle();

  waiting.cancel();
  const std::string outcome = co_await waiting;
  const std::string never_begun = co_await outcome_if_cancelled_before(server.wait_closed());
  const std::string connecting = co_await try_connect(address_of(server));

  CHECK(outcome == "cancelled");
  CHECK(never_begun == "cancelled");
  CHECK(connecting == "connected");
  co_await server.shutdown(0s);
}

OURO_TEST_CASE("server: the listening socket is gone when wait_closed() returns", "[net][server]") {
  ouro::server server = serve_locally(echo);
  const ouro::endpoint at = address_of(server);

  server.close();
  co_await server.wait_closed();
  const ouro::server next = serve_at({at}, echo, {.reuse_address = false});

  CHECK(address_of(next) == at);
}

OURO_TEST_CASE("server: close_clients() ends the connections, new ones are served",
               "[net][server]") {
  int ended = 0;
  ouro::server server = serve_locally([&](connection& client) -> ouro::task<> {
    co_await echo(client);
    ended += client.aborted ? 10 : 1;
  });
  ouro::socket one = co_await connect_to(address_of(server));
  ouro::socket two = co_await connect_to(address_of(server));
  co_await test::settle();

  server.close_clients();
  const std::string left = co_await receive(one);
  co_await test::settle();
  const std::string again = co_await try_connect(address_of(server));

  CHECK(left == "");
  CHECK(ended == 2);
  CHECK(again == "connected");
  co_await server.shutdown(0s);
}

OURO_TEST_CASE("server: abort_clients() aborts the connections", "[net][server]") {
  int aborted = 0;
  ouro::server server = serve_locally([&](connection& client) -> ouro::task<> {
    co_await echo(client);
    aborted += client.aborted ? 1 : 0;
  });
  const ouro::socket one = co_await connect_to(address_of(server));
  const ouro::socket two = co_await connect_to(address_of(server));
  co_await test::settle();

  server.close();
  server.abort_clients();
  co_await server.wait_closed();

  CHECK(aborted == 2);
}

OURO_TEST_CASE("server: a handler that throws is reported and harms nobody",
               "[net][server][error]") {
  ouro::server server = serve_locally([](connection& client) -> ouro::task<> {
    const std::string text = co_await receive(client.socket);
    if (text == "throw") throw std::runtime_error("this handler fails");
    co_await client.socket.sendall(text);
  });
  ouro::socket bad = co_await connect_to(address_of(server));
  ouro::socket good = co_await connect_to(address_of(server));

  co_await bad.sendall("throw");
  const std::string from_bad = co_await receive(bad);
  co_await good.sendall("fine");
  const std::string from_good = co_await receive(good);
  co_await test::settle();

  const std::vector<std::string> reports = ouro::testing::take_reports();
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].starts_with("Unhandled exception in the handler of a connection | handler | "));
  CHECK(reports[0].find("this handler fails") != std::string::npos);
  CHECK(from_bad == "");
  CHECK(from_good == "fine");
  CHECK(server.is_serving());
}

OURO_TEST_CASE("server: a handler that is cancelled is not reported", "[net][server][cancel]") {
  ouro::task_handle<> handler;
  ouro::server server = accept_locally([&](ouro::detail::server_core& core, ouro::socket accepted) {
    handler = core.spawn(serve(std::make_unique<connection>(core, std::move(accepted)),
                               [](connection& client) { return echo(client); }));
  });
  ouro::socket client = co_await connect_to(address_of(server));
  co_await test::settle();

  handler.cancel();
  const std::string left = co_await receive(client);
  server.close();
  co_await server.wait_closed();

  CHECK(left == "");
  CHECK(handler.cancelled());
}

OURO_TEST_CASE("server: what on_connection() throws is reported, and closes that connection",
               "[net][server][error]") {
  int calls = 0;
  ouro::server server = accept_locally([&](ouro::detail::server_core& core, ouro::socket accepted) {
    if (++calls == 1) throw std::runtime_error("no transport");
    core.spawn(serve(std::make_unique<connection>(core, std::move(accepted)), echo));
  });
  ouro::socket first = co_await connect_to(address_of(server));
  const std::string from_first = co_await receive(first);
  ouro::socket second = co_await connect_to(address_of(server));
  co_await second.sendall("hello");
  const std::string from_second = co_await receive(second);

  const std::vector<std::string> reports = ouro::testing::take_reports();
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].find("no transport") != std::string::npos);
  CHECK(from_first == "");
  CHECK(from_second == "hello");
  co_await server.shutdown(0s);
}

OURO_TEST_CASE("server: a connection without a handler counts until its owner has gone",
               "[net][server]") {
  std::unique_ptr<connection> kept;
  ouro::server server = accept_locally([&](ouro::detail::server_core& core, ouro::socket accepted) {
    kept = std::make_unique<connection>(core, std::move(accepted));
  });
  const ouro::socket client = co_await connect_to(address_of(server));
  co_await test::settle();
  server.close();
  auto waiting = ouro::create_task(server.wait_closed());
  co_await test::settle();

  const bool before = waiting.done();
  kept.reset();
  co_await waiting;

  CHECK(!before);
}

OURO_TEST_CASE("server: a connection that nobody keeps is closed and counts no more",
               "[net][server]") {
  ouro::server server = accept_locally([](ouro::detail::server_core&, const ouro::socket&) {});
  ouro::socket client = co_await connect_to(address_of(server));

  const std::string left = co_await receive(client);
  server.close();
  co_await server.wait_closed();

  CHECK(left == "");
}

OURO_TEST_CASE("server: a task that a connection spawns later counts as part of it",
               "[net][server]") {
  std::unique_ptr<connection> kept;
  ouro::server server = accept_locally([&](ouro::detail::server_core& core, ouro::socket accepted) {
    kept = std::make_unique<connection>(core, std::move(accepted));
  });
  const ouro::socket client = co_await connect_to(address_of(server));
  co_await test::settle();
  server.close();
  auto waiting = ouro::create_task(server.wait_closed());

  kept->spawn(one_hour(), "later");
  kept.reset();
  co_await test::advance(30min);
  const bool before = waiting.done();
  co_await waiting;

  CHECK(!before);
}

OURO_TEST_CASE("server: a handler may close its server", "[net][server]") {
  ouro::server server;
  server = serve_locally([&](connection& client) -> ouro::task<> {
    const std::string text = co_await receive(client.socket);
    server.close();
    co_await client.socket.sendall("closed on " + text);
  });
  const ouro::endpoint at = address_of(server);
  ouro::socket client = co_await connect_to(at);

  co_await client.sendall("request");
  const std::string answer = co_await receive(client);
  co_await server.wait_closed();
  const std::string outcome = co_await try_connect(at);

  CHECK(answer == "closed on request");
  CHECK(outcome == std::to_string(ECONNREFUSED));
}

OURO_TEST_CASE("server: a handler that waits for the end does not wait for itself",
               "[net][server]") {
  bool waited = false;
  ouro::server server;
  server = serve_locally([&](connection& client) -> ouro::task<> {
    const std::string text = co_await receive(client.socket);
    if (text != "end") co_return;
    server.close();
    co_await server.wait_closed();
    waited = true;
  });
  ouro::socket other = co_await connect_to(address_of(server));
  ouro::socket ending = co_await connect_to(address_of(server));

  co_await ending.sendall("end");
  co_await test::settle();
  const bool before = waited;
  co_await other.sendall("bye");
  co_await server.wait_closed();

  CHECK(!before);
  CHECK(waited);
}

OURO_TEST_CASE("server: what makes its handlers may own the server", "[net][server]") {
  auto shared = std::make_shared<ouro::server>();
  const std::weak_ptr<ouro::server> alive = shared;
  *shared = serve_locally([shared](connection& client) { return echo(client); });
  ouro::socket client = co_await connect_to(address_of(*shared));
  co_await client.sendall("a");
  const std::string answer = co_await receive(client);

  shared->close();
  shared.reset();
  client.close();
  co_await test::settle();

  CHECK(answer == "a");
  CHECK(alive.expired());
}
