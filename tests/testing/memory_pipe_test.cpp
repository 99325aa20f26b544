// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/memory_pipe.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/testing/advance.hpp"

#include "tests/support/loop_test.hpp"

#include <stdexcept>
#include <system_error>

using namespace std::chrono_literals;
using ouro::testing::advance;
using ouro::testing::memory_pipe;
using ouro::testing::settle;

namespace {

template <class Read>
ouro::task<std::string> text_of(Read read) {
  co_return co_await std::move(read);
}

/// Reads to the end, and notes the size of each read.
ouro::task<std::vector<std::size_t>> chunk_sizes(ouro::stream_reader& reader) {
  std::vector<std::size_t> sizes;
  for (;;) {
    const std::string chunk = co_await reader.read(1000);
    if (chunk.empty()) co_return sizes;
    sizes.push_back(chunk.size());
  }
}

ouro::task<std::vector<std::size_t>> chunk_sizes_of(std::uint64_t seed, std::size_t reading_side) {
  auto ends = memory_pipe({.max_chunk = 7, .seed = seed});
  auto& reader = ends[reading_side].reader;
  auto& writer = ends[1 - reading_side].writer;
  writer.write(std::string(200, 'x'));
  writer.close();
  co_return co_await chunk_sizes(reader);
}

}  // namespace

OURO_TEST_CASE("memory_pipe: what is written to one end is read from the other",
               "[testing][memory_pipe]") {
  auto [near_end, far_end] = memory_pipe();

  near_end.writer.write("ping");
  far_end.writer.write("pong");

  const std::string ping = co_await far_end.reader.read(10);
  const std::string pong = co_await near_end.reader.read(10);
  CHECK(ping == "ping");
  CHECK(pong == "pong");
}

OURO_TEST_CASE("memory_pipe: a read that has to wait gets what comes", "[testing][memory_pipe]") {
  auto [near_end, far_end] = memory_pipe();
  auto reading = ouro::create_task(text_of(far_end.reader.read(10)));
  co_await settle();
  CHECK_FALSE(reading.done());

  near_end.writer.write("late");

  co_await reading;
  CHECK(reading.result() == "late");
}

OURO_TEST_CASE("memory_pipe: read() into a span gives the count, and zero at the end",
               "[testing][memory_pipe]") {
  auto [near_end, far_end] = memory_pipe();
  std::array<std::byte, 4> into{};
  near_end.writer.write("abcdef");
  near_end.writer.write_eof();

  const std::size_t first = co_await far_end.reader.read(into);
  const std::size_t second = co_await far_end.reader.read(into);
  const std::size_t third = co_await far_end.reader.read(into);

  CHECK(first == 4);
  CHECK(second == 2);
  CHECK(into[0] == std::byte{'e'});
  CHECK(third == 0);
}

OURO_TEST_CASE("memory_pipe: reads of nothing return at once", "[testing][memory_pipe]") {
  auto [near_end, far_end] = memory_pipe();

  const std::string nothing = co_await far_end.reader.read(0);
  const std::size_t none = co_await far_end.reader.read(std::span<std::byte>());
  const std::string exactly = co_await far_end.reader.readexactly(0);

  CHECK(nothing.empty());
  CHECK(none == 0);
  CHECK(exactly.empty());
}

OURO_TEST_CASE("memory_pipe: read() reads to the end", "[testing][memory_pipe]") {
  auto [near_end, far_end] = memory_pipe({.max_chunk = 3, .seed = 1});
  auto reading = ouro::create_task(text_of(far_end.reader.read()));
  near_end.writer.write("first ");
  co_await settle();
  near_end.writer.write("second");
  near_end.writer.close();

  co_await reading;

  CHECK(reading.result() == "first second");
  CHECK(far_end.reader.at_eof());
}

OURO_TEST_CASE("memory_pipe: chunks are 1 to max_chunk bytes, the same for the same seed",
               "[testing][memory_pipe]") {
  const auto first = co_await chunk_sizes_of(42, 0);
  const auto again = co_await chunk_sizes_of(42, 0);
  const auto other = co_await chunk_sizes_of(43, 0);
  const auto back = co_await chunk_sizes_of(42, 1);

  CHECK(first == again);
  CHECK(first != other);
  CHECK(first != back);  // the two directions are independent
  std::size_t total = 0;
  for (const std::size_t size : first) {
    CHECK(size >= 1);
    CHECK(size <= 7);
    total += size;
  }
  CHECK(total == 200);
  CHECK(*std::min_element(first.begin(), first.end()) == 1);
  CHECK(*std::max_element(first.begin(), first.end()) == 7);
}

OURO_TEST_CASE("memory_pipe: readexactly() puts chunks together", "[testing][memory_pipe]") {
  auto [near_end, far_end] = memory_pipe({.max_chunk = 2, .seed = 7});
  near_end.writer.write("0123456789");

  const std::string first = co_await far_end.reader.readexactly(7);
  const std::string second = co_await far_end.reader.readexactly(3);

  CHECK(first == "0123456");
  CHECK(second == "789");
}

OURO_TEST_CASE("memory_pipe: readexactly() that ends early throws what it has",
               "[testing][memory_pipe][error]") {
  auto [near_end, far_end] = memory_pipe({.max_chunk = 1});
  near_end.writer.write("abc");
  near_end.writer.write_eof();

  std::string partial;
  std::optional<std::size_t> expected;
  try {
    co_await far_end.reader.readexactly(5);
  } catch (const ouro::incomplete_read_error& error) {
    partial = error.partial;
    expected = error.expected;
  }

  CHECK(partial == "abc");
  CHECK(expected == 5U);
  CHECK(far_end.reader.at_eof());
}

OURO_TEST_CASE("memory_pipe: readline() gives lines, the rest, then nothing",
               "[testing][memory_pipe]") {
  auto [near_end, far_end] = memory_pipe({.max_chunk = 4, .seed = 3});
  near_end.writer.write("one\ntwo\n\nrest");
  near_end.writer.write_eof();

  std::vector<std::string> lines;
  for (int count = 0; count < 5; ++count) lines.push_back(co_await far_end.reader.readline());

  CHECK(lines == std::vector<std::string>{"one\n", "two\n", "\n", "rest", ""});
}

OURO_TEST_CASE("memory_pipe: anext() gives lines until the end", "[testing][memory_pipe]") {
  auto [near_end, far_end] = memory_pipe();
  near_end.writer.write("one\ntwo");
  near_end.writer.close();

  std::string log;
  while (auto line = co_await far_end.reader.anext()) log += '[' + *line + ']';

  CHECK(log == "[one\n][two]");
}

OURO_TEST_CASE("memory_pipe: readuntil() finds a separator that arrives split",
               "[testing][memory_pipe]") {
  auto [near_end, far_end] = memory_pipe({.max_chunk = 1});
  near_end.writer.write("head\r\r\n\r\nbody");

  const std::string head = co_await far_end.reader.readuntil("\r\n\r\n");
  const std::string body = co_await far_end.reader.readexactly(4);

  CHECK(head == "head\r\r\n\r\n");
  CHECK(body == "body");
}

OURO_TEST_CASE("memory_pipe: readuntil() without a separator throws what it has",
               "[testing][memory_pipe][error]") {
  auto [near_end, far_end] = memory_pipe();
  near_end.writer.write("abc");
  near_end.writer.write_eof();

  std::string partial;
  try {
    co_await far_end.reader.readuntil(";");
  } catch (const ouro::incomplete_read_error& error) {
    partial = error.partial;
    CHECK_FALSE(error.expected.has_value());
  }

  CHECK(partial == "abc");
  CHECK_THROWS_AS(co_await far_end.reader.readuntil(""), std::invalid_argument);
}

OURO_TEST_CASE("memory_pipe: bytes and the end take the latency to arrive",
               "[testing][memory_pipe]") {
  ouro::testing::current_clock().set_autojump(false);
  auto [near_end, far_end] = memory_pipe({.latency = 10ms});
  auto reading = ouro::create_task(text_of(far_end.reader.read()));
  near_end.writer.write("a");
  co_await advance(5ms);
  near_end.writer.write("b");
  near_end.writer.close();

  co_await advance(9ms);
  CHECK_FALSE(reading.done());
  CHECK_FALSE(far_end.reader.at_eof());
  co_await advance(1ms);

  CHECK(reading.done());
  CHECK(reading.result() == "ab");
}

OURO_TEST_CASE("memory_pipe: bytes that nobody reads leave no timer", "[testing][memory_pipe]") {
  auto [near_end, far_end] = memory_pipe({.latency = 1h});

  near_end.writer.write("unread");

  CHECK(ouro::get_running_loop().pending_timers() == 0);
  co_return;
}

TEST_CASE("memory_pipe: refuses what cannot be", "[testing][memory_pipe][error]") {
  CHECK_THROWS_AS(memory_pipe({.max_chunk = 0}), std::invalid_argument);
  CHECK_THROWS_AS(memory_pipe({.latency = -1ms}), std::invalid_argument);
  CHECK_THROWS_AS(memory_pipe({.capacity = 0}), std::invalid_argument);
  CHECK_THROWS_AS(memory_pipe({.limit = 0}), std::invalid_argument);
  CHECK_THROWS_AS(memory_pipe(), ouro::usage_error);
}

OURO_TEST_CASE("memory_pipe: a line longer than the limit is refused and stays",
               "[testing][memory_pipe][error]") {
  auto [near_end, far_end] = memory_pipe({.limit = 8});
  near_end.writer.write("0123456789\nrest");
  near_end.writer.close();

  CHECK_THROWS_AS(co_await far_end.reader.readline(), ouro::limit_overrun_error);

  const std::string all = co_await far_end.reader.read();
  CHECK(all == "0123456789\nrest");
}

OURO_TEST_CASE("memory_pipe: a second reader is refused, and the first goes on",
               "[testing][memory_pipe][error]") {
  auto [near_end, far_end] = memory_pipe();
  auto first = ouro::create_task(text_of(far_end.reader.readline()));
  co_await settle();

  CHECK_THROWS_AS(co_await far_end.reader.read(1), ouro::usage_error);

  near_end.writer.write("line\n");
  co_await first;
  CHECK(first.result() == "line\n");
}
