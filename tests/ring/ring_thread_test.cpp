// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/errors.hpp"
#include "ouro/ring/ring.hpp"

#include "tests/ring/child_process.hpp"
#include "tests/ring/operations.hpp"
#include "tests/support/catch.hpp"

#include <cerrno>
#include <memory>
#include <string>
#include <thread>

using namespace ring_test;

namespace {

/// Runs `body` on a thread of its own, to the end.
template <class Body>
void on_another_thread(Body body) {
  std::thread thread(body);
  thread.join();
}

template <class Body>
std::string usage_error_of(Body body) {
  try {
    body();
  } catch (const ouro::usage_error& error) {
    return error.what();
  }
  return "no usage_error";
}

}  // namespace

TEST_CASE("ring: bind() may be repeated on the same thread", "[ring][ring][threads]") {
  ouro::ring ring;
  CHECK_FALSE(ring.bound());

  ring.bind();
  ring.bind();

  CHECK(ring.bound());
}

TEST_CASE("ring: bind() on a second thread is misuse", "[ring][ring][threads][error]") {
  bound_ring ring;
  std::string text;

  on_another_thread([&] { text = usage_error_of([&] { ring.bind(); }); });

  CHECK(text.find("first thread that ran it") != std::string::npos);
}

TEST_CASE("ring: enter() on a second thread is misuse", "[ring][ring][threads][error]") {
  bound_ring ring;
  std::string text;

  on_another_thread([&] { text = usage_error_of([&] { ring.enter(ouro::duration::zero()); }); });

  CHECK(text.find("first thread that ran it") != std::string::npos);
}

TEST_CASE("ring: a ring made on one thread can be bound to another", "[ring][ring][threads]") {
  ouro::ring ring;
  nop_operation nop;
  ring.submit(nop);

  on_another_thread([&] {
    ring.bind();
    run_all(ring);
  });

  CHECK(nop.ended_with(0));
}

TEST_CASE("ring: a later thread is not taken for one that has ended", "[ring][ring][threads]") {
  ouro::ring ring;
  on_another_thread([&] { ring.bind(); });
  std::string text;

  on_another_thread([&] { text = usage_error_of([&] { ring.bind(); }); });

  CHECK(text.find("first thread that ran it") != std::string::npos);
}

// From Linux 6.0 on the kernel itself would refuse what could go wrong here.
TEST_CASE("ring: destroying another thread's ring leaves this thread's alone", "[ring][ring]") {
  const int code = in_child([] {
    const bool older = answer_system_call(__NR_io_uring_setup, [](const arguments& given) -> long {
      const auto& params = *reinterpret_cast<const io_uring_params*>(given[1]);
      if ((params.flags & IORING_SETUP_SINGLE_ISSUER) != 0) return -EINVAL;
      return really(__NR_io_uring_setup, given);
    });
    if (!older) return 50;
    bound_ring ring;
    auto other = std::make_unique<ouro::ring>();
    on_another_thread([&] { other->bind(); });
    other.reset();
    nop_operation nop;
    ring.submit(nop);
    run_all(ring);
    return nop.ended_with(0) ? 0 : 1;
  });

  CHECK(code == 0);
}

TEST_CASE("ring: a thread can make and destroy any number of rings", "[ring][ring]") {
  for (int i = 0; i < 100; ++i) {
    bound_ring ring({.entries = 8});
    nop_operation nop;
    ring.submit(nop);
    run_all(ring);
    REQUIRE(nop.ended_with(0));
  }
}
