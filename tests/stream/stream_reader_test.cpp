// SPDX-License-Identifier: BSL-1.0
// What each read takes and gives, of what was fed.
#include "ouro/stream/stream_reader.hpp"

#include "tests/stream/stream_fixture.hpp"

#include <array>
#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace stream_test;

ouro::task<> feed_soon(ouro::stream_reader& reader, std::string data, bool end) {
  co_await ouro::sleep(1ms);
  reader.feed_data(data);
  if (end) reader.feed_eof();
}

/// Where a readuntil() has stopped.
template <class Read>
ouro::task<std::string> failure_of(Read read) {
  try {
    co_await std::move(read);
  } catch (const ouro::limit_overrun_error& error) {
    co_return "overrun " + std::to_string(error.consumed);
  } catch (const ouro::incomplete_read_error& error) {
    co_return "incomplete " + error.partial;
  } catch (const std::invalid_argument&) {
    co_return std::string("invalid");
  }
  co_return std::string("none");
}

}  // namespace

OURO_TEST_CASE("stream_reader: read(n) gives what is there, at most n bytes",
               "[stream][stream_reader]") {
  ouro::stream_reader reader;
  reader.feed_data("abcdef");

  const std::string first = co_await reader.read(4);
  const std::string second = co_await reader.read(4);
  const std::string nothing = co_await reader.read(0);

  CHECK(first == "abcd");
  CHECK(second == "ef");
  CHECK(nothing == "");
  CHECK_FALSE(reader.at_eof());
}

OURO_TEST_CASE("stream_reader: a read of more than there is takes what there is and no more",
               "[stream][stream_reader]") {
  ouro::stream_reader reader;
  reader.feed_data("abc");
  const std::string first = co_await reader.read(100);
  reader.feed_data("def");
  const std::string_view second = co_await reader.read_view();
  CHECK(second == "def");
  reader.feed_data("ghi");

  const std::string third = co_await reader.readexactly(3);

  CHECK(first == "abc");
  CHECK(third == "ghi");
}

OURO_TEST_CASE("stream_reader: read(span) copies what was fed", "[stream][stream_reader]") {
  ouro::stream_reader reader;
  reader.feed_data("abc");
  std::array<std::byte, 1000> into;

  const std::size_t count = co_await reader.read(std::span(into));
  const std::size_t none = co_await reader.read(std::span(into).first(0));

  CHECK(text_of(std::span(into).first(count)) == "abc");
  CHECK(none == 0);
}

OURO_TEST_CASE("stream_reader: read() waits for the end and gives everything",
               "[stream][stream_reader]") {
  ouro::stream_reader reader;
  reader.feed_data("abc");
  auto feeding = ouro::create_task(feed_soon(reader, pattern(300000), true));

  const std::string all = co_await reader.read();
  const std::string after = co_await reader.read();

  CHECK(all == "abc" + pattern(300000));
  CHECK(after == "");
  CHECK(reader.at_eof());
  co_await feeding;
}

OURO_TEST_CASE("stream_reader: a view stays valid until the next read begins",
               "[stream][stream_reader]") {
  ouro::stream_reader reader;
  reader.feed_data("one\ntwo\n0123456789");

  const std::string_view line = co_await reader.readline_view();
  CHECK(line == "one\n");
  const std::string_view until = co_await reader.readuntil_view("\n");
  CHECK(until == "two\n");
  const std::string_view exact = co_await reader.readexactly_view(3);
  CHECK(exact == "012");
  const std::string_view rest = co_await reader.read_view();
  CHECK(rest == "3456789");
}

OURO_TEST_CASE("stream_reader: readexactly() waits for the last byte, in every form",
               "[stream][stream_reader]") {
  ouro::stream_reader reader;
  reader.feed_data("ab");
  auto feeding = ouro::create_task(feed_soon(reader, "cdefg", true));

  const std::string text = co_await reader.readexactly(4);
  std::array<std::byte, 2> into;
  co_await reader.readexactly(std::span(into));
  const std::string short_read = co_await failure_of(reader.readexactly(2));

  CHECK(text == "abcd");
  CHECK(text_of(into) == "ef");
  CHECK(short_read == "incomplete g");
  CHECK(reader.at_eof());
  co_await feeding;
}

OURO_TEST_CASE("stream_reader: readuntil() finds a separator that comes in two parts",
               "[stream][stream_reader]") {
  ouro::stream_reader reader;
  reader.feed_data("key: value\r");
  auto feeding = ouro::create_task(feed_soon(reader, "\nnext\r\npartial", true));

  const std::string first = co_await reader.readuntil("\r\n");
  const std::string second = co_await reader.readuntil("\r\n");
  const std::string third = co_await failure_of(reader.readuntil("\r\n"));

  CHECK(first == "key: value\r\n");
  CHECK(second == "next\r\n");
  CHECK(third == "incomplete partial");
  co_await feeding;
}

OURO_TEST_CASE("stream_reader: of several separators the one that ends first counts",
               "[stream][stream_reader]") {
  ouro::stream_reader reader;
  const std::array<std::string_view, 3> ends{"\n", "\r\n", "--end--"};
  reader.feed_data("a\r\nb\nc--end--");

  const std::string first = co_await reader.readuntil(std::span(ends));
  const std::string second = co_await reader.readuntil(std::span(ends));
  const std::string third = co_await reader.readuntil(std::span(ends));

  CHECK(first == "a\r\n");
  CHECK(second == "b\n");
  CHECK(third == "c--end--");
}

OURO_TEST_CASE("stream_reader: a separator that is empty is refused",
               "[stream][stream_reader][error]") {
  ouro::stream_reader reader;

  CHECK_THROWS_AS(static_cast<void>(reader.readuntil("")), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(reader.readuntil(std::span<const std::string_view>())),
                  std::invalid_argument);
  co_return;
}

OURO_TEST_CASE("stream_reader: a limit of zero is refused", "[stream][stream_reader][error]") {
  CHECK_THROWS_AS(ouro::stream_reader(0), std::invalid_argument);
  co_return;
}

OURO_TEST_CASE("stream_reader: a line over the limit stays, and skip_line() leaves it behind",
               "[stream][stream_reader][limits]") {
  ouro::stream_reader reader(8);
  reader.feed_data("0123456789ABCDEF\nshort\n");

  const std::string found = co_await failure_of(reader.readline());
  const std::string again = co_await failure_of(reader.readuntil("\n"));
  const std::size_t skipped = co_await reader.skip_line();
  const std::string next = co_await reader.readline();

  CHECK(found == "overrun 16");
  CHECK(again == "overrun 16");
  CHECK(skipped == 17);
  CHECK(next == "short\n");
}

OURO_TEST_CASE("stream_reader: over the limit without a separator, what may be one's begin stays",
               "[stream][stream_reader][limits]") {
  ouro::stream_reader reader(8);
  reader.feed_data("0123456789\r");

  const std::string found = co_await failure_of(reader.readuntil("\r\n"));
  const std::string all = co_await reader.read(100);

  CHECK(found == "overrun 10");
  CHECK(all == "0123456789\r");
}

OURO_TEST_CASE("stream_reader: exactly the limit is within it, one more is not",
               "[stream][stream_reader][limits]") {
  ouro::stream_reader reader(8);
  reader.feed_data("01234567\n012345678\n");

  const std::string fits = co_await reader.readline();
  const std::string over = co_await failure_of(reader.readline());
  const std::string wider = co_await reader.readline({.limit = 9});

  CHECK(fits == "01234567\n");
  CHECK(over == "overrun 9");
  CHECK(wider == "012345678\n");
}

OURO_TEST_CASE("stream_reader: the largest limit is no limit", "[stream][stream_reader][limits]") {
  ouro::stream_reader reader;
  reader.feed_data(pattern(100000));
  auto feeding = ouro::create_task(feed_soon(reader, "\n", false));

  const std::string line =
      co_await reader.readline({.limit = std::numeric_limits<std::size_t>::max()});

  CHECK(line == pattern(100000) + "\n");
  co_await feeding;
}

OURO_TEST_CASE("stream_reader: lines to the end, the last without its line end",
               "[stream][stream_reader]") {
  ouro::stream_reader reader;
  reader.feed_data("one\n\nrest");
  reader.feed_eof();

  std::vector<std::string> lines;
  while (std::optional<std::string> line = co_await reader.anext()) lines.push_back(*line);
  const std::string after = co_await reader.readline();

  CHECK(lines == std::vector<std::string>{"one\n", "\n", "rest"});
  CHECK(after == "");
}

OURO_TEST_CASE("stream_reader: skip_line() drops any amount, and counts it",
               "[stream][stream_reader]") {
  ouro::stream_reader reader(8);
  auto feeding = ouro::create_task(feed_soon(reader, pattern(100000) + "\nnext", true));

  const std::size_t skipped = co_await reader.skip_line();
  const std::size_t last = co_await reader.skip_line();
  const std::size_t none = co_await reader.skip_line();

  CHECK(skipped == 100001);
  CHECK(last == 4);
  CHECK(none == 0);
  co_await feeding;
}

OURO_TEST_CASE("stream_reader: a second reader is refused, and the first is not disturbed",
               "[stream][stream_reader][error]") {
  ouro::stream_reader reader;
  auto first = ouro::create_task(outcome_of(reader.readline()));
  co_await ouro::sleep(0s);

  const std::string second = co_await outcome_of(reader.read(1));
  reader.feed_data("for the first\n");
  const std::string line = co_await first;

  CHECK(second == "usage");
  CHECK(line == "for the first\n");
}

OURO_TEST_CASE("stream_reader: set_exception() reaches who waits and every later read",
               "[stream][stream_reader][error]") {
  ouro::stream_reader reader;
  auto waiting = ouro::create_task(outcome_of(reader.read(1)));
  co_await ouro::sleep(0s);

  reader.set_exception(
      std::make_exception_ptr(std::system_error(EPIPE, std::system_category(), "on purpose")));
  const std::string first = co_await waiting;
  const std::string later = co_await outcome_of(reader.readline());

  CHECK(first == "on purpose: " + std::to_string(EPIPE));
  CHECK(later == first);
  CHECK(reader.exception() != nullptr);
}

OURO_TEST_CASE("stream_reader: feeding after the end is refused",
               "[stream][stream_reader][error]") {
  ouro::stream_reader reader;
  reader.feed_eof();

  CHECK_THROWS_AS(reader.feed_data("x"), ouro::usage_error);
  co_return;
}

OURO_TEST_CASE("stream_reader: what feeds is paused at twice the limit and resumed at the limit",
               "[stream][stream_reader][limits]") {
  auto ends = socket_pair();
  const ouro::transport_ptr source = over(std::move(ends[0]));
  ouro::stream_reader reader(100);
  reader.set_transport(*source);

  reader.feed_data(std::string(200, 'x'));
  CHECK(source->is_reading());
  reader.feed_data("x");
  CHECK_FALSE(source->is_reading());

  co_await reader.readexactly(100);
  CHECK_FALSE(source->is_reading());
  co_await reader.readexactly(1);
  CHECK(source->is_reading());
  source->close();
}
