// SPDX-License-Identifier: BSL-1.0
#include "ouro/ring/ring.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/base/system.hpp"

#include "tests/ring/operations.hpp"
#include "tests/support/catch.hpp"

#include <cerrno>
#include <memory>
#include <poll.h>
#include <sys/socket.h>
#include <vector>

using namespace ring_test;

namespace {

/// A ring of 8 entries that has `count` NOPs in flight, each of which appends its number to
/// `order`.
struct many_nops {
  explicit many_nops(ouro::ring& ring, int count) : operations(static_cast<std::size_t>(count)) {
    for (int i = 0; i < count; ++i) {
      nop_operation& nop = operations[static_cast<std::size_t>(i)];
      nop.then = [this, i] { order.push_back(i); };
      expected.push_back(i);
      ring.submit(nop);
    }
  }

  std::vector<nop_operation> operations;
  std::vector<int> order;
  std::vector<int> expected;
};

}  // namespace

TEST_CASE("ring: a request comes back once with the kernel's result", "[ring][ring]") {
  bound_ring ring;
  nop_operation nop;

  ring.submit(nop);
  CHECK(nop.in_flight());
  CHECK(ring.in_flight() == 1);
  run_all(ring);

  CHECK(nop.ended_with(0));
  CHECK_FALSE(nop.in_flight());
  CHECK(ring.stale_completions() == 0);
}

TEST_CASE("ring: a request may be submitted before the ring is bound", "[ring][ring]") {
  ouro::ring ring;
  nop_operation nop;

  ring.submit(nop);
  CHECK(ring.must_enter());
  ring.bind();
  run_all(ring);

  CHECK(nop.ended_with(0));
}

TEST_CASE("ring: enter() before bind() is misuse", "[ring][ring][error]") {
  ouro::ring ring;

  CHECK_THROWS_AS(ring.enter(ouro::duration::zero()), ouro::usage_error);
}

TEST_CASE("ring: more requests than entries complete, all and in order", "[ring][ring]") {
  bound_ring ring({.entries = 8});
  REQUIRE(ring.entries() == 8);
  many_nops nops(ring, 64);

  run_all(ring);

  CHECK(nops.order == nops.expected);
}

TEST_CASE("ring: more requests than entries may wait for bind()", "[ring][ring]") {
  ouro::ring ring({.entries = 8});
  many_nops nops(ring, 64);

  ring.bind();
  run_all(ring);

  CHECK(nops.order == nops.expected);
}

TEST_CASE("ring: an overflowing completion queue loses and reorders nothing", "[ring][ring]") {
  bound_ring ring({.entries = 8, .cq_entries = 8});
  many_nops nops(ring, 64);

  ring.enter(ouro::duration::zero());
  CHECK(ring.must_enter());
  run_all(ring);

  CHECK(nops.order == nops.expected);
  CHECK_FALSE(ring.must_enter());
}

TEST_CASE("ring: dispatch() hands out no more than asked", "[ring][ring]") {
  bound_ring ring;
  many_nops nops(ring, 5);
  ring.enter(ouro::duration::zero());

  CHECK(ring.dispatch(2) == 2);
  CHECK(nops.order == std::vector{0, 1});
  CHECK(ring.has_completions());
  CHECK(ring.dispatch() == 3);
  CHECK(nops.order == nops.expected);
  CHECK_FALSE(ring.has_completions());
}

TEST_CASE("ring: on_complete() may submit the operation anew", "[ring][ring]") {
  bound_ring ring({.entries = 8});
  nop_operation nop;
  nop.then = [&] {
    if (nop.results.size() < 100) ring.submit(nop);
  };

  ring.submit(nop);
  run_all(ring);

  CHECK(nop.results.size() == 100);
}

TEST_CASE("ring: on_complete() may submit more than the queue holds", "[ring][ring]") {
  bound_ring ring({.entries = 8, .cq_entries = 8});
  std::unique_ptr<many_nops> more;
  nop_operation first;
  first.then = [&] { more = std::make_unique<many_nops>(ring, 100); };

  ring.submit(first);
  run_all(ring);

  REQUIRE(more);
  CHECK(more->order == more->expected);
}

TEST_CASE("ring: on_complete() may destroy the operation", "[ring][ring]") {
  class self_deleting final : public ouro::operation {
   public:
    explicit self_deleting(bool& deleted) : deleted_(deleted) {}

   private:
    void prepare(io_uring_sqe& sqe) noexcept override { io_uring_prep_nop(&sqe); }
    void on_complete(int, unsigned) noexcept override {
      deleted_ = true;
      delete this;
    }

    bool& deleted_;
  };
  bound_ring ring;
  bool deleted = false;

  ring.submit(*new self_deleting(deleted));
  run_all(ring);

  CHECK(deleted);
}

TEST_CASE("ring: a multishot request stays in flight while more is to come", "[ring][ring]") {
  bound_ring ring;
  auto [near, far] = ouro::make_socket_pair(AF_UNIX, SOCK_STREAM);
  poll_operation poll(near.get(), POLLIN, true);
  ring.submit(poll);
  turn(ring);

  REQUIRE(::send(far.get(), "x", 1, 0) == 1);
  run_until(ring, [&] { return !poll.results.empty(); });
  CHECK(poll.in_flight());
  ring.cancel(poll);
  run_all(ring);

  CHECK(poll.results == std::vector{POLLIN, -ECANCELED});
}

TEST_CASE("ring: a completion of nobody is counted and dropped", "[ring][ring]") {
  bound_ring ring;
  bound_ring other;
  message_operation message(ring.fd(), std::uint64_t{77} << 32);
  other.submit(message);
  run_all(other);
  REQUIRE(message.ended_with(0));

  run_until(ring, [&] { return ring.stale_completions() != 0; });

  CHECK(ring.stale_completions() == 1);
}

TEST_CASE("ring: a completion of a slot's former owner does not reach the present one",
          "[ring][ring]") {
  bound_ring ring;
  bound_ring other;
  auto [near, far] = ouro::make_socket_pair(AF_UNIX, SOCK_STREAM);
  nop_operation former;
  recv_operation present(near.get());
  ring.submit(former);
  run_all(ring);
  ring.submit(present);  // takes the slot that became free, in its second generation
  turn(ring);

  message_operation message(ring.fd(), std::uint64_t{1} << 32);
  other.submit(message);
  run_all(other);
  run_until(ring, [&] { return ring.stale_completions() != 0; });

  CHECK(former.results.size() == 1);
  CHECK(present.results.empty());
  CHECK(present.in_flight());
  ring.drain();
}

TEST_CASE("ring: drain() cancels everything and waits for it", "[ring][ring][cancel]") {
  bound_ring ring({.entries = 8});
  auto [near, far] = ouro::make_socket_pair(AF_UNIX, SOCK_STREAM);
  std::vector<std::unique_ptr<recv_operation>> receives;
  for (int i = 0; i < 100; ++i) {
    receives.push_back(std::make_unique<recv_operation>(near.get()));
    ring.submit(*receives.back());
    if (i == 50) turn(ring);
  }

  ring.drain();

  CHECK(ring.in_flight() == 0);
  for (auto& receive : receives) CHECK(receive->ended_with(-ECANCELED));
}

TEST_CASE("ring: what is submitted while it drains is cancelled too", "[ring][ring][cancel]") {
  bound_ring ring;
  auto [near, far] = ouro::make_socket_pair(AF_UNIX, SOCK_STREAM);
  recv_operation first(near.get());
  recv_operation second(near.get());
  first.then = [&] { ring.submit(second); };
  ring.submit(first);
  turn(ring);

  ring.drain();

  CHECK(first.ended_with(-ECANCELED));
  CHECK(second.ended_with(-ECANCELED));
}

TEST_CASE("ring: it can be used after drain()", "[ring][ring]") {
  bound_ring ring;
  nop_operation nop;

  ring.drain();
  ring.submit(nop);
  run_all(ring);

  CHECK(nop.ended_with(0));
}

TEST_CASE("ring: its destructor ends what is in flight", "[ring][ring][cancel]") {
  auto [near, far] = ouro::make_socket_pair(AF_UNIX, SOCK_STREAM);
  recv_operation in_kernel(near.get());
  recv_operation unsubmitted(near.get());

  {
    bound_ring ring;
    ring.submit(in_kernel);
    turn(ring);
    ring.submit(unsubmitted);
  }

  CHECK(in_kernel.ended_with(-ECANCELED));
  CHECK(unsubmitted.ended_with(-ECANCELED));
}

TEST_CASE("ring: the destructor of a ring never bound ends what was submitted", "[ring][ring]") {
  std::vector<nop_operation> nops(20);

  {
    ouro::ring ring({.entries = 8});
    for (nop_operation& nop : nops) ring.submit(nop);
  }

  for (nop_operation& nop : nops) CHECK(nop.ended_with(-ECANCELED));
}
