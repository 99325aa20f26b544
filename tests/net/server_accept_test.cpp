// SPDX-License-Identifier: BSL-1.0
// How a server accepts: limits, failures, storms, and the end of the loop.
#include "ouro/net/server.hpp"
#include "ouro/task/wait_for.hpp"
#include "ouro/testing/cancel_everywhere.hpp"

#include "tests/net/server_fixture.hpp"

#include <algorithm>
#include <sys/resource.h>

using namespace net_test;

namespace {

/// Forbids new descriptors.
struct no_more_fds {
  no_more_fds() {
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    ::rlimit none = before;
    none.rlim_cur = 0;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  }
  ~no_more_fds() { ::setrlimit(RLIMIT_NOFILE, &before); }

  ::rlimit before{};
};

/// Counts how many handlers run at a time.
struct crowd {
  int now = 0;
  int most = 0;
  int ever = 0;

  ouro::task<> serve(connection& client) {
    ++ever;
    most = std::max(most, ++now);
    co_await echo(client);
    --now;
  }
};

/// As echo(), but takes a reset for an end.
ouro::task<> forgiving_echo(connection& client) {
  try {
    co_await echo(client);
  } catch (const std::system_error&) {
  }
}

void reset_on_close(const ouro::unique_fd& client) {
  const ::linger at_once{1, 0};
  REQUIRE(::setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
}

}  // namespace

// Not under UndefinedBehaviorSanitizer: its check of virtual calls needs a pipe, and without a free
// descriptor takes every object for a broken one.
#if defined(__has_feature)
#if __has_feature(undefined_behavior_sanitizer)
#define OURO_TEST_NEEDS_DESCRIPTORS
#endif
#endif
#ifndef OURO_TEST_NEEDS_DESCRIPTORS
OURO_TEST_CASE("server: out of descriptors it tells once, and accepts again after a second",
               "[net][server][error]") {
  crowd served;
  ouro::server server = serve_locally([&](connection& client) { return served.serve(client); },
                                      {.start_serving = false});
  const ouro::endpoint at = address_of(server);
  std::vector<ouro::unique_fd> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(ouro::make_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK));
  }
  std::vector<std::vector<std::string>> reports;
  {
    const no_more_fds limit;  // the kernel looks at it when it gets the request
    co_await server.start_serving();
    for (const ouro::unique_fd& each : clients) {
      static_cast<void>(
          !::connect(each.get(), &at.native(), static_cast<socklen_t>(at.native_size())));
    }
    co_await test::settle();
    reports.push_back(test::take_reports());
    co_await test::advance(900ms);
    reports.push_back(test::take_reports());
    co_await test::advance(100ms);
    reports.push_back(test::take_reports());
  }
  const int served_before = served.ever;
  co_await test::advance(1s);

  REQUIRE(reports[0].size() == 1);
  CHECK(reports[0][0].starts_with("socket.accept() out of system resource | "));
  CHECK(reports[1].empty());
  CHECK(reports[2].size() == 1);
  CHECK(served_before == 0);
  CHECK(served.ever == 3);
  clients.clear();
  co_await server.shutdown(1s);
}

OURO_TEST_CASE("server: may be closed while it is out of descriptors", "[net][server][error]") {
  ouro::server server = serve_locally(echo, {.start_serving = false});
  const ouro::endpoint at = address_of(server);
  const ouro::unique_fd client = ouro::make_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK);
  {
    const no_more_fds limit;
    co_await server.start_serving();
    static_cast<void>(
        !::connect(client.get(), &at.native(), static_cast<socklen_t>(at.native_size())));
    co_await test::settle();
  }

  server.close();
  co_await server.wait_closed();

  CHECK(test::take_reports().size() == 1);
  CHECK(ouro::get_running_loop().pending_timers() == 0);
}
#endif

OURO_TEST_CASE("server: at max_connections the others wait until one has ended", "[net][server]") {
  crowd served;
  ouro::server server = serve_locally([&](connection& client) { return served.serve(client); },
                                      {.max_connections = 2});
  std::vector<ouro::socket> clients;
  for (int i = 0; i < 4; ++i) clients.push_back(co_await connect_to(address_of(server)));
  co_await test::settle();
  const int first = served.ever;

  clients[0].close();
  co_await test::settle();
  const int second = served.ever;
  clients.clear();
  co_await test::settle();

  CHECK(first == 2);
  CHECK(second == 3);
  CHECK(served.ever == 4);
  CHECK(served.most == 2);
  co_await server.shutdown(0s);
}

OURO_TEST_CASE("server: max_connections holds for all its addresses together", "[net][server]") {
  crowd served;
  ouro::server server =
      serve_at({ouro::endpoint("127.0.0.1", 0), ouro::endpoint("127.0.0.2", 0)},
               [&](connection& client) { return served.serve(client); }, {.max_connections = 1});
  const std::array at = {server.sockets()[0].local_endpoint(),
                         server.sockets()[1].local_endpoint()};
  for (int round = 0; round < 5; ++round) {
    const ouro::unique_fd one = start_connecting(at[0]);
    const ouro::unique_fd two = start_connecting(at[1]);
    const ouro::unique_fd three = start_connecting(at[0]);
    co_await test::settle();
  }
  co_await test::settle();

  CHECK(served.ever == 15);
  CHECK(served.most == 1);
  co_await server.shutdown(0s);
}

OURO_TEST_CASE("server: closed at max_connections, it resets who waits", "[net][server]") {
  ouro::server server = serve_locally(echo, {.max_connections = 1});
  ouro::socket served = co_await connect_to(address_of(server));
  ouro::socket waiting = co_await connect_to(address_of(server));
  co_await test::settle();

  server.close();
  const std::string outcome = co_await outcome_of(receive(waiting));
  co_await served.sendall("still served");
  const std::string answer = co_await receive(served);

  CHECK(outcome == "recv: " + std::to_string(ECONNRESET));
  CHECK(answer == "still served");
  served.close();
  co_await server.wait_closed();
}

OURO_TEST_CASE("server: max_connections = 0 is a usage_error", "[net][server][error]") {
  CHECK_THROWS_AS(serve_locally(echo, {.max_connections = 0}), ouro::usage_error);
  co_return;
}

OURO_TEST_CASE("server: accepts no more than its backlog in one turn", "[net][server]") {
  int accepted = 0;
  struct counting final : ouro::detail::connection_acceptor {
    explicit counting(int& count) : count_(count) {}
    void on_connection(ouro::detail::server_core&, ouro::socket, const ouro::endpoint&) override {
      ++count_;
    }
    int& count_;
  };
  const ouro::server server = ouro::detail::make_server(
      ouro::get_running_loop(),
      ouro::detail::bind_endpoints(std::vector{ouro::endpoint("127.0.0.1", 0)}, {}), {.backlog = 8},
      ouro::detail::make_owned<counting>(accepted));
  co_await test::settle();
  std::vector<ouro::unique_fd> clients;
  for (int i = 0; i < 8; ++i) clients.push_back(start_connecting(address_of(server)));

  int before = 0;
  int most = 0;
  for (int turn = 0; turn < 20; ++turn) {
    co_await ouro::sleep(0s);
    most = std::max(most, accepted - before);
    before = accepted;
    if (turn < 8) clients.push_back(start_connecting(address_of(server)));
  }

  CHECK(accepted == 16);
  CHECK(most <= 8);
}

OURO_TEST_CASE("server: a connection that comes while it is being closed is closed too",
               "[net][server]") {
  ouro::server server = serve_locally(echo);
  co_await test::settle();
  const ouro::unique_fd client = start_connecting(address_of(server));

  server.close();
  co_await server.wait_closed();

  char byte = 0;
  const ::ssize_t left = ::recv(client.get(), &byte, 1, MSG_DONTWAIT);
  CHECK((left == 0 || (left < 0 && errno == ECONNRESET)));
}

OURO_TEST_CASE("server: a client that has reset its connection already is served all the same",
               "[net][server]") {
  std::string outcome;
  ouro::server server = serve_locally([&](connection& client) -> ouro::task<> {
    auto receiving = outcome_of(receive(client.socket));
    outcome = co_await std::move(receiving);
  });
  {
    const ouro::unique_fd client = start_connecting(address_of(server));
    reset_on_close(client);
  }

  co_await test::settle();
  co_await test::advance(1ns);

  CHECK(outcome == "recv: " + std::to_string(ECONNRESET));
  co_await server.shutdown(0s);
}

OURO_TEST_CASE("server: survives a thousand clients that come and go, half of them by reset",
               "[net][server]") {
  int served = 0;
  int reset = 0;
  ouro::server server = serve_locally([&](connection& client) -> ouro::task<> {
    ++served;
    try {
      co_await echo(client);
    } catch (const std::system_error&) {
      ++reset;
    }
  });
  const ouro::endpoint at = address_of(server);

  for (int i = 0; i < 1000; ++i) {
    const ouro::unique_fd client = start_connecting(at);
    if (i % 2 == 0) reset_on_close(client);
    if (i % 50 == 0) co_await test::settle();
  }
  co_await test::settle();

  CHECK(served == 1000);
  CHECK(reset == 500);
  co_await server.shutdown(0s);
}

OURO_TEST_CASE("server: a listening socket that stops working is reported once",
               "[net][server][error]") {
  ouro::server server = serve_locally(echo);
  co_await test::settle();

  REQUIRE(::shutdown(server.sockets()[0].fd(), SHUT_RDWR) == 0);
  co_await test::settle();

  const std::vector<std::string> reports = test::take_reports();
  REQUIRE(reports.size() == 1);
  CHECK(reports[0].starts_with("socket.accept() failed"));
}

TEST_CASE("server: closing the loop under a live server leaks nothing", "[net][server]") {
  const std::size_t fds = test::open_fds();
  {
    ouro::server server;
    ouro::unique_fd served;
    ouro::unique_fd waiting;
    int reports = 0;
    {
      ouro::event_loop loop;
      loop.set_exception_handler(
          [&](ouro::event_loop&, const ouro::exception_context&) { ++reports; });
      const auto body = [&]() -> ouro::task<> {
        server = serve_locally(hang);
        served = start_connecting(address_of(server));
        co_await ouro::sleep(1ms);
        waiting = start_connecting(address_of(server));
      };
      loop.run_until_complete(body());
    }

    CHECK(reports >= 1);  // handlers are pending
    CHECK(!server.is_serving());
    CHECK(server.sockets().empty());
    server.close();
  }
  CHECK(test::open_fds() == fds);
}

TEST_CASE("server: closing the loop under a closed server with handlers leaks nothing",
          "[net][server]") {
  const std::size_t fds = test::open_fds();
  {
    ouro::unique_fd served;
    ouro::event_loop loop;
    loop.set_exception_handler([](ouro::event_loop&, const ouro::exception_context&) {});
    const auto body = [&]() -> ouro::task<> {
      ouro::server server = serve_locally(hang);
      served = start_connecting(address_of(server));
      co_await ouro::sleep(1ms);
      server.close();
      co_await ouro::sleep(1ms);
    };
    loop.run_until_complete(body());
  }
  CHECK(test::open_fds() == fds);
}

TEST_CASE("server: interrupted anywhere, it leaves nothing behind", "[net][server][cancel]") {
  const auto scenario = []() -> ouro::task<> {
    ouro::server server = serve_locally(forgiving_echo);
    ouro::socket client = co_await connect_to(address_of(server));
    co_await client.sendall("hello");
    co_await receive(client);
    try {
      co_await ouro::wait_for(server.serve_forever(), 1ms);
    } catch (const ouro::timeout_error&) {
    }
    client.close();
    co_await server.shutdown(1s);
    co_await server.wait_closed();
  };

  const ouro::testing::cancel_report report = ouro::testing::cancel_everywhere(scenario);

  for (const std::string& problem : report.problems) FAIL_CHECK(problem);
  CHECK(report.suspensions >= 5);
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const ouro::testing::chaos_options slow{.seed = seed, .delay = 0.5};
    const auto shaken =
        ouro::testing::cancel_everywhere(scenario, {.shake_seed = seed, .chaos = &slow});
    for (const std::string& problem : shaken.problems) FAIL_CHECK(problem);
  }
}
