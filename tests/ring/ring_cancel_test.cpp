// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/system.hpp"
#include "ouro/base/unique_fd.hpp"
#include "ouro/ring/ring.hpp"

#include "tests/ring/operations.hpp"
#include "tests/support/catch.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

using namespace ring_test;

namespace {

std::array<ouro::unique_fd, 2> stream_pair() {
  return ouro::make_socket_pair(AF_UNIX, SOCK_STREAM);
}

void send_text(int fd, const std::string& text) {
  REQUIRE(::send(fd, text.data(), text.size(), 0) == static_cast<::ssize_t>(text.size()));
}

/// What can be received without waiting.
std::string left_in(int fd) {
  char buffer[64];
  const ::ssize_t count = ::recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
  return count <= 0 ? "" : std::string(buffer, static_cast<std::size_t>(count));
}

}  // namespace

TEST_CASE("ring: a cancelled request completes once, with ECANCELED", "[ring][ring][cancel]") {
  bound_ring ring;
  auto [near, far] = stream_pair();
  recv_operation receive(near.get());
  ring.submit(receive);
  turn(ring);

  ring.cancel(receive);
  CHECK(receive.in_flight());
  CHECK(receive.results.empty());
  run_all(ring);
  turn(ring);

  CHECK(receive.ended_with(-ECANCELED));
  CHECK(ring.stale_completions() == 0);
}

TEST_CASE("ring: a request cancelled twice completes once", "[ring][ring][cancel]") {
  bound_ring ring;
  auto [near, far] = stream_pair();
  recv_operation receive(near.get());
  ring.submit(receive);
  turn(ring);

  ring.cancel(receive);
  ring.cancel(receive);
  ring.enter(ouro::duration::zero());
  ring.cancel(receive);
  run_all(ring);
  turn(ring);

  CHECK(receive.ended_with(-ECANCELED));
}

TEST_CASE("ring: cancel() does nothing to an idle operation", "[ring][ring][cancel]") {
  bound_ring ring;
  nop_operation nop;

  ring.cancel(nop);
  CHECK_FALSE(ring.must_enter());
  ring.submit(nop);
  run_all(ring);
  ring.cancel(nop);

  CHECK(nop.ended_with(0));
  CHECK_FALSE(ring.must_enter());
}

TEST_CASE("ring: an operation can be submitted again after a cancel", "[ring][ring][cancel]") {
  bound_ring ring;
  auto [near, far] = stream_pair();
  recv_operation receive(near.get());
  ring.submit(receive);
  turn(ring);
  ring.cancel(receive);
  run_all(ring);

  send_text(far.get(), "hello");
  ring.submit(receive);
  run_all(ring);

  CHECK(receive.results == std::vector{-ECANCELED, 5});
}

TEST_CASE("ring: a cancel that races with arriving bytes loses none", "[ring][ring][cancel]") {
  bound_ring ring;
  auto [near, far] = stream_pair();
  for (int round = 0; round < 100; ++round) {
    recv_operation receive(near.get());
    ring.submit(receive);
    turn(ring);

    if (round % 2 == 0) ring.cancel(receive);
    send_text(far.get(), "hello");
    if (round % 2 == 1) ring.cancel(receive);
    run_all(ring);

    REQUIRE(receive.results.size() == 1);
    const int result = receive.results[0];
    REQUIRE((result == 5 || result == -ECANCELED));
    std::string received = result == 5 ? std::string(receive.buffer, 5) : "";
    REQUIRE(received + left_in(near.get()) == "hello");
  }
}

TEST_CASE("ring: a cancel after the completion changes nothing", "[ring][ring][cancel]") {
  bound_ring ring;
  nop_operation nop;
  ring.submit(nop);
  ring.enter(ouro::duration::zero());

  ring.cancel(nop);
  run_all(ring);
  turn(ring);

  CHECK(nop.ended_with(0));
}

TEST_CASE("ring: a request that waits for room is cancelled without the kernel",
          "[ring][ring][cancel]") {
  ouro::ring ring({.entries = 8});
  std::vector<nop_operation> nops(20);
  for (nop_operation& nop : nops) ring.submit(nop);

  ring.cancel(nops[15]);
  CHECK(nops[15].in_flight());
  CHECK(nops[15].results.empty());
  CHECK(ring.has_completions());
  CHECK(ring.dispatch() == 1);
  CHECK(nops[15].ended_with(-ECANCELED));

  ring.bind();
  run_all(ring);
  for (std::size_t i = 0; i < nops.size(); ++i) CHECK(nops[i].ended_with(i == 15 ? -ECANCELED : 0));
}

TEST_CASE("ring: those cancelled while they are told wait for the next dispatch()",
          "[ring][ring][cancel]") {
  ouro::ring ring({.entries = 8});
  std::vector<nop_operation> nops(20);
  for (nop_operation& nop : nops) ring.submit(nop);
  nops[10].then = [&] { ring.cancel(nops[11]); };
  ring.cancel(nops[10]);
  ring.cancel(nops[12]);
  ring.cancel(nops[13]);

  CHECK(ring.dispatch(2) == 2);
  CHECK(nops[12].results.size() == 1);
  CHECK(nops[11].results.empty());
  CHECK(nops[13].results.empty());
  CHECK(ring.dispatch(1) == 1);
  CHECK(nops[13].ended_with(-ECANCELED));
  CHECK(ring.dispatch() == 1);
  CHECK(nops[11].ended_with(-ECANCELED));
  ring.drain();
}

TEST_CASE("ring: the kernel never sees a request cancelled before it was submitted",
          "[ring][ring][cancel]") {
  bound_ring ring;
  auto [near, far] = stream_pair();
  send_text(far.get(), "hello");
  recv_operation receive(near.get());

  ring.submit(receive);
  ring.cancel(receive);
  CHECK(receive.results.empty());
  run_all(ring);

  CHECK(receive.ended_with(-ECANCELED));
  CHECK(left_in(near.get()) == "hello");
}

TEST_CASE("ring: a cancelled request does not reach the next owner of its descriptor number",
          "[ring][ring][cancel]") {
  bound_ring ring;
  auto [near, far] = stream_pair();
  auto [other_near, other_far] = stream_pair();
  send_text(other_far.get(), "not yours");
  recv_operation receive(near.get());

  ring.submit(receive);
  ring.cancel(receive);
  REQUIRE(::dup3(other_near.get(), near.get(), O_CLOEXEC) == near.get());
  run_all(ring);

  CHECK(receive.ended_with(-ECANCELED));
  CHECK(left_in(other_near.get()) == "not yours");
}

TEST_CASE("ring: an unsubmitted cancel is taken back when its target ends",
          "[ring][ring][cancel]") {
  bound_ring ring;
  auto [near, far] = stream_pair();
  nop_operation first;
  nop_operation target;
  recv_operation next(near.get());
  first.then = [&] { ring.cancel(target); };
  target.then = [&] { ring.submit(next); };  // takes the slot of the target
  ring.submit(first);
  ring.submit(target);

  ring.enter(ouro::duration::zero());
  CHECK(ring.dispatch() == 2);
  ring.enter(ouro::duration::zero());
  const unsigned completions_of_the_cancel = ring.dispatch();

  CHECK(target.ended_with(0));
  CHECK(next.in_flight());
  CHECK(completions_of_the_cancel == (ring.features().cqe_skip ? 0 : 1));
  ring.drain();
  CHECK(next.ended_with(-ECANCELED));
}

TEST_CASE("ring: on_complete() may cancel another operation", "[ring][ring][cancel]") {
  bound_ring ring;
  auto [near, far] = stream_pair();
  nop_operation nop;
  recv_operation receive(near.get());
  nop.then = [&] { ring.cancel(receive); };
  ring.submit(receive);
  turn(ring);

  ring.submit(nop);
  run_all(ring);

  CHECK(receive.ended_with(-ECANCELED));
}

TEST_CASE("ring: cancel_all() reaches more requests than the queue has entries",
          "[ring][ring][cancel]") {
  bound_ring ring({.entries = 8, .cq_entries = 8});
  auto [near, far] = stream_pair();
  std::vector<std::unique_ptr<recv_operation>> receives;
  for (int i = 0; i < 100; ++i) {
    receives.push_back(std::make_unique<recv_operation>(near.get()));
    ring.submit(*receives.back());
  }
  turn(ring);

  ring.cancel_all();
  run_all(ring);

  for (auto& receive : receives) CHECK(receive->ended_with(-ECANCELED));
}
