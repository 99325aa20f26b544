// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/close.hpp"

#include "tests/io/io_fixture.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string>

using namespace io_test;

namespace {

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) != -1; }

}  // namespace

OURO_TEST_CASE("close: closes the descriptor", "[io][close]") {
  fd_pair ends = pipe_pair();
  const int fd = ends.near.get();

  co_await ouro::close(std::move(ends.near));

  CHECK(!is_open(fd));
}

OURO_TEST_CASE("close: cancelled before it starts, it throws and the descriptor is closed",
               "[io][close][cancel]") {
  fd_pair ends = pipe_pair();
  const int fd = ends.near.get();

  auto closing = ouro::create_task(outcome_if_cancelled_before(ouro::close(std::move(ends.near))));
  const std::string outcome = co_await closing;

  CHECK(outcome == "cancelled");
  CHECK(!is_open(fd));
}

OURO_TEST_CASE("close: one that has begun is not interrupted", "[io][close][cancel]") {
  fd_pair ends = pipe_pair();
  const int fd = ends.near.get();
  auto closing = ouro::create_task(outcome_of(ouro::close(std::move(ends.near))));
  std::string log;
  ouro::get_running_loop().call_soon([&] {
    log = is_open(fd) ? "open" : "closed";
    closing.cancel();
  });

  const std::string outcome = co_await closing;

  CHECK(log == "open");
  CHECK(outcome == "done, then cancelled");
  CHECK(!is_open(fd));
}

OURO_TEST_CASE("close: one that is not awaited closes all the same", "[io][close]") {
  fd_pair ends = pipe_pair();
  const int fd = ends.near.get();

  {
    const auto dropped = ouro::close(std::move(ends.near));
  }

  CHECK(!is_open(fd));
  co_return;
}

OURO_TEST_CASE("close: fails for a descriptor that is not open", "[io][close][error]") {
  fd_pair ends = pipe_pair();
  const int fd = ends.near.get();
  ends.near.reset();

  auto closing = ouro::create_task(outcome_of(ouro::close(ouro::unique_fd(fd))));
  const std::string outcome = co_await closing;

  CHECK(outcome == "close: " + std::to_string(EBADF));
}

TEST_CASE("close: a loop that is closed first closes the descriptor too", "[io][close][cancel]") {
  const std::size_t fds = test::open_fds();
  {
    fd_pair ends = pipe_pair();
    ouro::event_loop loop;
    loop.set_exception_handler([](ouro::event_loop&, const ouro::exception_context&) {});
    loop.create_task(outcome_of(ouro::close(std::move(ends.near))));
    loop.stop();
    loop.run_forever();
    loop.close();
  }
  CHECK(test::open_fds() == fds);
}
