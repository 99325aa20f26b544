// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/fd_watcher.hpp"

#include "tests/io/io_fixture.hpp"

#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <string>

using namespace io_test;

namespace {

// A library with a socket of its own, as libpq: what the acceptance snippet calls.
struct PGconn {
  int fd;
  std::string answer;
  bool broken = false;
};

int PQsocket(const PGconn* connection) { return connection->fd; }
bool PQisBusy(const PGconn* connection) { return !connection->answer.ends_with(';'); }
const char* PQerrorMessage(const PGconn*) { return "the server has gone"; }
bool PQconsumeInput(PGconn* connection) {
  char buffer[16];
  const ::ssize_t size = ::recv(connection->fd, buffer, sizeof buffer, MSG_DONTWAIT);
  if (size > 0) connection->answer.append(buffer, static_cast<std::size_t>(size));
  return size > 0;
}

ouro::task<> wait_for_answer(PGconn* connection) {
  // A poll beneath, armed while it is awaited. The library must not close its fd meanwhile.
  ouro::fd_watcher watcher(PQsocket(connection));
  while (PQisBusy(connection)) {
    co_await watcher.readable();
    if (!PQconsumeInput(connection)) throw std::runtime_error(PQerrorMessage(connection));
  }
}

}  // namespace

OURO_TEST_CASE("fd_watcher: drives a library by its descriptor", "[io][fd_watcher]") {
  const fd_pair ends = stream_pair();
  PGconn connection{ends.near.get(), ""};
  auto waiting = ouro::create_task(wait_for_answer(&connection));
  co_await test::run_turns(5);

  send_text(ends.far.get(), "half and ");
  co_await test::run_turns(5);
  CHECK(!waiting.done());
  send_text(ends.far.get(), "half;");
  co_await waiting;

  CHECK(connection.answer == "half and half;");
}

OURO_TEST_CASE("fd_watcher: an end of input makes it readable", "[io][fd_watcher][error]") {
  fd_pair ends = stream_pair();
  PGconn connection{ends.near.get(), ""};
  auto waiting = ouro::create_task(wait_for_answer(&connection));
  co_await test::run_turns(5);

  ends.far.reset();

  CHECK_THROWS_AS(co_await waiting, std::runtime_error);
}

OURO_TEST_CASE("fd_watcher: is ready at once, asks only while awaited, and takes nothing",
               "[io][fd_watcher]") {
  const fd_pair ends = stream_pair();
  ouro::fd_watcher watcher(ends.near.get());
  send_text(ends.far.get(), "x");
  co_await test::run_turns(5);
  CHECK(pending_requests() == 0);

  co_await watcher.readable();
  co_await watcher.readable();
  co_await watcher.writable();

  CHECK(pending_requests() == 0);
  CHECK(left_in(ends.near.get()) == "x");
}

OURO_TEST_CASE("fd_watcher: writable() suspends until there is room", "[io][fd_watcher]") {
  const fd_pair ends = stream_pair();
  ouro::fd_watcher watcher(ends.near.get());
  fill(ends.near.get());
  auto waiting = ouro::create_task(outcome_of(watcher.writable()));
  co_await test::run_turns(5);
  CHECK(!waiting.done());

  static_cast<void>(left_in(ends.far.get()));
  const std::string outcome = co_await waiting;

  CHECK(outcome == "done");
}

OURO_TEST_CASE("fd_watcher: one task may wait to read while another waits to write",
               "[io][fd_watcher]") {
  const fd_pair ends = stream_pair();
  ouro::fd_watcher watcher(ends.near.get());
  fill(ends.near.get());
  auto reading = ouro::create_task(outcome_of(watcher.readable()));
  auto writing = ouro::create_task(outcome_of(watcher.writable()));
  co_await test::run_turns(5);

  send_text(ends.far.get(), "x");
  const std::string readable = co_await reading;
  CHECK(!writing.done());
  static_cast<void>(left_in(ends.far.get()));
  const std::string writable = co_await writing;

  CHECK(readable == "done");
  CHECK(writable == "done");
}

OURO_TEST_CASE("fd_watcher: a second task in the same direction is a usage_error",
               "[io][fd_watcher][error]") {
  const fd_pair ends = stream_pair();
  ouro::fd_watcher watcher(ends.near.get());
  auto first = ouro::create_task(outcome_of(watcher.readable()));
  co_await test::run_turns(5);

  auto second = ouro::create_task(outcome_of(watcher.readable()));
  const std::string refused = co_await second;
  send_text(ends.far.get(), "x");
  const std::string outcome = co_await first;

  CHECK(refused == "usage");
  CHECK(outcome == "done");
}

OURO_TEST_CASE("fd_watcher: cancelled while it waits, it throws and may be awaited again",
               "[io][fd_watcher][cancel]") {
  const fd_pair ends = stream_pair();
  ouro::fd_watcher watcher(ends.near.get());
  auto waiting = ouro::create_task(outcome_of(watcher.readable()));
  co_await test::run_turns(5);

  waiting.cancel();
  const std::string outcome = co_await waiting;
  send_text(ends.far.get(), "x");
  co_await watcher.readable();

  CHECK(outcome == "cancelled");
}

OURO_TEST_CASE("fd_watcher: cancelled before it starts, it asks nothing",
               "[io][fd_watcher][cancel]") {
  const fd_pair ends = stream_pair();
  ouro::fd_watcher watcher(ends.near.get());

  auto waiting = ouro::create_task(outcome_if_cancelled_before(watcher.writable()));
  co_await ouro::sleep(0s);
  CHECK(pending_requests() == 0);
  const std::string outcome = co_await waiting;

  CHECK(outcome == "cancelled");
}

OURO_TEST_CASE("fd_watcher: cancelled after it has completed, it is done first",
               "[io][fd_watcher][cancel]") {
  const fd_pair ends = stream_pair();
  ouro::fd_watcher watcher(ends.near.get());
  auto waiting = ouro::create_task(outcome_of(watcher.readable()));
  co_await test::run_turns(5);

  send_text(ends.far.get(), "x");
  co_await ouro::sleep(0s);  // the task is ready now, behind this one
  CHECK(pending_requests() == 0);
  waiting.cancel();
  const std::string outcome = co_await waiting;

  CHECK(outcome == "done, then cancelled");
}

OURO_TEST_CASE("fd_watcher: a descriptor that is not open fails with EBADF",
               "[io][fd_watcher][error]") {
  ouro::fd_watcher watcher(-1);

  auto waiting = ouro::create_task(outcome_of(watcher.readable()));
  const std::string outcome = co_await waiting;

  CHECK(outcome == "poll: " + std::to_string(EBADF));
}

OURO_TEST_CASE("fd_watcher: a descriptor closed under the await is a usage_error",
               "[io][fd_watcher][error]") {
  fd_pair ends = stream_pair();
  ouro::fd_watcher watcher(ends.near.get());
  auto waiting = ouro::create_task(outcome_of(watcher.readable()));
  co_await test::run_turns(5);

  ends.near.reset();
  const fd_pair others = stream_pair();  // one of them has the number now
  ends.far.reset();
  const std::string outcome = co_await waiting;

  CHECK(outcome == "usage");
}

OURO_TEST_CASE("fd_watcher: destroyed under an await, it says so and ends it",
               "[io][fd_watcher][error]") {
  const fd_pair ends = stream_pair();
  auto watcher = std::make_unique<ouro::fd_watcher>(ends.near.get());
  auto waiting = ouro::create_task(outcome_of(watcher->readable()));
  co_await test::run_turns(5);

  watcher.reset();
  const std::string outcome = co_await waiting;

  CHECK(outcome == "poll: " + std::to_string(ECANCELED));
  CHECK(::fcntl(ends.near.get(), F_GETFD) >= 0);
}

OURO_TEST_CASE("fd_watcher: never closes its descriptor, and may be moved under an await",
               "[io][fd_watcher]") {
  const fd_pair ends = stream_pair();
  const fd_pair others = stream_pair();
  ouro::fd_watcher first(ends.near.get());
  auto waiting = ouro::create_task(outcome_of(first.readable()));
  co_await test::run_turns(5);

  ouro::fd_watcher second(others.near.get());
  second = std::move(first);
  CHECK(second.fd() == ends.near.get());
  send_text(ends.far.get(), "x");
  const std::string outcome = co_await waiting;

  CHECK(outcome == "done");
  CHECK(::fcntl(others.near.get(), F_GETFD) >= 0);
}
