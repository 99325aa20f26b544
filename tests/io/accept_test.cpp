// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/accept.hpp"

#include "ouro/io/listener.hpp"

#include "tests/io/io_fixture.hpp"

#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <string>

using namespace io_test;

namespace {

/// The connection that is to be accepted has gone to `fd` by now.
bool is_connected_to(int fd, const ouro::unique_fd& client) {
  send_text(client.get(), "it is me");
  return left_in(fd) == "it is me";
}

/// Keeps what it has accepted, even if it is cancelled right after.
ouro::task<> accept_into(int fd, ouro::unique_fd& connection) {
  connection = co_await ouro::accept(fd);
  co_await ouro::sleep(0s);
}

}  // namespace

OURO_TEST_CASE("accept: takes a connection that waits", "[io][accept]") {
  const ouro::listener listener = ouro::listener::local();
  const ouro::unique_fd client = start_connecting(listener.local_endpoint());

  const ouro::unique_fd connection = co_await ouro::accept(listener.fd());

  CHECK(is_connected_to(connection.get(), client));
  CHECK((::fcntl(connection.get(), F_GETFD) & FD_CLOEXEC) != 0);
}

OURO_TEST_CASE("accept: suspends until a connection comes", "[io][accept]") {
  const ouro::listener listener = ouro::listener::local();
  ouro::unique_fd connection;
  auto accepting = ouro::create_task(accept_into(listener.fd(), connection));
  co_await test::settle();
  CHECK(!accepting.done());

  const ouro::unique_fd client = start_connecting(listener.local_endpoint());
  co_await accepting;

  CHECK(is_connected_to(connection.get(), client));
}

OURO_TEST_CASE("accept: tells where the connection comes from", "[io][accept]") {
  const ouro::listener listener = ouro::listener::local();
  const ouro::unique_fd client = start_connecting(listener.local_endpoint());
  ouro::endpoint peer = ouro::endpoint::local("/replaced");

  const ouro::unique_fd connection = co_await ouro::accept(listener.fd(), peer);

  const ouro::socket accepted{ouro::unique_fd(::dup(connection.get()))};
  CHECK(peer.is_ip());
  CHECK(peer.port() != 0);
  CHECK(peer == accepted.remote_endpoint());
}

OURO_TEST_CASE("accept: a UNIX client without a name has an endpoint without a path",
               "[io][accept]") {
  const auto name = ouro::endpoint::local_abstract("ouro-accept-" + std::to_string(::getpid()));
  const ouro::listener listener(name);
  const ouro::unique_fd client = start_connecting(name);
  ouro::endpoint peer;

  const ouro::unique_fd connection = co_await ouro::accept(listener.fd(), peer);

  CHECK(peer.is_local());
  CHECK(peer.path() == "");
}

OURO_TEST_CASE("accept: cancelled while it waits, it leaves the connection to the next accept()",
               "[io][accept][cancel]") {
  const ouro::listener listener = ouro::listener::local();
  auto accepting = ouro::create_task(outcome_of(ouro::accept(listener.fd())));
  co_await test::settle();

  accepting.cancel();
  const std::string outcome = co_await accepting;
  const ouro::unique_fd client = start_connecting(listener.local_endpoint());
  const ouro::unique_fd connection = co_await ouro::accept(listener.fd());

  CHECK(outcome == "cancelled");
  CHECK(is_connected_to(connection.get(), client));
}

OURO_TEST_CASE("accept: cancelled before it starts, it takes no connection",
               "[io][accept][cancel]") {
  const ouro::listener listener = ouro::listener::local();
  const ouro::unique_fd client = start_connecting(listener.local_endpoint());

  auto accepting = ouro::create_task(outcome_if_cancelled_before(ouro::accept(listener.fd())));
  const std::string outcome = co_await accepting;
  const ouro::unique_fd connection = co_await ouro::accept(listener.fd());

  CHECK(outcome == "cancelled");
  CHECK(is_connected_to(connection.get(), client));
}

OURO_TEST_CASE("accept: a deadline ends it, and the next accept() gets the connection",
               "[io][accept][cancel]") {
  const ouro::listener listener = ouro::listener::local();

  auto accepting = ouro::create_task(outcome_within(1s, ouro::accept(listener.fd())));
  const std::string outcome = co_await accepting;
  const ouro::unique_fd client = start_connecting(listener.local_endpoint());
  const ouro::unique_fd connection = co_await ouro::accept(listener.fd());

  CHECK(outcome == "timeout");
  CHECK(is_connected_to(connection.get(), client));
}

OURO_TEST_CASE("accept: nothing_lost: cancelled after it has completed, it gives the connection",
               "[io][accept][cancel]") {
  const ouro::listener listener = ouro::listener::local();
  ouro::unique_fd connection;
  auto accepting = ouro::create_task(accept_into(listener.fd(), connection));
  co_await test::settle();

  const ouro::unique_fd client = start_connecting(listener.local_endpoint());
  co_await ouro::sleep(0s);  // the task is ready now, behind this one
  CHECK(pending_requests() == 0);
  accepting.cancel();
  std::string outcome;
  try {
    co_await accepting;
  } catch (const ouro::cancelled_error&) {
    outcome = "cancelled at the next suspension";
  }

  CHECK(outcome == "cancelled at the next suspension");
  CHECK(is_connected_to(connection.get(), client));
}

OURO_TEST_CASE("accept: connections that race with cancels are neither lost nor leaked",
               "[io][accept][cancel]") {
  const ouro::listener listener = ouro::listener::local();
  for (int round = 0; round < 100; ++round) {
    ouro::unique_fd connection;
    auto accepting = ouro::create_task(accept_into(listener.fd(), connection));
    co_await test::run_turns(1 + round % 4);

    std::optional<ouro::unique_fd> client;
    if (round % 2 == 0) client = start_connecting(listener.local_endpoint());
    accepting.cancel();
    if (round % 2 == 1) client = start_connecting(listener.local_endpoint());
    try {
      co_await accepting;
    } catch (const ouro::cancelled_error&) {
    }
    if (!connection) connection = co_await ouro::accept(listener.fd());

    CHECK(is_connected_to(connection.get(), *client));
  }
}

OURO_TEST_CASE("accept: names the call and the errno if it fails", "[io][accept][error]") {
  const fd_pair ends = stream_pair();

  auto not_listening = ouro::create_task(outcome_of(ouro::accept(ends.near.get())));
  const std::string outcome = co_await not_listening;

  CHECK(outcome == "accept: " + std::to_string(EINVAL));
}
