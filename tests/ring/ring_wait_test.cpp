// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/system.hpp"
#include "ouro/base/unique_fd.hpp"
#include "ouro/ring/ring.hpp"

#include "tests/ring/operations.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <memory>
#include <sys/socket.h>
#include <sys/time.h>
#include <vector>

using namespace ring_test;
using namespace std::chrono_literals;

namespace {

volatile std::sig_atomic_t alarms = 0;

/// Sends SIGALRM every millisecond, to a handler that leaves system calls interrupted.
class alarm_clock {
 public:
  alarm_clock() {
    struct sigaction action{};
    action.sa_handler = [](int) { alarms = alarms + 1; };
    ::sigaction(SIGALRM, &action, &old_action_);
    set_period(1000);
  }
  ~alarm_clock() {
    set_period(0);
    ::sigaction(SIGALRM, &old_action_, nullptr);
  }

 private:
  static void set_period(::suseconds_t microseconds) {
    const itimerval period{{0, microseconds}, {0, microseconds}};
    ::setitimer(ITIMER_REAL, &period, nullptr);
  }

  struct sigaction old_action_{};
};

/// A ring with a recv() in the kernel to which nothing comes.
struct quiet_ring {
  quiet_ring() {
    ring.submit(receive);
    turn(ring);
  }
  ~quiet_ring() { ring.drain(); }

  bound_ring ring;
  std::array<ouro::unique_fd, 2> sockets = ouro::make_socket_pair(AF_UNIX, SOCK_STREAM);
  recv_operation receive{sockets[0].get()};
};

}  // namespace

TEST_CASE("ring: enter() with zero or less does not wait", "[ring][ring]") {
  quiet_ring quiet;

  quiet.ring.enter(ouro::duration::zero());
  quiet.ring.enter(-1s);
  quiet.ring.enter(ouro::duration::min());

  CHECK(quiet.receive.in_flight());
  CHECK_FALSE(quiet.ring.has_completions());
}

TEST_CASE("ring: enter() waits as long as it was told, not less", "[ring][ring]") {
  quiet_ring quiet;
  const auto begin = std::chrono::steady_clock::now();

  quiet.ring.enter(2ms);

  CHECK(std::chrono::steady_clock::now() - begin >= 2ms);
  CHECK_FALSE(quiet.ring.has_completions());
}

TEST_CASE("ring: enter() returns as soon as something completes", "[ring][ring]") {
  const ouro::optional_duration wait =
      GENERATE(ouro::optional_duration(), ouro::optional_duration(1h),
               ouro::optional_duration(ouro::duration::max()));
  bound_ring ring;
  nop_operation nop;
  ring.submit(nop);

  ring.enter(wait);

  CHECK(ring.dispatch() == 1);
  CHECK(nop.ended_with(0));
}

TEST_CASE("ring: enter() does not wait when there are completions already", "[ring][ring]") {
  quiet_ring quiet;
  nop_operation nop;
  quiet.ring.submit(nop);
  quiet.ring.enter(ouro::duration::zero());
  REQUIRE(quiet.ring.has_completions());

  quiet.ring.enter(std::nullopt);

  CHECK(quiet.ring.dispatch() == 1);
}

TEST_CASE("ring: enter() does not wait when a request was refused", "[ring][ring][cancel]") {
  ouro::ring ring({.entries = 8});
  auto [near, far] = ouro::make_socket_pair(AF_UNIX, SOCK_STREAM);
  std::vector<std::unique_ptr<recv_operation>> receives;
  for (int i = 0; i < 9; ++i) {
    receives.push_back(std::make_unique<recv_operation>(near.get()));
    ring.submit(*receives.back());
  }
  ring.cancel(*receives.back());
  ring.bind();

  ring.enter(std::nullopt);

  CHECK(ring.dispatch() == 1);
  ring.drain();
}

TEST_CASE("ring: a signal ends the wait and changes nothing", "[ring][ring]") {
  quiet_ring quiet;
  alarms = 0;

  {
    const alarm_clock clock;
    quiet.ring.enter(std::nullopt);
  }

  CHECK(alarms > 0);
  CHECK(quiet.receive.in_flight());
  REQUIRE(::send(quiet.sockets[1].get(), "hello", 5, 0) == 5);
  run_all(quiet.ring);
  CHECK(quiet.receive.ended_with(5));
}

TEST_CASE("ring: signals during submission lose no request", "[ring][ring]") {
  bound_ring ring({.entries = 8});
  nop_operation nop;
  nop.then = [&] {
    if (nop.results.size() < 2000 || alarms < 5) ring.submit(nop);
  };
  alarms = 0;

  {
    const alarm_clock clock;
    ring.submit(nop);
    run_all(ring);
  }

  CHECK(nop.results.size() >= 2000);
  CHECK(ring.stale_completions() == 0);
}

TEST_CASE("ring: must_enter() is false while there is nothing to do", "[ring][ring]") {
  quiet_ring quiet;

  CHECK_FALSE(quiet.ring.must_enter());
}

TEST_CASE("ring: must_enter() tells that the kernel has completions to make", "[ring][ring]") {
  quiet_ring quiet;
  if (!quiet.ring.features().taskrun_flag) return;  // such a kernel needs no telling

  REQUIRE(::send(quiet.sockets[1].get(), "hello", 5, 0) == 5);

  CHECK((quiet.ring.must_enter() || quiet.ring.has_completions()));
  run_all(quiet.ring);
  CHECK(quiet.receive.ended_with(5));
}
