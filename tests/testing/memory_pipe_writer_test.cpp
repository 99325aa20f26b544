// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/errors.hpp"
#include "ouro/testing/memory_pipe.hpp"
#include "ouro/testing/stream_pair.hpp"

#include "tests/support/loop_test.hpp"

#include <cerrno>
#include <system_error>

using namespace std::chrono_literals;
using ouro::testing::memory_pipe;
using ouro::testing::settle;
using ouro::testing::stream_pair;

namespace {

template <class Wait>
ouro::task<> done(Wait wait) {
  co_await std::move(wait);
}

/// The errno that it throws, or 0.
template <class Awaitable>
ouro::task<int> error_of(Awaitable awaitable) {
  try {
    co_await std::move(awaitable);
  } catch (const std::system_error& error) {
    co_return error.code().value();
  }
  co_return 0;
}

}  // namespace

OURO_TEST_CASE("memory_pipe: drain() does not suspend below the high mark",
               "[testing][memory_pipe]") {
  auto [near_end, far_end] = memory_pipe({.capacity = 1});
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
  near_end.writer.transport().set_write_buffer_limits({.high = 0});
  near_end.writer.write("01234");
  auto first = ouro::create_task(done(near_end.writer.drain()));
  auto second = ouro::create_task(done(near_end.writer.drain()));
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

OURO_TEST_CASE("memory_pipe: as much as the capacity leaves a writer that nobody reads",
               "[testing][memory_pipe]") {
  auto [near_end, far_end] = memory_pipe({.capacity = 10});
  near_end.writer.write(std::string(25, 'x'));

  co_await settle();

  CHECK(near_end.writer.transport().get_write_buffer_size() == 15);
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
  auto [near_end, far_end] = memory_pipe({.capacity = 3});
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
  auto reading = ouro::create_task([](ouro::stream_reader& reader) -> ouro::task<std::string> {
    co_return co_await reader.read();
  }(ends[1].reader));
  {
    const ouro::connection gone = std::move(ends[0]);
    co_await settle();
    CHECK_FALSE(reading.done());
  }
  co_await reading;

  CHECK(reading.result().empty());
}

OURO_TEST_CASE("memory_pipe: wait_closed() waits for close() and for what is not sent",
               "[testing][memory_pipe]") {
  auto [near_end, far_end] = memory_pipe({.capacity = 3});
  near_end.writer.write("01234");
  auto closed = ouro::create_task(done(near_end.writer.wait_closed()));
  co_await settle();
  near_end.writer.close();
  co_await settle();
  CHECK_FALSE(closed.done());

  co_await far_end.reader.readexactly(2);
  co_await settle();

  CHECK(closed.done());
}

OURO_TEST_CASE("memory_pipe: write_all() waits until the last byte is on its way",
               "[testing][memory_pipe]") {
  auto [near_end, far_end] = memory_pipe({.max_chunk = 5, .seed = 9, .capacity = 7});
  const std::string large(1000, 'x');
  auto writing = ouro::create_task(done(near_end.writer.write_all(large)));

  const std::string most = co_await far_end.reader.readexactly(900);
  CHECK_FALSE(writing.done());
  const std::string rest = co_await far_end.reader.readexactly(100);
  co_await writing;

  CHECK(most + rest == large);
}

OURO_TEST_CASE("memory_pipe: abort() drops what is not on its way", "[testing][memory_pipe]") {
  auto [near_end, far_end] = memory_pipe({.capacity = 4});
  far_end.writer.write("sentdropped");
  co_await settle();

  far_end.writer.abort();
  co_await far_end.writer.wait_closed();

  const std::string sent = co_await near_end.reader.read();
  const std::string own = co_await far_end.reader.read();
  CHECK(sent == "sent");
  CHECK(own.empty());
}

// The same on both kinds of transport.

OURO_TEST_CASE("memory_pipe: a peer that closes with bytes unread resets, as a socket does",
               "[testing][memory_pipe][error]") {
  for (const bool in_memory : {true, false}) {
    auto [near_end, far_end] = in_memory ? memory_pipe() : stream_pair();
    far_end.writer.write("ok");
    co_await near_end.writer.write_all("unread");
    co_await far_end.writer.write_all("!");

    far_end.writer.close();
    co_await far_end.writer.wait_closed();

    const std::string before = co_await near_end.reader.readexactly(3);
    const int first = co_await error_of(near_end.reader.read(1));
    const int second = co_await error_of(near_end.reader.read(1));
    const int draining = co_await error_of(near_end.writer.drain());
    const int closing = co_await error_of(near_end.writer.wait_closed());
    CHECK(before == "ok!");
    CHECK(first == ECONNRESET);
    CHECK(second == ECONNRESET);
    CHECK(draining == ECONNRESET);
    CHECK(closing == ECONNRESET);
    CHECK(near_end.writer.is_closing());
  }
}

OURO_TEST_CASE("memory_pipe: writing to a closed peer breaks the connection, as of a socket",
               "[testing][memory_pipe][error]") {
  for (const bool in_memory : {true, false}) {
    auto [near_end, far_end] = in_memory ? memory_pipe() : stream_pair();
    far_end.writer.close();
    co_await far_end.writer.wait_closed();

    const int writing = co_await error_of(near_end.writer.write_all("nobody reads this"));
    const int reading = co_await error_of(near_end.reader.read(1));
    const int draining = co_await error_of(near_end.writer.drain());

    CHECK(writing == EPIPE);
    CHECK(reading == EPIPE);
    CHECK(draining == EPIPE);
  }
}

OURO_TEST_CASE("memory_pipe: drain() throws once the peer is closed without having read",
               "[testing][memory_pipe][error]") {
  auto [near_end, far_end] = memory_pipe({.capacity = 1});
  near_end.writer.transport().set_write_buffer_limits({.high = 0});
  near_end.writer.write("unread");
  auto waiting = ouro::create_task(error_of(near_end.writer.drain()));
  co_await settle();

  far_end.writer.close();

  const int error = co_await waiting;
  CHECK(error == ECONNRESET);
}

OURO_TEST_CASE("memory_pipe: reset_after resets both ends after so many bytes",
               "[testing][memory_pipe][error]") {
  auto [near_end, far_end] = memory_pipe({.reset_after = 5});
  near_end.writer.write("0123456789");

  const std::string before = co_await far_end.reader.read(100);
  const int far_reset = co_await error_of(far_end.reader.read(1));
  const int far_again = co_await error_of(far_end.reader.readline());
  const int near_reset = co_await error_of(near_end.reader.read(1));

  CHECK(before == "01234");
  CHECK(far_reset == ECONNRESET);
  CHECK(far_again == ECONNRESET);
  CHECK(near_reset == ECONNRESET);
}

OURO_TEST_CASE("memory_pipe: reset_after zero resets from the beginning",
               "[testing][memory_pipe][error]") {
  auto [near_end, far_end] = memory_pipe({.reset_after = 0});

  const int reading = co_await error_of(near_end.reader.readline());
  const int writing = co_await error_of(far_end.writer.write_all("x"));

  CHECK(reading == ECONNRESET);
  CHECK(writing == ECONNRESET);
}

TEST_CASE("memory_pipe: ends with requests that wait outlive their loop",
          "[testing][memory_pipe]") {
  std::optional<std::array<ouro::connection, 2>> ends;
  {
    ouro::event_loop loop;
    loop.run_until_complete([](auto& into) -> ouro::task<> {
      into.emplace(memory_pipe({.latency = 1h, .capacity = 1}));
      (*into)[0].writer.write("more than fits");
      auto cancelled = ouro::create_task(done((*into)[1].reader.readexactly(3)));
      co_await ouro::testing::run_turns(3);
      cancelled.cancel();
      CHECK_THROWS_AS(co_await cancelled, ouro::cancelled_error);
    }(ends));
  }

  CHECK((*ends)[0].writer.is_closing());
}
