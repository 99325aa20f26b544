// SPDX-License-Identifier: BSL-1.0
// Where a server listens.
#include "ouro/base/log.hpp"
#include "ouro/net/server.hpp"

#include "tests/net/server_fixture.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <netinet/in.h>
#include <sys/stat.h>

using namespace net_test;

namespace {

std::string path_of(const char* name) {
  return "/tmp/ouro-server-" + std::to_string(::getpid()) + "-" + name;
}

bool exists(const std::string& path) {
  struct ::stat status{};
  return ::stat(path.c_str(), &status) == 0;
}

/// What binding to `at` throws.
std::string failure_of(const std::vector<ouro::endpoint>& at,
                       const ouro::server_options& options = {}) {
  try {
    const ouro::server server = serve_at(at, echo, options);
  } catch (const std::system_error& error) {
    return error.what();
  }
  return "none";
}

bool has_ipv6() { return failure_of({ouro::endpoint("::1", 0)}) == "none"; }

ouro::task<std::string> echo_over(ouro::endpoint at) {
  ouro::socket client = co_await connect_to(at);
  co_await client.sendall("hello");
  co_return co_await receive(client);
}

std::string logged;

/// Collects what is logged while it lives.
struct log_catcher {
  log_catcher() {
    logged.clear();
    ouro::set_log_sink([](ouro::log_level, std::string_view text) { logged += text; });
  }
  ~log_catcher() { ouro::set_log_sink(nullptr); }
};

}  // namespace

OURO_TEST_CASE("server: port zero becomes a real port", "[net][server]") {
  const ouro::server server = serve_locally(echo);

  CHECK(server.sockets().size() == 1);
  CHECK(address_of(server).port() > 0);
  CHECK(address_of(server).address() == ouro::ip_address::loopback_v4());
  co_return;
}

OURO_TEST_CASE("server: listens on several addresses", "[net][server]") {
  ouro::server server =
      serve_at({ouro::endpoint("127.0.0.1", 0), ouro::endpoint("127.0.0.2", 0)}, echo);
  const std::string one = co_await echo_over(server.sockets()[0].local_endpoint());
  const std::string two = co_await echo_over(server.sockets()[1].local_endpoint());

  CHECK(one == "hello");
  CHECK(two == "hello");
  CHECK(server.sockets()[0].local_endpoint().address() == ouro::ip_address("127.0.0.1"));
  CHECK(server.sockets()[1].local_endpoint().address() == ouro::ip_address("127.0.0.2"));
  co_await server.shutdown(0s);
}

OURO_TEST_CASE("server: an address that is given twice counts once", "[net][server]") {
  const ouro::server free =
      serve_at({ouro::endpoint("127.0.0.1", 0), ouro::endpoint("127.0.0.1", 0)}, echo);

  CHECK(free.sockets().size() == 1);
  co_return;
}

OURO_TEST_CASE("server: port zero with two families gives two ports", "[net][server]") {
  if (!has_ipv6()) co_return;
  ouro::server server = serve_at({ouro::endpoint("127.0.0.1", 0), ouro::endpoint("::1", 0)}, echo);
  REQUIRE(server.sockets().size() == 2);
  const ouro::endpoint four = server.sockets()[0].local_endpoint();
  const ouro::endpoint six = server.sockets()[1].local_endpoint();

  const std::string over_four = co_await echo_over(four);
  const std::string over_six = co_await echo_over(six);

  CHECK(four.port() != six.port());
  CHECK(over_four == "hello");
  CHECK(over_six == "hello");
  co_await server.shutdown(0s);
}

OURO_TEST_CASE("server: all interfaces are those of both families, on one port", "[net][server]") {
  const std::vector<ouro::endpoint> both = ouro::detail::wildcard_endpoints(80, {});
  const std::vector<ouro::endpoint> four =
      ouro::detail::wildcard_endpoints(80, ouro::address_family::ipv4);
  const std::vector<ouro::endpoint> six =
      ouro::detail::wildcard_endpoints(80, ouro::address_family::ipv6);

  CHECK(both == std::vector{ouro::endpoint("0.0.0.0", 80), ouro::endpoint("::", 80)});
  CHECK(four == std::vector{ouro::endpoint("0.0.0.0", 80)});
  CHECK(six == std::vector{ouro::endpoint("::", 80)});
  co_return;
}

OURO_TEST_CASE("server: an IPv6 socket takes no IPv4 connections, so both fit on one port",
               "[net][server]") {
  if (!has_ipv6()) co_return;
  ouro::server four = serve_at({ouro::endpoint("0.0.0.0", 0)}, echo);
  const int port = address_of(four).port();
  ouro::server six = serve_at({ouro::endpoint("::", port)}, echo);

  const std::string over_four = co_await echo_over(ouro::endpoint("127.0.0.1", port));
  const std::string over_six = co_await echo_over(ouro::endpoint("::1", port));
  four.close();
  co_await four.wait_closed();
  const std::string without_four = co_await try_connect(ouro::endpoint("127.0.0.1", port));

  CHECK(over_four == "hello");
  CHECK(over_six == "hello");
  CHECK(without_four == std::to_string(ECONNREFUSED));
  co_await six.shutdown(0s);
}

OURO_TEST_CASE("server: a taken port is an error that names the address", "[net][server][error]") {
  const ouro::server server = serve_locally(echo);
  const ouro::endpoint at = address_of(server);

  CHECK(failure_of({at}) == "bind " + at.to_string() + ": Address already in use");
  CHECK(failure_of({ouro::endpoint("127.0.0.2", 0), at}) ==
        "bind " + at.to_string() + ": Address already in use");
  co_return;
}

OURO_TEST_CASE("server: a port that is taken by the time it listens is an error too",
               "[net][server][error]") {
  ouro::server first = serve_locally(echo, {.start_serving = false});
  const ouro::endpoint at = address_of(first);
  ouro::server second = serve_at({at}, echo, {.start_serving = false});
  co_await first.start_serving();

  std::string what;
  try {
    co_await second.start_serving();
  } catch (const std::system_error& error) {
    what = error.what();
  }

  CHECK(what == "listen " + at.to_string() + ": Address already in use");
  CHECK(!second.is_serving());
  CHECK(first.is_serving());
}

OURO_TEST_CASE("server: an address of another machine is left out while others remain",
               "[net][server][error]") {
  const std::vector<ouro::endpoint> absent = {ouro::endpoint("192.0.2.1", 0),
                                              ouro::endpoint("192.0.2.1", 7000)};
  const ouro::server server = serve_at({absent[0], ouro::endpoint("127.0.0.1", 0)}, echo);

  CHECK(server.sockets().size() == 1);
  CHECK(address_of(server).address() == ouro::ip_address::loopback_v4());
  CHECK(failure_of(absent) == "bind 192.0.2.1:0, 192.0.2.1:7000: Cannot assign requested address");
  co_return;
}

OURO_TEST_CASE("server: with reuse_port several share a port", "[net][server]") {
  ouro::server one = serve_locally(echo, {.reuse_port = true});
  const ouro::endpoint at = address_of(one);
  ouro::server two = serve_at({at}, echo, {.reuse_port = true});

  one.close();
  co_await one.wait_closed();
  const std::string answer = co_await echo_over(at);

  CHECK(address_of(two) == at);
  CHECK(answer == "hello");
  co_await two.shutdown(0s);
}

OURO_TEST_CASE("server: serves a socket that is bound already, blocking or not", "[net][server]") {
  std::vector<ouro::socket> bound;
  bound.push_back(ouro::socket::tcp());
  REQUIRE(::fcntl(bound[0].fd(), F_SETFL, O_NONBLOCK) == 0);
  bound[0].bind(ouro::endpoint("127.0.0.1", 0));
  const ouro::endpoint at = bound[0].local_endpoint();
  ouro::server server =
      ouro::detail::make_server(ouro::get_running_loop(), std::move(bound), {},
                                ouro::detail::make_owned<handling>(
                                    [](connection& each) -> ouro::task<> { co_await echo(each); }));

  const std::string answer = co_await echo_over(at);

  CHECK(answer == "hello");
  CHECK(address_of(server) == at);
  co_await server.shutdown(0s);
}

OURO_TEST_CASE("server: a socket that is no stream, and none at all, are refused",
               "[net][server][error]") {
  const auto serve_socket = [](ouro::socket bound) {
    std::vector<ouro::socket> sockets;
    sockets.push_back(std::move(bound));
    return ouro::detail::make_server(ouro::get_running_loop(), std::move(sockets), {},
                                     ouro::detail::make_owned<handling>(echo));
  };

  CHECK_THROWS_AS(serve_socket(ouro::socket::udp()), ouro::usage_error);
  CHECK_THROWS_AS(serve_socket(ouro::socket()), std::system_error);
  CHECK_THROWS_AS(serve_at({}, echo), ouro::usage_error);
  CHECK_THROWS_AS(ouro::detail::make_server(ouro::get_running_loop(), {}, {},
                                            ouro::detail::make_owned<handling>(echo)),
                  ouro::usage_error);
  co_return;
}

// UNIX sockets
// --------------------------------------------------------------------------------------------

OURO_TEST_CASE("server: serves a UNIX socket, and removes its file when it closes",
               "[net][server]") {
  const std::string path = path_of("plain");
  ouro::server server = serve_at({ouro::endpoint::local(path)}, echo);
  const std::string answer = co_await echo_over(ouro::endpoint::local(path));
  const bool before = exists(path);

  server.close();
  const bool after = exists(path);
  co_await server.wait_closed();

  CHECK(answer == "hello");
  CHECK(before);
  CHECK(!after);
}

OURO_TEST_CASE("server: without cleanup_socket the file stays, and the next one removes it",
               "[net][server]") {
  const std::string path = path_of("stale");
  {
    const ouro::server server =
        serve_at({ouro::endpoint::local(path)}, echo, {.cleanup_socket = false});
  }
  const bool left = exists(path);

  ouro::server next = serve_at({ouro::endpoint::local(path)}, echo);
  const std::string answer = co_await echo_over(ouro::endpoint::local(path));

  CHECK(left);
  CHECK(answer == "hello");
  co_await next.shutdown(0s);
  CHECK(!exists(path));
}

OURO_TEST_CASE("server: a file that is no socket is neither removed nor replaced",
               "[net][server][error]") {
  const std::string path = path_of("file");
  std::ofstream(path) << "precious";

  const std::string failure = failure_of({ouro::endpoint::local(path)});

  CHECK(failure == "bind " + path + ": Address already in use");
  CHECK(exists(path));
  ::unlink(path.c_str());
  co_return;
}

OURO_TEST_CASE("server: does not remove the file of another server that took its place",
               "[net][server]") {
  const std::string path = path_of("successor");
  ouro::server old = serve_at({ouro::endpoint::local(path)}, echo);
  ouro::server fresh = serve_at({ouro::endpoint::local(path)}, echo);

  co_await old.shutdown(0s);
  const std::string answer = co_await echo_over(ouro::endpoint::local(path));

  CHECK(answer == "hello");
  CHECK(exists(path));
  co_await fresh.shutdown(0s);
}

OURO_TEST_CASE("server: a file that somebody has removed already is no error", "[net][server]") {
  const std::string path = path_of("removed");
  const log_catcher log;
  ouro::server server = serve_at({ouro::endpoint::local(path)}, echo);

  ::unlink(path.c_str());
  co_await server.shutdown(0s);

  CHECK(logged == "");
}

OURO_TEST_CASE("server: a path in a folder that is none is an error that names it",
               "[net][server][error]") {
  const std::string path = path_of("nowhere") + "/socket";

  CHECK(failure_of({ouro::endpoint::local(path)}) ==
        "bind " + path + ": No such file or directory");
  co_return;
}

OURO_TEST_CASE("server: serves an abstract UNIX socket, which needs no file", "[net][server]") {
  const ouro::endpoint at =
      ouro::endpoint::local_abstract("ouro-server-" + std::to_string(::getpid()));
  ouro::server server = serve_at({at}, echo);

  const std::string answer = co_await echo_over(at);
  const std::string second = failure_of({at});
  co_await server.shutdown(0s);
  const std::string after = co_await try_connect(at);

  CHECK(answer == "hello");
  CHECK(second == "bind " + at.to_string() + ": Address already in use");
  CHECK(after == std::to_string(ECONNREFUSED));
}
