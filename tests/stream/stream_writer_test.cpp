// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/stream_writer.hpp"

#include "ouro/stream/connection.hpp"

#include "tests/stream/stream_fixture.hpp"
#include "tests/task/captured_log.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>

namespace {

using namespace stream_test;

/// A connection that the peer does not read from: its socket takes no more.
half_pair stuck() {
  half_pair made = connect_socket({.send_buffer = 4096, .receive_buffer = 4096});
  fill(made.near.writer.socket()->fd());
  return made;
}

/// Reads until nothing comes any more.
ouro::task<std::string> received_by(ouro::socket& far) {
  std::string text;
  for (int idle = 0; idle < 5; ++idle) {
    const std::string more = left_in(far.fd());
    if (!more.empty()) idle = 0;
    text += more;
    co_await run_turns(3);
  }
  co_return text;
}

/// What comes behind the 'x' of fill().
ouro::task<std::string> received_behind(ouro::socket& far) {
  std::string text = co_await received_by(far);
  co_return text.substr(std::min(text.find_first_not_of('x'), text.size()));
}

ouro::task<> write_numbered(ouro::stream_writer& writer, char name, int how) {
  for (int i = 0; i < 20; ++i) {
    const std::string line = name + std::to_string(i) + std::string(500, '.') + "\n";
    if (how == 0) {
      writer.write(line);
      co_await writer.drain();
    } else if (how == 1) {
      co_await writer.write_all(line);
    } else {
      const std::array<std::string_view, 2> parts{std::string_view(line).substr(0, 3),
                                                  std::string_view(line).substr(3)};
      writer.writelines(parts);
      co_await ouro::sleep(0s);
    }
  }
}

}  // namespace

OURO_TEST_CASE("stream_writer: writes of one turn arrive in order", "[stream][stream_writer]") {
  auto [near, far] = connect_socket();
  near.writer.write("one ");
  const std::array<std::string_view, 2> parts{"two ", "three "};
  near.writer.writelines(parts);
  co_await near.writer.write_all("four");

  CHECK(left_in(far.fd()) == "one two three four");
}

OURO_TEST_CASE("stream_writer: 16 MB in short sends arrive whole, by write() and by write_all()",
               "[stream][stream_writer]") {
  auto [near, far] = connect_both({.send_buffer = 65536});
  const std::string large = pattern(8'000'000);
  auto reading = ouro::create_task(outcome_of(far.reader.read()));

  near.writer.write(large);
  co_await near.writer.write_all(large);
  near.writer.close();
  const std::string all = co_await reading;

  CHECK((all == large + large));
}

OURO_TEST_CASE("stream_writer: lines of several tasks do not mix, and each keeps its order",
               "[stream][stream_writer]") {
  auto [near, far] = connect_both({.send_buffer = 4096});
  near.writer.transport().set_write_buffer_limits({.high = 1000});
  auto a = ouro::create_task(write_numbered(near.writer, 'a', 0));
  auto b = ouro::create_task(write_numbered(near.writer, 'b', 1));
  auto c = ouro::create_task(write_numbered(near.writer, 'c', 2));

  std::array<int, 3> next{};
  for (int i = 0; i < 60; ++i) {
    const std::string line = co_await far.reader.readline();
    const auto who = static_cast<std::size_t>(line[0] - 'a');
    REQUIRE(who < 3);
    const std::string number = std::to_string(next[who]++);
    REQUIRE(line == line[0] + number + std::string(500, '.') + "\n");
  }

  co_await a;
  co_await b;
  co_await c;
}

OURO_TEST_CASE("stream_writer: drain() does not wait at the high mark, but above it",
               "[stream][stream_writer]") {
  auto [near, far] = stuck();
  near.writer.transport().set_write_buffer_limits({.high = 100, .low = 10});
  near.writer.write(std::string(100, 'a'));
  const auto at_mark = near.writer.drain();
  CHECK(at_mark.await_ready());

  near.writer.write("b");
  auto draining = ouro::create_task(outcome_of(near.writer.drain()));
  co_await run_turns(3);
  CHECK_FALSE(draining.done());
  const std::string text = co_await received_behind(far);
  const std::string outcome = co_await draining;

  CHECK(text == std::string(100, 'a') + "b");
  CHECK(outcome == "done");
}

OURO_TEST_CASE("stream_writer: with a high mark of zero drain() waits until all is sent",
               "[stream][stream_writer]") {
  auto [near, far] = connect_socket();
  near.writer.transport().set_write_buffer_limits({.high = 0});
  near.writer.write("x");

  co_await near.writer.drain();

  CHECK(near.writer.transport().get_write_buffer_size() == 0);
  CHECK(left_in(far.fd()) == "x");
}

OURO_TEST_CASE("stream_writer: a cancelled drain() loses nothing, and others go on waiting",
               "[stream][stream_writer][cancel]") {
  auto [near, far] = stuck();
  near.writer.transport().set_write_buffer_limits({.high = 0});
  near.writer.write("abc");
  auto cancelled = ouro::create_task(outcome_of(near.writer.drain()));
  auto waiting = ouro::create_task(outcome_of(near.writer.drain()));
  const std::string before = co_await outcome_within(0s, near.writer.drain());
  co_await run_turns(3);

  cancelled.cancel();
  const std::string first = co_await cancelled;
  CHECK_FALSE(waiting.done());
  const std::string text = co_await received_behind(far);
  const std::string second = co_await waiting;

  CHECK(before == "timeout");
  CHECK(first == "cancelled");
  CHECK(second == "done");
  CHECK(text == "abc");
}

OURO_TEST_CASE("stream_writer: what is left of a cancelled write_all() still goes out, in order",
               "[stream][stream_writer][cancel]") {
  auto [near, far] = stuck();
  auto large = std::make_unique<std::string>(pattern(100000));
  auto cancelled = ouro::create_task(outcome_of(near.writer.write_all(*large)));
  auto behind = ouro::create_task(outcome_of(near.writer.write_all("behind")));
  co_await run_turns(3);

  cancelled.cancel();
  const std::string outcome = co_await cancelled;
  large.reset();
  near.writer.write(" and last");
  CHECK_FALSE(near.writer.drain().await_ready());  // 100000 bytes are buffered now
  const std::string text = co_await received_behind(far);
  const std::string second = co_await behind;

  CHECK(outcome == "cancelled");
  CHECK((text == pattern(100000) + "behind and last"));
  CHECK(second == "done");
}

OURO_TEST_CASE("stream_writer: a write_all() that was cancelled before sends nothing",
               "[stream][stream_writer][cancel]") {
  auto [near, far] = connect_socket();
  auto task = ouro::create_task(outcome_if_cancelled_before(near.writer.write_all("never")));

  const std::string outcome = co_await task;
  const std::string text = co_await received_by(far);

  CHECK(outcome == "cancelled");
  CHECK(text == "");
}

OURO_TEST_CASE("stream_writer: close() sends what was written, abort() drops it",
               "[stream][stream_writer]") {
  for (const bool dropped : {false, true}) {
    auto [near, far] = stuck();
    near.writer.write(std::string(50000, 'a'));
    co_await run_turns(3);

    dropped ? near.writer.abort() : near.writer.close();
    auto closing = ouro::create_task(outcome_of(near.writer.wait_closed()));
    const std::string text = co_await received_behind(far);
    const std::string outcome = co_await closing;

    CHECK(text.size() == (dropped ? 0 : 50000));
    CHECK(outcome == "done");
  }
}

OURO_TEST_CASE("stream_writer: abort() tells who drains and who writes",
               "[stream][stream_writer][error]") {
  auto [near, far] = stuck();
  near.writer.transport().set_write_buffer_limits({.high = 0});
  near.writer.write("abc");
  auto draining = ouro::create_task(outcome_of(near.writer.drain()));
  const std::string large(100000, 'y');
  auto writing = ouro::create_task(outcome_of(near.writer.write_all(large)));
  co_await run_turns(3);

  near.writer.abort();
  const std::string drain = co_await draining;
  const std::string write = co_await writing;
  const std::string later = co_await outcome_of(near.writer.write_all("z"));

  CHECK(drain == "Connection lost: " + std::to_string(ECONNRESET));
  CHECK(write.ends_with(": " + std::to_string(ECONNRESET)));
  CHECK(later.ends_with(": " + std::to_string(ECONNRESET)));
}

OURO_TEST_CASE("stream_writer: a peer that is gone breaks the write",
               "[stream][stream_writer][error]") {
  auto [near, far] = connect_socket();
  far.close();

  const std::string first = co_await outcome_of(near.writer.write_all("x"));
  const std::string second = co_await outcome_of(near.writer.write_all("x"));
  const std::string read = co_await outcome_of(near.reader.read(1));
  const std::string closed = co_await outcome_of(near.writer.wait_closed());

  CHECK(first == "send: " + std::to_string(EPIPE));
  CHECK(second == first);
  CHECK(read == first);
  CHECK(closed == first);
}

OURO_TEST_CASE("stream_writer: after write_eof() the peer can answer, and writing is misuse",
               "[stream][stream_writer]") {
  auto [near, far] = connect_both();
  near.writer.write("question");
  near.writer.write_eof();
  near.writer.write_eof();
  const std::string question = co_await far.reader.read();
  far.writer.write("answer");
  far.writer.close();

  const std::string answer = co_await near.reader.read();

  CHECK(question == "question");
  CHECK(answer == "answer");
  CHECK_THROWS_AS(near.writer.write("more"), ouro::usage_error);
  const std::string all = co_await outcome_of(near.writer.write_all("more"));
  CHECK(all == "usage");
}

OURO_TEST_CASE("stream_writer: a write over the cap is refused as a whole",
               "[stream][stream_writer][error]") {
  auto [near, far] = connect_socket();
  near.writer.transport().set_write_buffer_limits({.high = 10, .cap = 20});
  near.writer.write(std::string(20, 'a'));

  CHECK_THROWS_AS(near.writer.write("b"), ouro::usage_error);

  const std::string text = co_await received_by(far);
  CHECK(text == std::string(20, 'a'));
}

OURO_TEST_CASE("stream_writer: writes after close() are ignored, and from the sixth on reported",
               "[stream][stream_writer]") {
  auto [near, far] = connect_socket();
  near.writer.close();
  const test::captured_log log;

  for (int i = 0; i < 5; ++i) near.writer.write("ignored");
  CHECK(log.lines().empty());
  near.writer.write("ignored");

  CHECK(log.lines().size() == 1);
  const std::string text = co_await received_by(far);
  CHECK(text == "");
}

OURO_TEST_CASE("stream_writer: assigning to one closes what it had", "[stream][stream_writer]") {
  auto first = connect_socket();
  auto second = connect_socket();
  const ouro::transport_ptr old(&first.near.writer.transport());

  first.near.writer = std::move(second.near.writer);

  CHECK(old->is_closing());
  CHECK_FALSE(first.near.writer.is_closing());
  co_return;
}
