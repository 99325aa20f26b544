// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/cancel_everywhere.hpp"

#include "ouro/io/read.hpp"
#include "ouro/io/socket.hpp"
#include "ouro/ring/liburing.hpp"
#include "ouro/sync/event.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/task_group.hpp"
#include "ouro/task/waiter.hpp"

#include "tests/support/loop_test.hpp"

#include <array>
#include <cstring>
#include <memory>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using ouro::testing::cancel_everywhere;
using ouro::testing::cancel_run;

/// All problems as one text, for searching and for messages.
std::string text_of(const ouro::testing::cancel_report& report) {
  std::string text;
  for (const std::string& problem : report.problems) text += problem + "\n";
  return text;
}

struct wire {
  std::array<ouro::socket, 2> ends = ouro::socket_pair();
};

/// Takes what is left in the socket, so that the ledger is even.
void drain_at_end(cancel_run& run, const std::shared_ptr<wire>& shared) {
  run.at_end([&run, shared]() -> ouro::task<> {
    shared->ends[0].shutdown(ouro::shutdown_how::send);
    std::array<std::byte, 16> buffer;
    while (const std::size_t count = co_await shared->ends[1].recv(buffer)) {
      run.ledger().received(std::span(buffer).first(count));
    }
  });
}

ouro::task<> feed(cancel_run& run, ouro::socket& into, int times) {
  for (int i = 0; i < times; ++i) {
    co_await into.sendall("abcd");
    run.ledger().sent("abcd");
    co_await ouro::sleep(1ms);
  }
}

ouro::task<> take(cancel_run& run, ouro::socket& from, std::size_t bytes) {
  std::array<std::byte, 3> buffer;
  while (bytes != 0) {
    const std::size_t count =
        co_await from.recv(std::span(buffer).first(std::min(bytes, buffer.size())));
    run.ledger().received(std::span(buffer).first(count));
    bytes -= count;
  }
}

/// Receives into a frame, then suspends before it has noted what it got: a cancel loses it.
ouro::task<> take_and_drop(cancel_run& run, ouro::socket& from, std::size_t bytes) {
  std::array<std::byte, 3> buffer;
  while (bytes != 0) {
    const std::size_t count =
        co_await from.recv(std::span(buffer).first(std::min(bytes, buffer.size())));
    co_await ouro::sleep(1ms);
    run.ledger().received(std::span(buffer).first(count));
    bytes -= count;
  }
}

ouro::task<> exchange(cancel_run& run) {
  const auto shared = std::make_shared<wire>();
  drain_at_end(run, shared);
  co_await ouro::gather(feed(run, shared->ends[0], 3), take(run, shared->ends[1], 12));
}

ouro::task<> exchange_that_drops_bytes(cancel_run& run) {
  const auto shared = std::make_shared<wire>();
  drain_at_end(run, shared);
  co_await feed(run, shared->ends[0], 1);
  co_await take_and_drop(run, shared->ends[1], 4);
}

ouro::task<> leak_a_descriptor() {
  const int fd = ::dup(0);
  co_await ouro::sleep(1ms);
  ::close(fd);  // not reached if the sleep is interrupted
}

/// Wakes its task as soon as it is aborted, although the kernel still has the request.
class early_read final : public ouro::waiter {
 public:
  explicit early_read(int fd, std::span<std::byte> into) : request_(new request(fd, into, *this)) {}
  early_read(early_read&&) = delete;
  bool await_ready() const noexcept { return false; }
  void await_suspend(ouro::detail::await_point at) {
    park(at);
    task()->loop().io().submit(*request_);
  }
  void await_resume() { task()->throw_if_interrupted(); }

 private:
  struct request final : ouro::operation {
    request(int from, std::span<std::byte> target, early_read& reader)
        : fd(from), into(target), owner(&reader) {}
    void prepare(io_uring_sqe& sqe) noexcept override {
      ::io_uring_prep_read(&sqe, fd, into.data(), static_cast<unsigned>(into.size()), 0);
    }
    void on_complete(int, unsigned) noexcept override {
      if (owner != nullptr) owner->wake();
      delete this;
    }
    int fd;
    std::span<std::byte> into;
    early_read* owner;
  };

  bool abort(ouro::detail::cancel_mode) noexcept override {
    request_->owner = nullptr;
    task()->loop().io().cancel(*request_);
    wake();  // the bug: on_complete() is the time
    return true;
  }
  void detach() noexcept override {}

  request* request_;
};

ouro::task<> resume_early() {
  static std::array<std::byte, 8> buffer;  // static, so that the bug does no harm here
  std::array<int, 2> pipe{};
  if (::pipe(pipe.data()) != 0) co_return;
  const ouro::unique_fd in(pipe[0]);
  const ouro::unique_fd out(pipe[1]);
  ouro::get_running_loop().call_later(
      1ms, [fd = out.get()] { [[maybe_unused]] const auto count = ::write(fd, "x", 1); });
  co_await early_read(in.get(), buffer);
}

}  // namespace

TEST_CASE("cancel_everywhere: a correct exchange has no problems", "[testing][cancel_everywhere]") {
  const auto report = cancel_everywhere(&exchange);

  CHECK(text_of(report) == "");
  CHECK(report.suspensions == 1);  // gather() is one wait
  CHECK(report.runs > 6);
}

TEST_CASE("cancel_everywhere: finds a dropped byte", "[testing][cancel_everywhere]") {
  const auto report = cancel_everywhere(&exchange_that_drops_bytes);

  CHECK(text_of(report).find("bytes: 4 bytes were sent and ") != std::string::npos);
}

TEST_CASE("cancel_everywhere: finds a leaked descriptor", "[testing][cancel_everywhere]") {
  const auto report = cancel_everywhere(&leak_a_descriptor);

  CHECK(text_of(report).find("cancel() at suspension 1 (") == 0);
  CHECK(text_of(report).find("1 file descriptors are left open") != std::string::npos);
}

TEST_CASE("cancel_everywhere: finds a frame that is resumed before its request has ended",
          "[testing][cancel_everywhere]") {
  const auto report = cancel_everywhere(&resume_early);

  INFO(text_of(report));
  CHECK(
      text_of(report).find("task 'scenario' runs while a request of its is still in the kernel") !=
      std::string::npos);
}

namespace {

ouro::task<> wait_for_nobody() {
  ouro::event never;
  try {
    co_await ouro::sleep(1ms);
    co_return;
  } catch (const ouro::cancelled_error&) {
  }
  co_await never.wait();
}

ouro::task<> turn_cancel_into_error() {
  bool failed = false;
  try {
    co_await ouro::sleep(1ms);
  } catch (const ouro::cancelled_error&) {
    failed = true;
  }
  if (failed) throw std::runtime_error("not today");
}

ouro::task<> leave_a_task_behind() {
  ouro::create_task([]() -> ouro::task<> { co_await ouro::sleep(1h); }(), {.name = "orphan"});
  co_await ouro::sleep(1ms);
}

ouro::task<> swallow_cancel() {
  try {
    co_await ouro::sleep(1ms);
  } catch (const ouro::cancelled_error&) {
  } catch (const ouro::timeout_error&) {
  }
}

ouro::task<> many_children() {
  co_await ouro::task_group::run([](ouro::task_group& group) -> ouro::task<> {
    for (int i = 1; i <= 3; ++i) group.create_task(ouro::sleep(i * 1ms));
    co_await ouro::sleep(1ms);
  });
}

ouro::task<> five_sleeps() {
  for (int i = 0; i < 5; ++i) co_await ouro::sleep(1ms);
}

}  // namespace

TEST_CASE("cancel_everywhere: a run that hangs is a problem that says where",
          "[testing][cancel_everywhere]") {
  const auto report = cancel_everywhere(&wait_for_nobody, {.patience = 1ms});

  INFO(text_of(report));
  CHECK(text_of(report).find("hangs: nothing can wake ") != std::string::npos);
  CHECK(text_of(report).find("'scenario' at ") != std::string::npos);
  CHECK(text_of(report).find("cancel_everywhere_test.cpp:") != std::string::npos);
}

TEST_CASE("cancel_everywhere: an error in place of the cancellation is a problem",
          "[testing][cancel_everywhere][error]") {
  const auto report = cancel_everywhere(&turn_cancel_into_error);

  INFO(text_of(report));
  CHECK(text_of(report).find("the scenario ends with ") != std::string::npos);
  CHECK(text_of(report).find("not today") != std::string::npos);
}

TEST_CASE("cancel_everywhere: a task that is left is a problem, before anything is cancelled",
          "[testing][cancel_everywhere]") {
  const auto report = cancel_everywhere(&leave_a_task_behind);

  INFO(text_of(report));
  CHECK(report.runs == 1);
  CHECK(text_of(report).find("undisturbed: tasks are left: 'orphan' at ") == 0);
}

TEST_CASE("cancel_everywhere: a scenario may swallow the interruption",
          "[testing][cancel_everywhere][cancel]") {
  const auto report = cancel_everywhere(&swallow_cancel);

  CHECK(text_of(report) == "");
}

TEST_CASE("cancel_everywhere: interrupts each suspension in each way",
          "[testing][cancel_everywhere]") {
  const auto report = cancel_everywhere(&five_sleeps);

  CHECK(text_of(report) == "");
  CHECK(report.suspensions == 5);
  // Undisturbed, six ways at five suspensions, before the start, and six runs that find no sixth.
  CHECK(report.runs == 1 + 6 * 5 + 1 + 6);
}

TEST_CASE("cancel_everywhere: a group joins its children in every run",
          "[testing][cancel_everywhere]") {
  const auto report = cancel_everywhere(&many_children, {.shake_seed = 5});

  CHECK(text_of(report) == "");
}

TEST_CASE("cancel_everywhere: a correct exchange stands a hostile kernel too",
          "[testing][cancel_everywhere]") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const ouro::testing::chaos_options hostile{.seed = seed, .delay = 0.5, .shorten = 0.8};

    const auto report = cancel_everywhere(&exchange, {.shake_seed = seed, .chaos = &hostile});

    INFO("seed " << seed);
    CHECK(text_of(report) == "");
  }
}

TEST_CASE("cancel_everywhere: what a check at the end throws is a problem",
          "[testing][cancel_everywhere][error]") {
  const auto report = cancel_everywhere([](cancel_run& run) -> ouro::task<> {
    run.at_end([]() -> ouro::task<> {
      co_await ouro::sleep(1ms);
      throw std::runtime_error("uneven");
    });
    run.expect(1 + 1 == 2, "arithmetic");
    run.expect(false, "an expectation");
    co_return;
  });

  REQUIRE(report.problems.size() == 2);
  CHECK(report.problems[0].find("undisturbed: a check at the end throws ") == 0);
  CHECK(report.problems[0].find("uneven") != std::string::npos);
  CHECK(report.problems[1] == "undisturbed: an expectation");
}

TEST_CASE("cancel_everywhere: refuses a scenario that is too long",
          "[testing][cancel_everywhere]") {
  const auto report = cancel_everywhere(&five_sleeps, {.longest_scenario = 4});

  REQUIRE(report.problems.size() == 1);
  CHECK(report.problems[0] ==
        "the scenario suspends 5 times: make it shorter, or allow more by .longest_scenario");
  CHECK(report.runs == 1);
}

OURO_TEST_CASE("cancel_everywhere: refuses to run inside a loop", "[testing][cancel_everywhere]") {
  CHECK_THROWS_AS((void)cancel_everywhere(&five_sleeps), ouro::usage_error);
  co_return;
}
