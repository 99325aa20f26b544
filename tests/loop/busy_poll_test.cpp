// SPDX-License-Identifier: BSL-1.0
// What ends a busy poll. The polls would last for an hour: what does not end them hangs its test.
#include "ouro/base/system.hpp"
#include "ouro/io/poll.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/create_task.hpp"

#include "tests/loop/interrupt_child.hpp"
#include "tests/support/catch.hpp"

#include <atomic>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace std::chrono_literals;

namespace {

constexpr ouro::event_loop_options look_for_an_hour{.busy_poll = 1h};
constexpr int rounds = 100;  // so that some find the loop looking, whichever thread is faster

/// Asks a peer for a byte, again and again.
ouro::task<int> ask(int fd) {
  int answers = 0;
  for (int i = 0; i < rounds; ++i) {
    char byte = 'x';
    static_cast<void>(!::write(fd, &byte, 1));
    co_await ouro::poll(fd, POLLIN);
    if (::read(fd, &byte, 1) == 1) ++answers;
  }
  co_return answers;
}

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
  std::thread peer([far = sockets[1].get()] {
    char byte = 0;
    for (int i = 0; i < rounds && ::read(far, &byte, 1) == 1; ++i) {
      static_cast<void>(!::write(far, &byte, 1));
    }
  });

  const int answers = loop.run_until_complete(ask(sockets[0].get()));
  peer.join();

  CHECK(answers == rounds);
}

TEST_CASE("busy poll: what another thread posts ends it", "[loop][busy_poll][threads]") {
  ouro::event_loop loop(look_for_an_hour);
  std::atomic<int> called{0};
  std::thread other([&] {
    for (int i = 0; i < rounds; ++i) {
      loop.call_soon_threadsafe([&] {
        ++called;
        called.notify_one();
      });
      called.wait(i);
    }
    loop.call_soon_threadsafe([&] { loop.stop(); });
  });

  loop.run_forever();
  other.join();

  CHECK(called == rounds);
}

TEST_CASE("busy poll: SIGINT ends it", "[loop][busy_poll][interrupt]") {
  CHECK(loop_test::sigint_stops_idle_loop(look_for_an_hour));
}
