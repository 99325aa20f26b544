// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/io_operation.hpp"

#include "ouro/ring/liburing.hpp"

#include "tests/io/io_fixture.hpp"

#include <cerrno>
#include <poll.h>
#include <string>
#include <type_traits>

using namespace io_test;

namespace {

/// Waits for a pipe that is never readable, and claims another end than that of its cancel.
class stubborn_operation final : public ouro::io_operation {
 public:
  stubborn_operation(int fd, int answer) : fd_(fd), answer_(answer) {}

  int await_resume() { return take_result("stubborn"); }

 private:
  void prepare(io_uring_sqe& sqe) noexcept override { ::io_uring_prep_poll_add(&sqe, fd_, POLLIN); }
  void on_complete(int, unsigned flags) noexcept override {
    io_operation::on_complete(answer_, flags);
  }

  int fd_;
  int answer_;
};

/// Cancels an operation that then ends with `answer`, and tells how the await ended.
ouro::task<std::string> cancelled_with(int answer) {
  const fd_pair ends = pipe_pair();
  auto waiting = ouro::create_task(outcome_of(stubborn_operation(ends.near.get(), answer)));
  co_await test::settle();
  waiting.cancel("why");
  auto outcome = co_await waiting;
  co_return outcome;
}

/// As above, with a deadline.
ouro::task<std::string> expired_with(int answer) {
  const fd_pair ends = pipe_pair();
  auto waiting = outcome_within(10ms, stubborn_operation(ends.near.get(), answer));
  auto outcome = co_await std::move(waiting);
  co_return outcome;
}

}  // namespace

static_assert(!std::is_copy_constructible_v<stubborn_operation>);
static_assert(std::is_move_constructible_v<stubborn_operation>);

OURO_TEST_CASE("io_operation: nothing_lost: a value that comes after the cancel is delivered",
               "[io][io_operation][cancel]") {
  const std::string value = co_await cancelled_with(42);
  const std::string zero = co_await cancelled_with(0);

  CHECK(value == "42, then cancelled");
  CHECK(zero == "0, then cancelled");
}

OURO_TEST_CASE("io_operation: an error that comes after the cancel is thrown, the cancel later",
               "[io][io_operation][cancel]") {
  const std::string outcome = co_await cancelled_with(-ECONNRESET);

  CHECK(outcome == "stubborn: " + std::to_string(ECONNRESET) + ", then cancelled");
}

OURO_TEST_CASE("io_operation: EINTR and the kernel's restart codes after a cancel mean cancelled",
               "[io][io_operation][cancel]") {
  for (const int answer : {-ECANCELED, -EINTR, -512, -513, -514, -516}) {
    const std::string outcome = co_await cancelled_with(answer);
    CHECK(outcome == "cancelled");
  }
}

OURO_TEST_CASE("io_operation: nothing_lost: a value that comes after the deadline is delivered",
               "[io][io_operation][cancel]") {
  const std::string value = co_await expired_with(42);
  const std::string cancelled = co_await expired_with(-EINTR);

  CHECK(value == "42, then timeout");
  CHECK(cancelled == "timeout");
}

OURO_TEST_CASE("io_operation: abort_leaves_once: many cancels are one",
               "[io][io_operation][cancel]") {
  const fd_pair ends = pipe_pair();
  auto waiting = ouro::create_task(outcome_of(stubborn_operation(ends.near.get(), 7)));
  co_await test::settle();

  for (int i = 0; i < 5; ++i) waiting.cancel();
  const std::string outcome = co_await waiting;

  CHECK(outcome == "7, then cancelled");
}

OURO_TEST_CASE("io_operation: an ECANCELED that nobody has asked for is an error of the OS",
               "[io][io_operation][error]") {
  const fd_pair ends = pipe_pair();
  auto waiting = ouro::create_task(outcome_of(stubborn_operation(ends.near.get(), -ECANCELED)));
  co_await test::settle();

  CHECK(::write(ends.far.get(), "x", 1) == 1);
  const std::string outcome = co_await waiting;

  CHECK(outcome == "stubborn: " + std::to_string(ECANCELED));
}

OURO_TEST_CASE("io_operation: a restart code of the kernel is reported as EINTR",
               "[io][io_operation][error]") {
  const fd_pair ends = pipe_pair();
  auto waiting = ouro::create_task(outcome_of(stubborn_operation(ends.near.get(), -512)));
  co_await test::settle();

  CHECK(::write(ends.far.get(), "x", 1) == 1);
  const std::string outcome = co_await waiting;

  CHECK(outcome == "stubborn: " + std::to_string(EINTR));
}

OURO_TEST_CASE("io_operation: more operations may wait than the ring has entries",
               "[io][io_operation]") {
  const fd_pair ends = pipe_pair();
  std::vector<ouro::task_handle<std::string>> waiting;
  for (int i = 0; i < 3000; ++i) {
    waiting.push_back(ouro::create_task(outcome_of(stubborn_operation(ends.near.get(), i))));
  }
  co_await test::run_turns(2);
  CHECK(pending_requests() == 3000);

  CHECK(::write(ends.far.get(), "x", 1) == 1);
  int right = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::string outcome = co_await waiting[static_cast<std::size_t>(i)];
    if (outcome == std::to_string(i)) ++right;
  }

  CHECK(right == 3000);
}

OURO_TEST_CASE("io_operation: one operation in 3000 can be cancelled",
               "[io][io_operation][cancel]") {
  const fd_pair ends = pipe_pair();
  std::vector<ouro::task_handle<std::string>> waiting;
  for (int i = 0; i < 3000; ++i) {
    waiting.push_back(ouro::create_task(outcome_of(stubborn_operation(ends.near.get(), -EINTR))));
  }
  co_await test::run_turns(2);

  for (std::size_t i = 0; i < waiting.size(); i += 2) waiting[i].cancel();
  co_await test::run_turns(200);  // the kernel ends some 20 in a turn that does not wait
  CHECK(pending_requests() == 1500);

  for (const auto& each : waiting) each.cancel();
  for (const auto& each : waiting) static_cast<void>(co_await each);
}
