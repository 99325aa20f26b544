// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/errors.hpp"
#include "ouro/task/wait_for.hpp"
#include "ouro/testing/memory_pipe.hpp"

#include "tests/support/loop_test.hpp"

using namespace std::chrono_literals;
using ouro::testing::memory_pipe;
using ouro::testing::run_turns;
using ouro::testing::settle;

namespace {

template <class Read>
ouro::task<std::string> text_of(Read read) {
  co_return co_await std::move(read);
}

template <class Wait>
ouro::task<> done(Wait wait) {
  co_await std::move(wait);
}

}  // namespace

OURO_TEST_CASE("memory_pipe: a read cancelled while it waits takes nothing",
               "[testing][memory_pipe][cancel]") {
  auto [near_end, far_end] = memory_pipe();
  auto reading = ouro::create_task(text_of(far_end.reader.read(10)));
  co_await settle();

  reading.cancel();
  CHECK_THROWS_AS(co_await reading, ouro::cancelled_error);

  near_end.writer.write("kept");
  const std::string kept = co_await far_end.reader.read(10);
  CHECK(kept == "kept");
}

OURO_TEST_CASE("memory_pipe: a read cancelled before it starts takes nothing",
               "[testing][memory_pipe][cancel]") {
  auto [near_end, far_end] = memory_pipe();
  near_end.writer.write("kept");
  auto reading = ouro::create_task(text_of(far_end.reader.read(10)));
  reading.cancel();
  CHECK_THROWS_AS(co_await reading, ouro::cancelled_error);

  const std::string kept = co_await far_end.reader.read(10);
  CHECK(kept == "kept");
}

OURO_TEST_CASE("memory_pipe: a read cancelled in the turn in which bytes come loses none",
               "[testing][memory_pipe][cancel]") {
  for (const bool cancel_first : {true, false}) {
    auto [near_end, far_end] = memory_pipe();
    auto reading = ouro::create_task(text_of(far_end.reader.read(10)));
    co_await settle();

    if (cancel_first) reading.cancel();
    near_end.writer.write("kept");
    if (!cancel_first) reading.cancel();
    CHECK_THROWS_AS(co_await reading, ouro::cancelled_error);

    const std::string kept = co_await far_end.reader.read(10);
    CHECK(kept == "kept");
  }
}

OURO_TEST_CASE("memory_pipe: a read cancelled after any number of turns loses no byte",
               "[testing][memory_pipe][cancel]") {
  for (int turns = 0; turns < 12; ++turns) {
    auto [near_end, far_end] = memory_pipe({.max_chunk = 1});
    auto reading = ouro::create_task(text_of(far_end.reader.readexactly(8)));
    near_end.writer.write("01234567");
    near_end.writer.close();
    co_await run_turns(turns);

    std::string got;
    reading.cancel();
    try {
      got = co_await reading;
    } catch (const ouro::cancelled_error&) {
    }
    got += co_await far_end.reader.read();

    CHECK(got == "01234567");
  }
}

OURO_TEST_CASE("memory_pipe: a line that came in part before a time-out is whole afterwards",
               "[testing][memory_pipe][cancel]") {
  auto [near_end, far_end] = memory_pipe({.latency = 1s});
  near_end.writer.write("half ");

  CHECK_THROWS_AS(co_await ouro::wait_for(far_end.reader.readline(), 5s), ouro::timeout_error);
  near_end.writer.write("line\n");

  const std::string line = co_await far_end.reader.readline();
  CHECK(line == "half line\n");
}

OURO_TEST_CASE("memory_pipe: a read cancelled while bytes are under way leaves them for the next",
               "[testing][memory_pipe][cancel]") {
  auto [near_end, far_end] = memory_pipe({.latency = 1h});
  near_end.writer.write("x");
  auto reading = ouro::create_task(text_of(far_end.reader.read(1)));
  co_await settle();

  reading.cancel();
  CHECK_THROWS_AS(co_await reading, ouro::cancelled_error);

  const std::string kept = co_await far_end.reader.read(1);
  CHECK(kept == "x");
}

OURO_TEST_CASE("memory_pipe: a cancelled drain() leaves the bytes and the other drain()",
               "[testing][memory_pipe][cancel]") {
  auto [near_end, far_end] = memory_pipe({.capacity = 1});
  near_end.writer.transport().set_write_buffer_limits({.high = 0});
  near_end.writer.write("kept");
  auto cancelled = ouro::create_task(done(near_end.writer.drain()));
  auto waiting = ouro::create_task(done(near_end.writer.drain()));
  co_await settle();

  cancelled.cancel();
  CHECK_THROWS_AS(co_await cancelled, ouro::cancelled_error);
  CHECK_FALSE(waiting.done());

  const std::string kept = co_await far_end.reader.readexactly(4);
  co_await waiting;
  CHECK(kept == "kept");
}

OURO_TEST_CASE("memory_pipe: a cancelled wait_closed() does not open the end again",
               "[testing][memory_pipe][cancel]") {
  auto [near_end, far_end] = memory_pipe();
  auto waiting = ouro::create_task(done(near_end.writer.wait_closed()));
  co_await settle();

  waiting.cancel();
  CHECK_THROWS_AS(co_await waiting, ouro::cancelled_error);

  near_end.writer.close();
  co_await near_end.writer.wait_closed();
  CHECK(near_end.writer.is_closing());
}
