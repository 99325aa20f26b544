// SPDX-License-Identifier: BSL-1.0
#include "ouro/ring/operation.hpp"

#include "ouro/ring/ring.hpp"

#include "tests/ring/child_process.hpp"
#include "tests/ring/operations.hpp"
#include "tests/support/catch.hpp"

#include <csignal>
#include <type_traits>
#include <utility>

using namespace ring_test;

static_assert(std::is_nothrow_move_constructible_v<nop_operation>);
static_assert(!std::is_copy_constructible_v<nop_operation>);

TEST_CASE("operation: an idle one can be moved and then submitted", "[ring][operation]") {
  nop_operation first;
  nop_operation second(std::move(first));
  bound_ring ring;

  ring.submit(second);
  run_all(ring);

  CHECK_FALSE(first.in_flight());
  CHECK(second.ended_with(0));
}

TEST_CASE("operation: it is idle again by the time it is told the result", "[ring][operation]") {
  nop_operation nop;
  bound_ring ring;
  bool idle = false;
  nop.then = [&] { idle = !nop.in_flight() && ring.in_flight() == 0; };

  ring.submit(nop);
  run_all(ring);

  CHECK(idle);
}

#ifndef NDEBUG
TEST_CASE("operation: destroying one in flight is found out", "[ring][operation]") {
  const int code = in_child([] {
    ouro::ring ring;
    {
      nop_operation nop;
      ring.submit(nop);
    }
    return 0;
  });

  CHECK(code == 100 + SIGABRT);
}
#endif
