// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/read.hpp"

#include "tests/io/io_fixture.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string>

using namespace io_test;

namespace {

using buffer = std::array<std::byte, 64>;

void write_text(int fd, const std::string& text) {
  REQUIRE(::write(fd, text.data(), text.size()) == static_cast<::ssize_t>(text.size()));
}

/// A file without a name, with `text` in it and the position at its end.
ouro::unique_fd file_with(const std::string& text) {
  char name[] = "/tmp/ouro-read-XXXXXX";
  ouro::unique_fd file(::mkstemp(name));
  REQUIRE(file);
  ::unlink(name);
  write_text(file.get(), text);
  return file;
}

}  // namespace

OURO_TEST_CASE("read: gives what is in the pipe", "[io][read]") {
  const fd_pair ends = pipe_pair();
  buffer into;
  write_text(ends.far.get(), "abc");

  const std::size_t count = co_await ouro::read(ends.near.get(), into);

  CHECK(ouro::as_text(into).substr(0, count) == "abc");
}

OURO_TEST_CASE("read: suspends until a byte comes, and gives zero at the end", "[io][read]") {
  fd_pair ends = pipe_pair();
  buffer into;
  auto reading = ouro::create_task(outcome_of(ouro::read(ends.near.get(), into)));
  co_await test::settle();
  CHECK(!reading.done());

  write_text(ends.far.get(), "x");
  const std::string first = co_await reading;
  ends.far.reset();
  auto reading_on = ouro::create_task(outcome_of(ouro::read(ends.near.get(), into)));
  const std::string second = co_await reading_on;

  CHECK(first == "1");
  CHECK(second == "0");
}

OURO_TEST_CASE("read: reads a file at an offset or at its position", "[io][read]") {
  const ouro::unique_fd file = file_with("0123456789");
  std::array<std::byte, 4> into;

  const std::size_t at_six = co_await ouro::read(file.get(), into, 6);
  const std::string six(ouro::as_text(into).substr(0, at_six));
  const std::size_t at_end = co_await ouro::read(file.get(), into);
  ::lseek(file.get(), 1, SEEK_SET);
  const std::size_t at_one = co_await ouro::read(file.get(), into);
  const std::string one(ouro::as_text(into).substr(0, at_one));

  CHECK(six == "6789");
  CHECK(at_end == 0);
  CHECK(one == "1234");
  CHECK(::lseek(file.get(), 0, SEEK_CUR) == 5);
}

OURO_TEST_CASE("read: cancelled while it waits, it throws and takes no byte",
               "[io][read][cancel]") {
  const fd_pair ends = pipe_pair();
  buffer into;
  auto reading = ouro::create_task(outcome_of(ouro::read(ends.near.get(), into)));
  co_await test::settle();

  reading.cancel();
  const std::string outcome = co_await reading;
  write_text(ends.far.get(), "kept");
  const std::size_t count = co_await ouro::read(ends.near.get(), into);

  CHECK(outcome == "cancelled");
  CHECK(count == 4);
}

OURO_TEST_CASE("read: cancelled before it starts, it takes no byte", "[io][read][cancel]") {
  const fd_pair ends = pipe_pair();
  buffer into;
  write_text(ends.far.get(), "kept");

  auto reading = ouro::create_task(outcome_if_cancelled_before(ouro::read(ends.near.get(), into)));
  const std::string outcome = co_await reading;
  const std::size_t count = co_await ouro::read(ends.near.get(), into);

  CHECK(outcome == "cancelled");
  CHECK(count == 4);
}

OURO_TEST_CASE("read: nothing_lost: cancelled after it has completed, it gives the bytes first",
               "[io][read][cancel]") {
  const fd_pair ends = pipe_pair();
  buffer into;
  auto reading = ouro::create_task(outcome_of(ouro::read(ends.near.get(), into)));
  co_await test::settle();

  write_text(ends.far.get(), "won");
  co_await ouro::sleep(0s);  // the task is ready now, behind this one
  CHECK(pending_requests() == 0);
  reading.cancel();
  const std::string outcome = co_await reading;

  CHECK(outcome == "3, then cancelled");
}

OURO_TEST_CASE("read: names the call and the errno if it fails", "[io][read][error]") {
  buffer into;

  auto reading = ouro::create_task(outcome_of(ouro::read(-1, into)));
  const std::string outcome = co_await reading;

  CHECK(outcome == "read: " + std::to_string(EBADF));
}
