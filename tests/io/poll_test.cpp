// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/poll.hpp"

#include "tests/io/io_fixture.hpp"

#include <cerrno>
#include <poll.h>
#include <string>

using namespace io_test;

OURO_TEST_CASE("poll: gives what is true already", "[io][poll]") {
  const fd_pair ends = stream_pair();

  const unsigned writable = co_await ouro::poll(ends.near.get(), POLLIN | POLLOUT);
  send_text(ends.far.get(), "x");
  const unsigned both = co_await ouro::poll(ends.near.get(), POLLIN | POLLOUT);

  CHECK(writable == POLLOUT);
  CHECK(both == (POLLIN | POLLOUT));
}

OURO_TEST_CASE("poll: suspends until the event, and takes nothing", "[io][poll]") {
  const fd_pair ends = stream_pair();
  auto polling = ouro::create_task(outcome_of(ouro::poll(ends.near.get(), POLLIN)));
  co_await test::settle();
  CHECK(!polling.done());

  send_text(ends.far.get(), "x");
  const std::string outcome = co_await polling;

  CHECK(outcome == std::to_string(POLLIN));
  CHECK(left_in(ends.near.get()) == "x");
}

OURO_TEST_CASE("poll: tells of the peer's end unasked", "[io][poll]") {
  fd_pair ends = stream_pair();
  ends.far.reset();

  const unsigned events = co_await ouro::poll(ends.near.get(), 0);

  CHECK((events & POLLHUP) != 0);
}

OURO_TEST_CASE("poll: cancelled while it waits, it throws", "[io][poll][cancel]") {
  const fd_pair ends = stream_pair();
  auto polling = ouro::create_task(outcome_of(ouro::poll(ends.near.get(), POLLIN)));
  co_await test::settle();

  polling.cancel();
  const std::string outcome = co_await polling;

  CHECK(outcome == "cancelled");
}

OURO_TEST_CASE("poll: cancelled before it starts, it throws", "[io][poll][cancel]") {
  const fd_pair ends = stream_pair();

  auto polling =
      ouro::create_task(outcome_if_cancelled_before(ouro::poll(ends.near.get(), POLLOUT)));
  const std::string outcome = co_await polling;

  CHECK(outcome == "cancelled");
}

OURO_TEST_CASE("poll: cancelled after it has completed, it gives the events first",
               "[io][poll][cancel]") {
  const fd_pair ends = stream_pair();
  auto polling = ouro::create_task(outcome_of(ouro::poll(ends.near.get(), POLLIN)));
  co_await test::settle();

  send_text(ends.far.get(), "x");
  co_await ouro::sleep(0s);  // the task is ready now, behind this one
  CHECK(pending_requests() == 0);
  polling.cancel();
  const std::string outcome = co_await polling;

  CHECK(outcome == std::to_string(POLLIN) + ", then cancelled");
}

OURO_TEST_CASE("poll: fails for a descriptor that is not open", "[io][poll][error]") {
  auto polling = ouro::create_task(outcome_of(ouro::poll(-1, POLLIN)));
  const std::string outcome = co_await polling;

  CHECK(outcome == "poll: " + std::to_string(EBADF));
}
