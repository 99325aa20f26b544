// SPDX-License-Identifier: BSL-1.0
// The named invariants of the design, for waits that are requests to the kernel.
#include "ouro/base/errors.hpp"

#include "tests/support/loop_test.hpp"
#include "tests/task/cancel_support.hpp"
#include "tests/task/kernel_read.hpp"

#include <array>
#include <string>

using namespace std::chrono_literals;
using namespace cancel_test;
using kernel_test::kernel_read;
using kernel_test::pipe_ends;
using kernel_test::read_record;

namespace {

struct read_frame {
  std::array<char, 16> buffer{};
  read_record record;
};

ouro::task<int> read_into(const pipe_ends& pipe, read_frame& frame, bool deaf = false) {
  std::array<char, 16> local{};
  const int count = co_await kernel_read(pipe, local, frame.record, deaf);
  frame.buffer = local;
  co_return count;
}

ouro::task<> read_then_yield(const pipe_ends& pipe, read_frame& frame, std::string& log) {
  const int count = co_await read_into(pipe, frame, true);
  log += std::string(frame.buffer.data(), static_cast<std::size_t>(count)) + " ";
  co_await note_end(test::run_turns(1), log);
}

}  // namespace

OURO_TEST_CASE("one_place: a request is in the kernel until its completion, also after an abort",
               "[task][invariants][cancel]") {
  auto& loop = ouro::get_running_loop();
  const pipe_ends pipe;
  read_frame frame;
  auto subject = ouro::create_task(read_into(pipe, frame));
  co_await test::run_turns(2);
  CHECK(loop.pending_requests() == 1);

  subject.cancel();
  CHECK(loop.pending_requests() == 1);
  CHECK(!subject.done());
  CHECK_THROWS_AS(co_await subject, ouro::cancelled_error);

  CHECK(loop.pending_requests() == 0);
}

OURO_TEST_CASE("frame_outlives_request: a cancelled task keeps its frame until the kernel is done",
               "[task][invariants][cancel]") {
  const pipe_ends pipe;
  read_frame frame;
  auto subject = ouro::create_task(read_into(pipe, frame));
  co_await test::run_turns(2);

  subject.cancel();
  CHECK(!frame.record.destroyed);
  CHECK_THROWS_AS(co_await subject, ouro::cancelled_error);

  CHECK(frame.record.completions == 1);
  CHECK(frame.record.destroyed);
  CHECK(!frame.record.destroyed_in_flight);
}

TEST_CASE("frame_outlives_request: closing a loop reaps the request before the frame goes",
          "[task][invariants]") {
  const pipe_ends pipe;
  read_frame frame;
  {
    ouro::event_loop loop;
    loop.set_exception_handler([](ouro::event_loop&, const ouro::exception_context&) {});
    static_cast<void>(loop.create_task(read_into(pipe, frame)));
    loop.run_until_complete(test::run_turns(3));
    CHECK(loop.pending_requests() == 1);
    loop.close();
    CHECK(loop.pending_requests() == 0);
  }

  CHECK(frame.record.completions == 1);
  CHECK(frame.record.destroyed);
  CHECK(!frame.record.destroyed_in_flight);
}

TEST_CASE("frame_outlives_request: closing a loop reaps a request whose cancel is under way",
          "[task][invariants][cancel]") {
  const pipe_ends pipe;
  read_frame frame;
  {
    ouro::event_loop loop;
    loop.set_exception_handler([](ouro::event_loop&, const ouro::exception_context&) {});
    auto reading = loop.create_task(read_into(pipe, frame));
    loop.run_until_complete(test::run_turns(3));
    reading.cancel();
    loop.close();
    CHECK(reading.cancelled());
  }

  CHECK(frame.record.completions == 1);
  CHECK(!frame.record.destroyed_in_flight);
}

OURO_TEST_CASE("abort_leaves_once: two requests end a read once", "[task][invariants][cancel]") {
  const pipe_ends pipe;
  read_frame frame;
  auto subject = ouro::create_task(read_into(pipe, frame));
  co_await test::run_turns(2);

  subject.cancel();
  subject.cancel();
  CHECK_THROWS_AS(co_await subject, ouro::cancelled_error);
  co_await test::settle();

  CHECK(frame.record.completions == 1);
}

OURO_TEST_CASE(
    "nothing_lost: bytes that were read come before the cancel, which comes at the next wait",
    "[task][invariants][cancel]") {
  std::string log;
  const pipe_ends pipe;
  read_frame frame;
  auto subject = ouro::create_task(read_then_yield(pipe, frame, log));
  co_await test::run_turns(2);

  subject.cancel("late");
  pipe.put("bytes");
  co_await subject;

  CHECK(log == "bytes cancelled(late)");
}

OURO_TEST_CASE("nothing_lost: a cancelled read takes no bytes from the pipe",
               "[task][invariants][cancel]") {
  const pipe_ends pipe;
  read_frame cancelled_frame;
  auto cancelled = ouro::create_task(read_into(pipe, cancelled_frame));
  co_await test::run_turns(2);
  cancelled.cancel();
  CHECK_THROWS_AS(co_await cancelled, ouro::cancelled_error);

  pipe.put("bytes");
  read_frame frame;
  const int count = co_await read_into(pipe, frame);

  CHECK(count == 5);
}

OURO_TEST_CASE("nothing_lost: a read that is cancelled before it starts asks nothing of the kernel",
               "[task][invariants][cancel]") {
  const pipe_ends pipe;
  pipe.put("bytes");
  read_frame frame;
  ouro::current_task().cancel();
  CHECK_THROWS_AS(co_await kernel_read(pipe, frame.buffer, frame.record), ouro::cancelled_error);
  CHECK(frame.record.completions == 0);
  ouro::current_task().uncancel();

  const int count = co_await read_into(pipe, frame);

  CHECK(count == 5);
}
