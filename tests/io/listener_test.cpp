// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/listener.hpp"

#include "tests/io/io_fixture.hpp"

#include <array>
#include <cerrno>
#include <string>
#include <sys/resource.h>

using namespace io_test;

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

int error_of(const ouro::endpoint& at, const ouro::listener_options& options = {}) {
  try {
    const ouro::listener listener(at, options);
  } catch (const std::system_error& error) {
    return error.code().value();
  }
  return 0;
}

}  // namespace

OURO_TEST_CASE("listener: port zero becomes a real port on 127.0.0.1", "[io][listener]") {
  ouro::listener listener = ouro::listener::local();

  const ouro::endpoint at = listener.local_endpoint();
  CHECK(at.address() == ouro::ip_address::loopback_v4());
  CHECK(at.port() > 0);
  CHECK(listener.is_open());
  listener.close();
  CHECK(!listener.is_open());
  co_return;
}

OURO_TEST_CASE("listener: accepts connections in their order", "[io][listener]") {
  ouro::listener listener = ouro::listener::local();
  const ouro::unique_fd first = start_connecting(listener.local_endpoint());
  const ouro::unique_fd second = start_connecting(listener.local_endpoint());

  const ouro::socket one = co_await listener.accept();
  const ouro::socket two = co_await listener.accept();

  send_text(first.get(), "first");
  send_text(second.get(), "second");
  CHECK(left_in(one.fd()) == "first");
  CHECK(left_in(two.fd()) == "second");
}

OURO_TEST_CASE("listener: listens on a UNIX socket", "[io][listener]") {
  const std::string path = "/tmp/ouro-listener-" + std::to_string(::getpid());
  ::unlink(path.c_str());
  ouro::listener listener(ouro::endpoint::local(path));
  const ouro::unique_fd client = start_connecting(listener.local_endpoint());

  const ouro::socket connection = co_await listener.accept();

  CHECK(listener.local_endpoint().path() == path);
  CHECK(connection.local_endpoint().path() == path);
  CHECK(error_of(ouro::endpoint::local(path)) == EADDRINUSE);
  ::unlink(path.c_str());
}

OURO_TEST_CASE("listener: a taken port is EADDRINUSE, unless both share it",
               "[io][listener][error]") {
  const ouro::listener alone = ouro::listener::local();
  const ouro::listener shared = ouro::listener::local(0, {.reuse_port = true});

  CHECK(error_of(alone.local_endpoint()) == EADDRINUSE);
  CHECK(error_of(shared.local_endpoint()) == EADDRINUSE);
  CHECK(error_of(shared.local_endpoint(), {.reuse_port = true}) == 0);
  co_return;
}

OURO_TEST_CASE("listener: refuses a bad port and an endpoint without address",
               "[io][listener][error]") {
  CHECK_THROWS_AS(ouro::listener::local(70000), std::invalid_argument);
  CHECK_THROWS_AS(ouro::listener(ouro::endpoint()), std::system_error);
  CHECK(error_of(ouro::endpoint("192.0.2.1", 0)) == EADDRNOTAVAIL);
  co_return;
}

OURO_TEST_CASE("listener: an address can be used again at once", "[io][listener]") {
  ouro::listener listener = ouro::listener::local();
  const ouro::endpoint at = listener.local_endpoint();
  const ouro::unique_fd client = start_connecting(at);
  {
    ouro::socket connection = co_await listener.accept();
    connection.close();  // this side is first, and remembers the connection
  }
  listener.close();

  CHECK(error_of(at) == 0);
}

OURO_TEST_CASE("listener: cancelled, it leaves the connection to the next accept()",
               "[io][listener][cancel]") {
  ouro::listener listener = ouro::listener::local();
  auto accepting = ouro::create_task(outcome_of(listener.accept()));
  co_await test::settle();

  accepting.cancel();
  const std::string outcome = co_await accepting;
  const ouro::unique_fd client = start_connecting(listener.local_endpoint());
  const ouro::socket connection = co_await listener.accept();

  send_text(client.get(), "me");
  CHECK(outcome == "cancelled");
  CHECK(left_in(connection.fd()) == "me");
}

OURO_TEST_CASE("listener: a second accept() beside one in flight is a usage_error",
               "[io][listener][error]") {
  ouro::listener listener = ouro::listener::local();
  auto first = ouro::create_task(outcome_of(listener.accept()));
  auto second = ouro::create_task(outcome_of(listener.accept()));
  const std::string second_outcome = co_await second;

  CHECK_THROWS_AS(listener.close(), ouro::usage_error);
  first.cancel();
  const std::string first_outcome = co_await first;

  CHECK(second_outcome == "usage");
  CHECK(first_outcome == "cancelled");
}

// Not under UndefinedBehaviorSanitizer: its check of virtual calls needs a pipe, and without a free
// descriptor takes every object for a broken one.
#if defined(__has_feature)
#if __has_feature(undefined_behavior_sanitizer)
#define OURO_TEST_NEEDS_DESCRIPTORS
#endif
#endif
#ifndef OURO_TEST_NEEDS_DESCRIPTORS
OURO_TEST_CASE("listener: without room for a descriptor it fails, and the connection waits",
               "[io][listener][error]") {
  ouro::listener listener = ouro::listener::local();
  const ouro::unique_fd client = start_connecting(listener.local_endpoint());
  std::string outcome;
  {
    const no_more_fds limit;
    auto accepting = ouro::create_task(outcome_of(listener.accept()));
    outcome = co_await accepting;
  }

  const ouro::socket connection = co_await listener.accept();

  send_text(client.get(), "patient");
  CHECK(outcome == "accept: " + std::to_string(EMFILE));
  CHECK(left_in(connection.fd()) == "patient");
}
#endif

OURO_TEST_CASE("listener: skips errors that concern only one connection", "[io][listener][error]") {
  ouro::listener listener = ouro::listener::local();
  // Stands in for a listener that reports EOPNOTSUPP, one of those errors.
  const ouro::unique_fd real(::dup(listener.fd()));
  const ouro::unique_fd not_listening = ouro::make_socket(AF_INET, SOCK_DGRAM);
  REQUIRE(::dup2(not_listening.get(), listener.fd()) == listener.fd());
  auto accepting = ouro::create_task(outcome_of(listener.accept()));
  co_await test::run_turns(10);
  CHECK(!accepting.done());

  REQUIRE(::dup2(real.get(), listener.fd()) == listener.fd());
  const ouro::unique_fd client = start_connecting(listener.local_endpoint());
  const std::string outcome = co_await accepting;

  CHECK(outcome == "object");
}

OURO_TEST_CASE("listener: cancelled while it skips errors, it ends", "[io][listener][cancel]") {
  ouro::listener listener = ouro::listener::local();
  const ouro::unique_fd not_listening = ouro::make_socket(AF_INET, SOCK_DGRAM);
  REQUIRE(::dup2(not_listening.get(), listener.fd()) == listener.fd());
  auto accepting = ouro::create_task(outcome_of(listener.accept()));
  co_await test::run_turns(3);

  accepting.cancel();
  const std::string outcome = co_await accepting;

  CHECK((outcome == "cancelled" ||
         outcome == "accept: " + std::to_string(EOPNOTSUPP) + ", then cancelled"));
}
