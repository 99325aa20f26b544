// SPDX-License-Identifier: BSL-1.0
// Reads as what tasks, groups and time-outs are given, as asyncio's users write it.
#include "ouro/stream/stream_reader.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/task_group.hpp"
#include "ouro/task/wait_for.hpp"

#include "tests/stream/stream_fixture.hpp"

#include <chrono>
#include <string>

using namespace std::chrono_literals;

OURO_TEST_CASE("stream_reader: create_task() of a read waits for what comes",
               "[stream][stream_reader]") {
  ouro::stream_reader reader;
  auto reading = ouro::create_task(reader.readline());
  co_await ouro::sleep(1ms);
  const bool waited = !reading.done();

  reader.feed_data("one\ntwo\n");
  const std::string line = co_await reading;
  const std::string next = co_await ouro::create_task(reader.readuntil("\n"));

  CHECK(waited);
  CHECK(line == "one\n");
  CHECK(next == "two\n");
}

OURO_TEST_CASE("stream_reader: a task of a read that is cancelled takes nothing",
               "[stream][stream_reader][cancel]") {
  ouro::stream_reader reader;
  auto waiting = ouro::create_task(reader.readexactly(6));
  co_await ouro::sleep(1ms);
  reader.feed_data("abc");
  auto unstarted = ouro::create_task(reader.read(2));

  waiting.cancel();
  unstarted.cancel();
  CHECK_THROWS_AS(co_await waiting, ouro::cancelled_error);
  CHECK_THROWS_AS(co_await unstarted, ouro::cancelled_error);
  reader.feed_data("def");
  const std::string all = co_await reader.readexactly(6);

  CHECK(all == "abcdef");
}

OURO_TEST_CASE("stream_reader: wait_for() of a read gives up and leaves what has come",
               "[stream][stream_reader][cancel]") {
  ouro::stream_reader reader;
  reader.feed_data("half");

  CHECK_THROWS_AS(co_await ouro::wait_for(reader.readline(), 5ms), ouro::timeout_error);
  reader.feed_data(" and half\n");
  const std::string line = co_await ouro::wait_for(reader.readline(), 1s);

  CHECK(line == "half and half\n");
}

OURO_TEST_CASE("stream_reader: gather() reads of several readers at a time",
               "[stream][stream_reader]") {
  ouro::stream_reader left;
  ouro::stream_reader right;
  auto both = ouro::gather(left.readline(), right.read(3));
  co_await ouro::sleep(1ms);

  right.feed_data("xyz");
  left.feed_data("line\n");
  const auto [line, text] = co_await both;

  CHECK(line == "line\n");
  CHECK(text == "xyz");
}
