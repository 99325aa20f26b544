// SPDX-License-Identifier: BSL-1.0
// What ends a busy poll. The polls would last for an hour: what does not end them hangs its test.
#include "ouro/base/system.hpp"
#include "ouro/io/poll.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/loop/interrupt.hpp"
#include "ouro/task/create_task.hpp"

#include "tests/support/catch.hpp"

#include <csignal>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace std::chrono_literals;

namespace {

constexpr ouro::event_loop_options look_for_an_hour{.busy_poll = 1h};

ouro::task<unsigned> readiness_of(int fd) { co_return co_await ouro::poll(fd, POLLIN); }

}  // namespace

TEST_CASE("busy poll: a timer ends it when it is due", "[loop][busy_poll]") {
  ouro::event_loop loop(look_for_an_hour);
  const ouro::time_point begin = loop.time();
  loop.call_later(1ms, [&] { loop.stop(); });

  loop.run_forever();

  CHECK(loop.time() >= begin + 1ms);
}

TEST_CASE("busy poll: a completion ends it", "[loop][busy_poll][threads]") {
  ouro::event_loop loop(look_for_an_hour);
  auto sockets = ouro::make_socket_pair(AF_UNIX, SOCK_STREAM);
  std::thread peer;
  loop.call_soon([&] {
    peer = std::thread([&] {
      std::this_thread::sleep_for(2ms);  // the loop looks meanwhile, or a little later
      static_cast<void>(!::write(sockets[1].get(), "x", 1));
    });
  });

  const auto ready = loop.run_until_complete(readiness_of(sockets[0].get()));
  peer.join();

  CHECK((ready & static_cast<unsigned>(POLLIN)) != 0);
}

TEST_CASE("busy poll: what another thread posts ends it", "[loop][busy_poll][threads]") {
  ouro::event_loop loop(look_for_an_hour);
  std::thread other;
  bool called = false;
  loop.call_soon([&] {
    other = std::thread([&] {
      std::this_thread::sleep_for(2ms);
      loop.call_soon_threadsafe([&] {
        called = true;
        loop.stop();
      });
    });
  });

  loop.run_forever();
  other.join();

  CHECK(called);
}

TEST_CASE("busy poll: SIGINT ends it", "[loop][busy_poll][interrupt]") {
  auto sockets = ouro::make_socket_pair(AF_UNIX, SOCK_STREAM);
  const ::pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGINT, SIG_DFL);
    ouro::event_loop loop(look_for_an_hour);
    int code = 1;
    const ouro::interrupt_guard guard(loop, [&] {
      code = 0;
      loop.stop();
    });
    loop.call_soon([&] { static_cast<void>(!::write(sockets[1].get(), "r", 1)); });
    loop.run_forever();
    ::_exit(code);
  }
  char ready = 0;
  REQUIRE(::read(sockets[0].get(), &ready, 1) == 1);
  ::kill(child, SIGINT);
  int status = -1;
  ::waitpid(child, &status, 0);

  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
