// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/write.hpp"

#include "tests/io/io_fixture.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <sys/wait.h>

using namespace io_test;

namespace {

std::string read_text(int fd) {
  char buffer[256];
  const ::ssize_t count = ::read(fd, buffer, sizeof buffer);
  return std::string(buffer, count < 0 ? 0 : static_cast<std::size_t>(count));
}

/// Fills a pipe and leaves it blocking.
std::size_t fill_pipe(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  ::fcntl(fd, F_SETFL, flags | O_NONBLOCK);
  const std::string block(4096, 'x');
  std::size_t written = 0;
  for (::ssize_t count = 0; count >= 0; count = ::write(fd, block.data(), block.size())) {
    written += static_cast<std::size_t>(count);
  }
  ::fcntl(fd, F_SETFL, flags);
  return written;
}

void drain_pipe(int fd, std::size_t size) {
  for (char block[4096]; size > 0;) {
    const ::ssize_t count = ::read(fd, block, sizeof block);
    REQUIRE(count > 0);
    size -= static_cast<std::size_t>(count);
  }
}

ouro::unique_fd empty_file() {
  char name[] = "/tmp/ouro-write-XXXXXX";
  ouro::unique_fd file(::mkstemp(name));
  REQUIRE(file);
  ::unlink(name);
  return file;
}

}  // namespace

OURO_TEST_CASE("write: writes text and bytes to a pipe", "[io][write]") {
  const fd_pair ends = pipe_pair();
  const std::array<std::byte, 1> bytes{std::byte{'d'}};

  const std::size_t text = co_await ouro::write(ends.far.get(), "abc");
  const std::size_t binary = co_await ouro::write(ends.far.get(), bytes);

  CHECK(text == 3);
  CHECK(binary == 1);
  CHECK(read_text(ends.near.get()) == "abcd");
}

OURO_TEST_CASE("write: writes to a file at an offset or at its position", "[io][write]") {
  const ouro::unique_fd file = empty_file();

  static_cast<void>(co_await ouro::write(file.get(), "0123456789"));
  static_cast<void>(co_await ouro::write(file.get(), "abc", 2));
  static_cast<void>(co_await ouro::write(file.get(), "."));

  ::lseek(file.get(), 0, SEEK_SET);
  CHECK(read_text(file.get()) == "01abc56789.");
}

OURO_TEST_CASE("write: suspends until there is room", "[io][write]") {
  const fd_pair ends = pipe_pair();
  const std::size_t before = fill_pipe(ends.far.get());
  auto writing = ouro::create_task(outcome_of(ouro::write(ends.far.get(), "more")));
  co_await test::settle();
  CHECK(!writing.done());

  drain_pipe(ends.near.get(), before);
  const std::string outcome = co_await writing;

  CHECK(outcome == "4");
  CHECK(read_text(ends.near.get()) == "more");
}

OURO_TEST_CASE("write: cancelled while it waits, it throws and has written nothing",
               "[io][write][cancel]") {
  const fd_pair ends = pipe_pair();
  const std::size_t before = fill_pipe(ends.far.get());
  auto writing = ouro::create_task(outcome_of(ouro::write(ends.far.get(), "more")));
  co_await test::settle();

  writing.cancel();
  const std::string outcome = co_await writing;
  drain_pipe(ends.near.get(), before);
  REQUIRE(::write(ends.far.get(), "next", 4) == 4);

  CHECK(outcome == "cancelled");
  CHECK(read_text(ends.near.get()) == "next");
}

OURO_TEST_CASE("write: cancelled before it starts, it writes nothing", "[io][write][cancel]") {
  const fd_pair ends = pipe_pair();

  auto writing =
      ouro::create_task(outcome_if_cancelled_before(ouro::write(ends.far.get(), "never")));
  const std::string outcome = co_await writing;
  REQUIRE(::write(ends.far.get(), "next", 4) == 4);

  CHECK(outcome == "cancelled");
  CHECK(read_text(ends.near.get()) == "next");
}

OURO_TEST_CASE("write: nothing_lost: a file that is being written is written to the end",
               "[io][write][cancel]") {
  const ouro::unique_fd file = empty_file();
  const std::string data(32 << 20, 'x');
  auto writing = ouro::create_task(outcome_of(ouro::write(file.get(), data, 0)));
  while (::lseek(file.get(), 0, SEEK_END) == 0) co_await ouro::sleep(0s);

  writing.cancel();
  const std::string outcome = co_await writing;

  CHECK(outcome == std::to_string(data.size()) + ", then cancelled");
  CHECK(::lseek(file.get(), 0, SEEK_END) == static_cast<::off_t>(data.size()));
}

OURO_TEST_CASE("write: names the call and the errno if it fails", "[io][write][error]") {
  auto writing = ouro::create_task(outcome_of(ouro::write(-1, "x")));
  const std::string outcome = co_await writing;

  CHECK(outcome == "write: " + std::to_string(EBADF));
}

OURO_TEST_CASE("write: to a pipe without reader it fails with EPIPE and kills nobody",
               "[io][write][error]") {
  fd_pair ends = pipe_pair();
  ends.near.reset();

  auto writing = ouro::create_task(outcome_of(ouro::write(ends.far.get(), "x")));
  const std::string outcome = co_await writing;

  CHECK(outcome == "write: " + std::to_string(EPIPE));
}

OURO_TEST_CASE("write: leaves a handler of SIGPIPE where it is", "[io][write]") {
  const fd_pair ends = pipe_pair();
  std::signal(SIGPIPE, [](int) {});

  static_cast<void>(co_await ouro::write(ends.far.get(), "x"));
  const auto after = std::signal(SIGPIPE, SIG_IGN);  // for the tests that follow in this process

  CHECK(after != SIG_IGN);
  CHECK(after != SIG_DFL);
}
