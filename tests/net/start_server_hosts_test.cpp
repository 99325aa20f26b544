// SPDX-License-Identifier: BSL-1.0
// Servers on several hosts: on all of them, or on none.
#include "ouro/net/create_server.hpp"
#include "ouro/net/start_server.hpp"
#include "ouro/stream/protocol.hpp"

#include "tests/net/server_fixture.hpp"

#include <array>
#include <cerrno>
#include <string>
#include <string_view>

using namespace net_test;

namespace {

constexpr std::array<std::string_view, 2> two_hosts{"127.0.0.1", "127.0.0.2"};

ouro::task<> serve_nobody(ouro::stream_reader, ouro::stream_writer) { co_return; }

std::unique_ptr<ouro::protocol> make_protocol() { return std::make_unique<ouro::protocol>(); }

/// A socket that has a port of 127.0.0.2, which is free at 127.0.0.1.
ouro::socket take_a_port() {
  for (;;) {
    ouro::socket taken = ouro::socket::tcp();
    taken.bind(ouro::endpoint("127.0.0.2", 0));
    taken.listen();
    ouro::socket probe = ouro::socket::tcp();
    try {
      probe.bind(ouro::endpoint("127.0.0.1", taken.local_endpoint().port()));
      return taken;
    } catch (const std::system_error&) {
      // Somebody else has it there: the next one.
    }
  }
}

ouro::task<std::string> outcome_of_making(ouro::task<ouro::server> making) {
  try {
    const ouro::server made = co_await std::move(making);
    co_return "made";
  } catch (const std::system_error& error) {
    co_return error.what();
  }
}

}  // namespace

OURO_TEST_CASE("start_server: a port that the second host has not free leaves the first alone",
               "[net][server][error]") {
  const ouro::socket taken = take_a_port();
  const int port = taken.local_endpoint().port();
  const std::size_t open_before = test::open_fds();

  auto making = outcome_of_making(ouro::start_server(serve_nobody, two_hosts, port));
  const std::string outcome = co_await std::move(making);
  const std::string connecting = co_await try_connect(ouro::endpoint("127.0.0.1", port));

  CHECK(outcome.find("bind 127.0.0.2:" + std::to_string(port)) == 0);
  CHECK(connecting == std::to_string(ECONNREFUSED));
  CHECK(test::open_fds() == open_before);
}

OURO_TEST_CASE("create_server: a port that the second host has not free leaves the first alone",
               "[net][server][error]") {
  const ouro::socket taken = take_a_port();
  const int port = taken.local_endpoint().port();
  const std::size_t open_before = test::open_fds();
  ouro::event_loop& loop = ouro::get_running_loop();

  auto making = outcome_of_making(ouro::create_server(loop, make_protocol, two_hosts, port));
  const std::string outcome = co_await std::move(making);
  const std::string connecting = co_await try_connect(ouro::endpoint("127.0.0.1", port));

  CHECK(outcome.find("bind 127.0.0.2:" + std::to_string(port)) == 0);
  CHECK(connecting == std::to_string(ECONNREFUSED));
  CHECK(test::open_fds() == open_before);
}

OURO_TEST_CASE("start_server: a port that is taken when the second host listens closes the first",
               "[net][server][error]") {
  // Bound but not listening yet, so that binding to it succeeds and listening fails.
  ouro::socket taken = ouro::socket::tcp();
  taken.set(ouro::socket_option::reuse_address, true);
  taken.bind(ouro::endpoint("127.0.0.2", 0));
  const int port = taken.local_endpoint().port();
  auto making = ouro::start_server(serve_nobody, two_hosts, port, {.start_serving = false});
  ouro::server waiting = co_await std::move(making);
  taken.listen();

  std::string outcome = "served";
  try {
    co_await waiting.start_serving();
  } catch (const std::system_error& error) {
    outcome = error.what();
  }
  waiting.close();
  const std::string connecting = co_await try_connect(ouro::endpoint("127.0.0.1", port));

  CHECK(outcome.find("listen 127.0.0.2:" + std::to_string(port)) == 0);
  CHECK(connecting == std::to_string(ECONNREFUSED));
}
