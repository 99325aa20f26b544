// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/errors.hpp"
#include "ouro/testing/memory_pipe.hpp"

#include "tests/support/loop_test.hpp"

#include <system_error>

using namespace std::chrono_literals;
using ouro::testing::memory_pipe;
using ouro::testing::settle;

namespace {

template <class Awaitable>
ouro::task<bool> is_reset(Awaitable awaitable) {
  try {
    co_await std::move(awaitable);
  } catch (const std::system_error& error) {
    co_return error.code() == std::errc::connection_reset;
  }
  co_return false;
}

}  // namespace

OURO_TEST_CASE("memory_pipe: drain() does not suspend within the capacity",
               "[testing][memory_pipe]") {
  auto [near_end, far_end] = memory_pipe({.capacity = 10});
  near_end.writer.write("0123456789");
  bool suspended = false;
  ouro::get_running_loop().call_soon([&] { suspended = true; });

  co_await near_end.writer.drain();

  CHECK_FALSE(suspended);
  co_await settle();
}

OURO_TEST_CASE("memory_pipe: drain() waits until the peer has read enough",
               "[testing][memory_pipe]") {
  auto [near_end, far_end] = memory_pipe({.max_chunk = 1, .capacity = 3});
  near_end.writer.write("01234");
  auto first = ouro::create_task(near_end.writer.drain());
  auto second = ouro::create_task(near_end.writer.drain());
  co_await settle();
  CHECK_FALSE(first.done());

  co_await far_end.reader.readexactly(1);
  co_await settle();
  CHECK_FALSE(first.done());
  co_await far_end.reader.readexactly(1);
  co_await settle();

  CHECK(first.done());
  CHECK(second.done());
}

OURO_TEST_CASE("memory_pipe: write_eof() ends one direction only", "[testing][memory_pipe]") {
  auto [near_end, far_end] = memory_pipe();
  near_end.writer.write("question");
  near_end.writer.write_eof();

  const std::string question = co_await far_end.reader.read();
  far_end.writer.write("answer");
  const std::string answer = co_await near_end.reader.readexactly(6);

  CHECK(question == "question");
  CHECK(answer == "answer");
  CHECK_FALSE(near_end.writer.is_closing());
}

OURO_TEST_CASE("memory_pipe: write() after write_eof() is refused",
               "[testing][memory_pipe][error]") {
  auto [near_end, far_end] = memory_pipe();
  near_end.writer.write_eof();
  near_end.writer.write_eof();

  CHECK_THROWS_AS(near_end.writer.write("x"), ouro::usage_error);
  co_return;
}

OURO_TEST_CASE("memory_pipe: close() lets the peer read what was written",
               "[testing][memory_pipe]") {
  auto [near_end, far_end] = memory_pipe();
  near_end.writer.write("last words");
  near_end.writer.close();
  near_end.writer.close();

  CHECK(near_end.writer.is_closing());
  near_end.writer.write("ignored");
  const std::string words = co_await far_end.reader.read();
  const std::string own = co_await near_end.reader.read();
  CHECK(words == "last words");
  CHECK(own.empty());
}

OURO_TEST_CASE("memory_pipe: the destructor of an end closes it", "[testing][memory_pipe]") {
  auto ends = memory_pipe();
  auto reading = ouro::create_task(ends[1].reader.read());
  {
    const ouro::testing::memory_end gone = std::move(ends[0]);
    co_await settle();
    CHECK_FALSE(reading.done());
  }
  co_await reading;

  CHECK(reading.result().empty());
}

OURO_TEST_CASE("memory_pipe: wait_closed() waits for close() and for what is on its way",
               "[testing][memory_pipe]") {
  auto [near_end, far_end] = memory_pipe({.capacity = 3});
  near_end.writer.write("01234");
  auto closed = ouro::create_task(near_end.writer.wait_closed());
  co_await settle();
  near_end.writer.close();
  co_await settle();
  CHECK_FALSE(closed.done());

  co_await far_end.reader.read(2);
  co_await settle();

  CHECK(closed.done());
}

OURO_TEST_CASE("memory_pipe: drain() throws once the peer is closed without having read",
               "[testing][memory_pipe][error]") {
  auto [near_end, far_end] = memory_pipe({.capacity = 1});
  near_end.writer.write("unread");
  auto waiting = ouro::create_task(is_reset(near_end.writer.drain()));
  co_await settle();

  far_end.writer.close();

  const bool was_reset = co_await waiting;
  CHECK(was_reset);
}

OURO_TEST_CASE("memory_pipe: abort() resets the peer's reads and drops what is on its way",
               "[testing][memory_pipe][error]") {
  auto [near_end, far_end] = memory_pipe();
  auto waiting = ouro::create_task(is_reset(near_end.reader.read(1)));
  co_await settle();
  far_end.writer.write("dropped");
  far_end.writer.abort();

  const bool waiting_reset = co_await waiting;
  const bool read_reset = co_await is_reset(near_end.reader.read(1));
  const bool drain_reset = co_await is_reset(near_end.writer.drain());
  const bool close_reset = co_await is_reset(near_end.writer.wait_closed());
  co_await far_end.writer.wait_closed();
  const std::string own = co_await far_end.reader.read();

  CHECK(waiting_reset);
  CHECK(read_reset);
  CHECK(drain_reset);
  CHECK(close_reset);
  CHECK(near_end.writer.is_closing());
  CHECK(own.empty());
}

OURO_TEST_CASE("memory_pipe: reset_after resets both ends after so many bytes",
               "[testing][memory_pipe][error]") {
  auto [near_end, far_end] = memory_pipe({.reset_after = 5});
  near_end.writer.write("0123456789");

  const std::string before = co_await far_end.reader.read(100);
  const bool far_reset = co_await is_reset(far_end.reader.read(1));
  const bool near_reset = co_await is_reset(near_end.reader.read(1));

  CHECK(before == "01234");
  CHECK(far_reset);
  CHECK(near_reset);
}

OURO_TEST_CASE("memory_pipe: reset_after zero resets from the beginning",
               "[testing][memory_pipe][error]") {
  auto [near_end, far_end] = memory_pipe({.reset_after = 0});

  const bool reset = co_await is_reset(near_end.reader.readline());

  CHECK(reset);
}
