// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/connect.hpp"

#include "ouro/io/listener.hpp"

#include "tests/io/io_fixture.hpp"

#include <cerrno>
#include <string>
#include <vector>

using namespace io_test;

namespace {

/// A listener whose backlog is full: further connects hang.
struct full_listener {
  full_listener() {
    for (int i = 0; i < 4; ++i) others.push_back(start_connecting(at.local_endpoint()));
  }

  ouro::listener at = ouro::listener::local(0, {.backlog = 0});
  std::vector<ouro::unique_fd> others;
};

/// An endpoint at which nobody listens.
ouro::endpoint deserted() {
  const ouro::listener gone = ouro::listener::local();
  return gone.local_endpoint();
}

}  // namespace

OURO_TEST_CASE("connect: connects to a listener", "[io][connect]") {
  ouro::listener listener = ouro::listener::local();
  const ouro::unique_fd near = ouro::make_socket(AF_INET, SOCK_STREAM);

  co_await ouro::connect(near.get(), listener.local_endpoint());
  const ouro::socket far = co_await listener.accept();

  send_text(near.get(), "hello");
  CHECK(left_in(far.fd()) == "hello");
}

OURO_TEST_CASE("connect: connects over IPv6 and to UNIX sockets", "[io][connect]") {
  std::vector<ouro::listener> listeners;
  listeners.emplace_back(
      ouro::endpoint::local_abstract("ouro-connect-" + std::to_string(::getpid())));
  try {
    listeners.emplace_back(ouro::endpoint("::1", 0));
  } catch (const std::system_error&) {
    WARN("no IPv6 here");
  }
  for (ouro::listener& listener : listeners) {
    const ouro::endpoint to = listener.local_endpoint();
    ouro::socket near = ouro::socket::stream(to.family());

    co_await near.connect(to);
    const ouro::socket far = co_await listener.accept();

    CHECK(near.remote_endpoint() == to);
    CHECK(far.local_endpoint() == to);
  }
}

OURO_TEST_CASE("connect: cancelled while it waits, it throws", "[io][connect][cancel]") {
  const full_listener full;
  ouro::socket near = ouro::socket::tcp();
  auto connecting = ouro::create_task(outcome_of(near.connect(full.at.local_endpoint())));
  co_await test::settle();
  CHECK(!connecting.done());

  connecting.cancel();
  const std::string outcome = co_await connecting;

  CHECK(outcome == "cancelled");
  CHECK(!near.is_open());  // never to be used again
}

OURO_TEST_CASE("connect: a deadline ends it and closes the socket", "[io][connect][cancel]") {
  const full_listener full;
  ouro::socket near = ouro::socket::tcp();

  auto connecting = ouro::create_task(outcome_within(1s, near.connect(full.at.local_endpoint())));
  const std::string outcome = co_await connecting;

  CHECK(outcome == "timeout");
  CHECK(!near.is_open());
}

OURO_TEST_CASE("connect: a UNIX socket whose listener is full can be cancelled",
               "[io][connect][cancel]") {
  const auto name = ouro::endpoint::local_abstract("ouro-full-" + std::to_string(::getpid()));
  const ouro::listener listener(name, {.backlog = 0});
  const ouro::unique_fd other = start_connecting(name);
  const ouro::unique_fd another = start_connecting(name);
  ouro::socket near = ouro::socket::stream(name.family());
  auto connecting = ouro::create_task(outcome_of(near.connect(name)));
  co_await test::settle();  // the kernel tries again in each turn, and overlooks a cancel meanwhile

  connecting.cancel();
  const std::string outcome = co_await connecting;

  CHECK(outcome == "cancelled");
}

OURO_TEST_CASE("connect: cancelled before it starts, it closes the socket",
               "[io][connect][cancel]") {
  ouro::listener listener = ouro::listener::local();
  ouro::socket near = ouro::socket::tcp();

  auto connecting =
      ouro::create_task(outcome_if_cancelled_before(near.connect(listener.local_endpoint())));
  const std::string outcome = co_await connecting;

  CHECK(outcome == "cancelled");
  CHECK(!near.is_open());
}

OURO_TEST_CASE("connect: nothing_lost: cancelled after it has completed, it is connected",
               "[io][connect][cancel]") {
  ouro::listener listener = ouro::listener::local();
  ouro::socket near = ouro::socket::tcp();
  auto connecting = ouro::create_task(outcome_of(near.connect(listener.local_endpoint())));
  co_await ouro::sleep(0s);  // it begins, behind this one
  while (pending_requests() != 0) co_await ouro::sleep(0s);

  const bool ready = !connecting.done();
  connecting.cancel();
  const std::string outcome = co_await connecting;

  CHECK(ready);
  CHECK(outcome == "done, then cancelled");
  CHECK(near.remote_endpoint() == listener.local_endpoint());
}

OURO_TEST_CASE("connect: is refused where nobody listens, and closes the socket",
               "[io][connect][error]") {
  ouro::socket near = ouro::socket::tcp();

  auto connecting = ouro::create_task(outcome_of(near.connect(deserted())));
  const std::string outcome = co_await connecting;

  CHECK(outcome == "connect: " + std::to_string(ECONNREFUSED));
  CHECK(!near.is_open());
}

OURO_TEST_CASE("connect: with a bare descriptor the failed socket is the caller's to close",
               "[io][connect][error]") {
  const ouro::unique_fd near = ouro::make_socket(AF_INET, SOCK_STREAM);

  auto connecting = ouro::create_task(outcome_of(ouro::connect(near.get(), deserted())));
  const std::string outcome = co_await connecting;

  CHECK(outcome == "connect: " + std::to_string(ECONNREFUSED));
  CHECK(ouro::get_socket_option(near.get(), SOL_SOCKET, SO_TYPE) == SOCK_STREAM);
}
