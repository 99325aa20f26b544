// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/splice.hpp"

#include "ouro/io/socket.hpp"

#include "tests/io/io_fixture.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string>

using namespace io_test;

namespace {

struct pipe_ends {
  ouro::unique_fd read;
  ouro::unique_fd write;
};

pipe_ends new_pipe() {
  auto ends = ouro::make_pipe();
  return {std::move(ends[0]), std::move(ends[1])};
}

void write_text(int fd, const std::string& text) {
  REQUIRE(::write(fd, text.data(), text.size()) == static_cast<::ssize_t>(text.size()));
}

std::string read_text(int fd) {
  char buffer[64];
  const ::ssize_t size = ::read(fd, buffer, sizeof buffer);
  return size < 0 ? "none" : std::string(buffer, static_cast<std::size_t>(size));
}

/// Moves everything from one socket to the other.
ouro::task<std::size_t> relay(int from, int to) {
  const pipe_ends pipe = new_pipe();
  std::size_t total = 0;
  while (std::size_t left = co_await ouro::splice(from, pipe.write.get(), 65536)) {
    total += left;
    while (left != 0) left -= co_await ouro::splice(pipe.read.get(), to, left);
  }
  co_return total;
}

}  // namespace

OURO_TEST_CASE("splice: moves what is there from a socket to a pipe", "[io][splice]") {
  const fd_pair ends = stream_pair();
  const pipe_ends pipe = new_pipe();
  send_text(ends.far.get(), "bytes");

  const std::size_t moved = co_await ouro::splice(ends.near.get(), pipe.write.get(), 100);

  CHECK(moved == 5);
  CHECK(read_text(pipe.read.get()) == "bytes");
}

OURO_TEST_CASE("splice: moves no more than it is told", "[io][splice]") {
  const fd_pair ends = stream_pair();
  const pipe_ends pipe = new_pipe();
  write_text(pipe.write.get(), "abcdef");

  const std::size_t moved = co_await ouro::splice(pipe.read.get(), ends.near.get(), 4);

  CHECK(moved == 4);
  CHECK(left_in(ends.far.get()) == "abcd");
}

OURO_TEST_CASE("splice: relays one socket to another through a pipe, to the end", "[io][splice]") {
  auto source = ouro::socket_pair();
  auto sink = ouro::socket_pair();
  const std::string data(300000, 'x');
  auto relaying = ouro::create_task(relay(source[1].fd(), sink[0].fd()));
  auto sending = ouro::create_task(source[0].sendall(data));

  std::string received;
  std::array<std::byte, 65536> into;
  while (received.size() < data.size()) {
    const std::size_t count = co_await sink[1].recv(into);
    received += ouro::as_text(into).substr(0, count);
  }
  co_await sending;
  source[0].shutdown(ouro::shutdown_how::send);
  const std::size_t relayed = co_await relaying;

  CHECK(relayed == data.size());
  CHECK(received == data);
}

OURO_TEST_CASE("splice: reads a file where it is told", "[io][splice]") {
  char name[] = "/tmp/ouro-splice-XXXXXX";
  const ouro::unique_fd file(::mkstemp(name));
  ::unlink(name);
  write_text(file.get(), "0123456789");
  const pipe_ends pipe = new_pipe();

  const std::size_t moved =
      co_await ouro::splice(file.get(), pipe.write.get(), 3, {.from_offset = 4});

  CHECK(moved == 3);
  CHECK(read_text(pipe.read.get()) == "456");
}

OURO_TEST_CASE("splice: suspends until there is something, and gives zero at the end",
               "[io][splice]") {
  fd_pair ends = stream_pair();
  const pipe_ends pipe = new_pipe();
  auto first = ouro::create_task(outcome_of(ouro::splice(ends.near.get(), pipe.write.get(), 9)));
  co_await test::settle();
  CHECK(!first.done());

  send_text(ends.far.get(), "late");
  const std::string moved = co_await first;
  ends.far.reset();
  auto second = ouro::create_task(outcome_of(ouro::splice(ends.near.get(), pipe.write.get(), 9)));
  const std::string end = co_await second;

  CHECK(moved == "4");
  CHECK(end == "0");
}

OURO_TEST_CASE("splice: cancelled while it waits, it moves nothing", "[io][splice][cancel]") {
  const fd_pair ends = stream_pair();
  const pipe_ends pipe = new_pipe();
  auto moving = ouro::create_task(outcome_of(ouro::splice(ends.near.get(), pipe.write.get(), 9)));
  co_await test::settle();

  moving.cancel();
  const std::string outcome = co_await moving;
  send_text(ends.far.get(), "later");

  CHECK(outcome == "cancelled");
  CHECK(left_in(ends.near.get()) == "later");
}

OURO_TEST_CASE("splice: cancelled before it starts, it moves nothing", "[io][splice][cancel]") {
  const fd_pair ends = stream_pair();
  const pipe_ends pipe = new_pipe();
  send_text(ends.far.get(), "kept");

  auto moving = ouro::create_task(
      outcome_if_cancelled_before(ouro::splice(ends.near.get(), pipe.write.get(), 9)));
  const std::string outcome = co_await moving;

  CHECK(outcome == "cancelled");
  CHECK(left_in(ends.near.get()) == "kept");
}

OURO_TEST_CASE("splice: nothing_lost: bytes that race with the cancel are moved or stay",
               "[io][splice][cancel]") {
  for (int round = 0; round < 50; ++round) {
    const fd_pair ends = stream_pair();
    const pipe_ends pipe = new_pipe();
    ::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK);
    auto moving = ouro::create_task(outcome_of(ouro::splice(ends.near.get(), pipe.write.get(), 9)));
    co_await test::run_turns(1 + round % 4);

    send_text(ends.far.get(), "abc");
    co_await test::run_turns(round % 3);
    moving.cancel();
    const std::string outcome = co_await moving;

    const bool moved = outcome.starts_with("3");
    CHECK(read_text(pipe.read.get()) == (moved ? "abc" : "none"));
    CHECK(left_in(ends.near.get()) == (moved ? "" : "abc"));
  }
}

OURO_TEST_CASE("splice: fails as the man page says", "[io][splice][error]") {
  const fd_pair ends = stream_pair();
  pipe_ends pipe = new_pipe();
  write_text(pipe.write.get(), "x");

  auto no_pipe = ouro::create_task(outcome_of(ouro::splice(ends.near.get(), ends.far.get(), 9)));
  const std::string first = co_await no_pipe;
  auto not_open = ouro::create_task(outcome_of(ouro::splice(-1, pipe.write.get(), 9)));
  const std::string second = co_await not_open;
  const pipe_ends unread = new_pipe();
  auto broken = ouro::create_task(outcome_of(ouro::splice(pipe.read.get(), -1, 9)));
  const std::string third = co_await broken;

  CHECK(first == "splice: " + std::to_string(EINVAL));
  CHECK(second == "splice: " + std::to_string(EBADF));
  CHECK(third == "splice: " + std::to_string(EBADF));
}

OURO_TEST_CASE("splice: fails with EPIPE, and without SIGPIPE, when nobody reads",
               "[io][splice][error]") {
  const fd_pair ends = stream_pair();
  pipe_ends pipe = new_pipe();
  pipe.read.reset();
  send_text(ends.far.get(), "x");

  auto moving = ouro::create_task(outcome_of(ouro::splice(ends.near.get(), pipe.write.get(), 9)));
  const std::string outcome = co_await moving;

  CHECK(outcome == "splice: " + std::to_string(EPIPE));
}

OURO_TEST_CASE("splice: nonblock gives EAGAIN when the pipe is empty", "[io][splice][error]") {
  const fd_pair ends = stream_pair();
  const pipe_ends pipe = new_pipe();

  auto moving = ouro::create_task(
      outcome_of(ouro::splice(pipe.read.get(), ends.near.get(), 9,
                              {.flags = ouro::splice_flags::nonblock | ouro::splice_flags::more})));
  const std::string outcome = co_await moving;

  CHECK(outcome == "splice: " + std::to_string(EAGAIN));
}
