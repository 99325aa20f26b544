// SPDX-License-Identifier: BSL-1.0
//
// What io_uring_enter(2) may answer, played by a stand-in in a forked child.
#include "ouro/base/errors.hpp"
#include "ouro/base/system.hpp"
#include "ouro/base/unique_fd.hpp"
#include "ouro/ring/ring.hpp"

#include "tests/ring/child_process.hpp"
#include "tests/ring/operations.hpp"
#include "tests/support/catch.hpp"

#include <cerrno>
#include <chrono>
#include <limits>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <system_error>
#include <vector>

using namespace ring_test;

namespace {

long next_error = 0;   // what the stand-in answers; 0: the truth
long errors_left = 0;  // after so many it answers the truth
long refusals = 0;
long asked_seconds = -1;  // of the last wait with a limit

long answer_or_refuse(const arguments& given) {
  if (next_error == 0 || errors_left == 0) return really(__NR_io_uring_enter, given);
  --errors_left;
  ++refusals;
  if ((given[3] & IORING_ENTER_EXT_ARG) != 0) {
    const auto& argument = *reinterpret_cast<const io_uring_getevents_arg*>(given[4]);
    asked_seconds = reinterpret_cast<const __kernel_timespec*>(argument.ts)->tv_sec;
  }
  return -next_error;
}

/// Takes one request at a time, and does not wait if that is not all of them, as the kernel does
/// when a submission ends early.
long submit_short(const arguments& given) {
  if (given[1] <= 1) return really(__NR_io_uring_enter, given);
  const arguments shorter = {given[0], 1, 0, given[3], given[4]};
  return really(__NR_io_uring_enter, shorter);
}

/// In a child whose enter() fails with `error`: 0 if `body` returns 0.
template <class Body>
int in_child_that_is_told(long error, Body body) {
  return in_child([&] {
    bound_ring ring({.entries = 8});
    if (!answer_system_call(__NR_io_uring_enter, answer_or_refuse)) return 50;
    next_error = error;
    errors_left = std::numeric_limits<long>::max();
    const int code = body(ring);
    next_error = 0;
    return code;
  });
}

}  // namespace

TEST_CASE("ring: a short submission goes on where it ended", "[ring][ring]") {
  const int code = in_child([] {
    bound_ring ring({.entries = 8});
    if (!answer_system_call(__NR_io_uring_enter, submit_short)) return 50;
    std::vector<nop_operation> nops(20);
    for (nop_operation& nop : nops) ring.submit(nop);
    ring.enter(ouro::duration::zero());
    if (ring.must_enter()) return 1;
    run_all(ring);
    for (nop_operation& nop : nops) {
      if (!nop.ended_with(0)) return 2;
    }
    return 0;
  });

  CHECK(code == 0);
}

TEST_CASE("ring: enter() returns when the kernel asks to come again", "[ring][ring]") {
  const long error = GENERATE(EINTR, EBUSY, EAGAIN, ETIME);

  const int code = in_child_that_is_told(error, [](ouro::ring& ring) {
    std::vector<nop_operation> nops(20);
    for (nop_operation& nop : nops) ring.submit(nop);
    ring.enter(std::nullopt);
    ring.enter(std::nullopt);
    if (refusals < 2 || ring.dispatch() != 0 || !ring.must_enter()) return 1;
    next_error = 0;
    run_all(ring);
    for (nop_operation& nop : nops) {
      if (!nop.ended_with(0)) return 2;
    }
    return 0;
  });

  CHECK(code == 0);
}

TEST_CASE("ring: requests beyond the queue cost no call each while the kernel is busy",
          "[ring][ring]") {
  const int code = in_child_that_is_told(EBUSY, [](ouro::ring& ring) {
    std::vector<nop_operation> nops(1000);
    for (nop_operation& nop : nops) ring.submit(nop);
    if (refusals > 1) return 1;
    next_error = 0;
    run_all(ring);
    return 0;
  });

  CHECK(code == 0);
}

TEST_CASE("ring: a cancel that finds no room is made later", "[ring][ring][cancel]") {
  const int code = in_child_that_is_told(0, [](ouro::ring& ring) {
    const auto sockets = ouro::make_socket_pair(AF_UNIX, SOCK_STREAM);
    recv_operation receive(sockets[0].get());
    ring.submit(receive);
    turn(ring);
    next_error = EAGAIN;
    std::vector<nop_operation> nops(20);
    for (nop_operation& nop : nops) ring.submit(nop);
    ring.cancel(receive);
    ring.enter(std::nullopt);
    if (!receive.in_flight() || !ring.must_enter()) return 1;
    next_error = 0;
    run_all(ring);
    return receive.ended_with(-ECANCELED) ? 0 : 2;
  });

  CHECK(code == 0);
}

TEST_CASE("ring: a cancel that found no room is forgotten when its target ends",
          "[ring][ring][cancel]") {
  const int code = in_child_that_is_told(0, [](ouro::ring& ring) {
    auto target = std::make_unique<nop_operation>();
    ring.submit(*target);
    ring.enter(ouro::duration::zero());
    next_error = EAGAIN;
    std::vector<nop_operation> nops(8);
    for (nop_operation& nop : nops) ring.submit(nop);
    ring.cancel(*target);
    if (ring.dispatch() != 1 || !target->ended_with(0)) return 1;
    target.reset();
    next_error = 0;
    run_all(ring);
    return ring.must_enter() ? 2 : 0;
  });

  CHECK(code == 0);
}

TEST_CASE("ring: enter() does not wait while requests are left that found no room",
          "[ring][ring]") {
  const int code = in_child_that_is_told(EAGAIN, [](ouro::ring& ring) {
    const auto sockets = ouro::make_socket_pair(AF_UNIX, SOCK_STREAM);
    std::vector<std::unique_ptr<recv_operation>> quiet;
    for (int i = 0; i < 8; ++i) {
      quiet.push_back(std::make_unique<recv_operation>(sockets[0].get()));
      ring.submit(*quiet.back());
    }
    nop_operation nop;
    ring.submit(nop);  // the first refusal
    errors_left = 1;
    ring.enter(std::nullopt);  // the second, then the truth
    if (errors_left != 0 || !ring.must_enter()) return 1;
    run_until(ring, [&] { return nop.ended_with(0); });
    ring.drain();
    return 0;
  });

  CHECK(code == 0);
}

TEST_CASE("ring: enter() never asks for more than 24 hours", "[ring][ring]") {
  const int code = in_child_that_is_told(ETIME, [](ouro::ring& ring) {
    ring.enter(std::chrono::hours(1));
    if (asked_seconds != 3600) return 1;
    ring.enter(ouro::duration::max());
    return asked_seconds == 24 * 3600 ? 0 : 2;
  });

  CHECK(code == 0);
}

TEST_CASE("ring: a lost completion is fatal", "[ring][ring][error]") {
  const int code = in_child_that_is_told(EBADR, [](ouro::ring& ring) {
    try {
      ring.enter(std::nullopt);
    } catch (const std::system_error& error) {
      const bool named = std::string(error.what()).find("completion lost") != std::string::npos;
      return error.code().value() == EBADR && named ? 0 : 1;
    }
    return 2;
  });

  CHECK(code == 0);
}

TEST_CASE("ring: the kernel's refusal of a thread is misuse", "[ring][ring][error]") {
  const int code = in_child_that_is_told(EEXIST, [](ouro::ring& ring) {
    try {
      ring.enter(std::nullopt);
    } catch (const ouro::usage_error&) {
      return 0;
    }
    return 1;
  });

  CHECK(code == 0);
}

TEST_CASE("ring: other errors of enter() are passed on", "[ring][ring][error]") {
  const int code = in_child_that_is_told(ENXIO, [](ouro::ring& ring) {
    try {
      ring.enter(std::nullopt);
    } catch (const std::system_error& error) {
      return error.code().value() == ENXIO ? 0 : 1;
    }
    return 2;
  });

  CHECK(code == 0);
}
