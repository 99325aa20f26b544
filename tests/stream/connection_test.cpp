// SPDX-License-Identifier: BSL-1.0
// Reads over a socket: cancelled, timed out, broken, closed.
#include "ouro/stream/connection.hpp"

#include "ouro/stream/detail/block_pool.hpp"
#include "ouro/task/wait_for.hpp"
#include "ouro/testing/advance.hpp"

#include "tests/stream/stream_fixture.hpp"
#include "tests/support/sanitized.hpp"
#include "tests/task/captured_log.hpp"

#include <array>
#include <random>
#include <string>

namespace {

using namespace stream_test;

enum class form { span, small_span, text, view, line, exactly, all };

/// A read of "hello\n" in one of the forms; `all` needs the end too.
ouro::task<std::string> read_as(ouro::stream_reader& reader, form how) {
  std::array<std::byte, 1000> memory;
  switch (how) {
    case form::span: {
      const std::size_t count = co_await reader.read(std::span(memory));
      co_return text_of(std::span(memory).first(count));
    }
    case form::small_span: {
      const std::size_t count = co_await reader.read(std::span(memory).first(100));
      co_return text_of(std::span(memory).first(count));
    }
    case form::text:
      co_return co_await reader.read(100);
    case form::view: {
      const std::string_view view = co_await reader.read_view();
      co_return std::string(view);
    }
    case form::line:
      co_return co_await reader.readline();
    case form::exactly:
      co_return co_await reader.readexactly(6);
    case form::all:
      break;
  }
  co_return co_await reader.read();
}

form any_form() {
  return GENERATE(form::span, form::small_span, form::text, form::view, form::line, form::exactly,
                  form::all);
}

void on_a_loop(const std::function<ouro::task<>()>& body) {
  report_to_catch(run_isolated([&body] { return body(); }));
}

}  // namespace

TEST_CASE("connection: every form of a read gives what is there, and what comes later",
          "[stream][connection]") {
  const form how = any_form();
  const bool suspended = GENERATE(false, true);
  on_a_loop([how, suspended]() -> ouro::task<> {
    auto [near, far] = connect_socket();
    if (!suspended) {
      send_text(far.fd(), "hello\n");
      if (how == form::all) far.shutdown(ouro::shutdown_how::send);
    }
    auto reading = ouro::create_task(read_as(near.reader, how));
    co_await ouro::sleep(1ms);
    if (suspended) {
      send_text(far.fd(), "hello\n");
      if (how == form::all) far.shutdown(ouro::shutdown_how::send);
    }
    const std::string text = co_await reading;
    CHECK(text == "hello\n");
  });
}

TEST_CASE("connection: a cancelled read takes nothing, in every form",
          "[stream][connection][cancel]") {
  const form how = any_form();
  const bool started = GENERATE(false, true);
  const bool racing = GENERATE(false, true);
  on_a_loop([how, started, racing]() -> ouro::task<> {
    auto [near, far] = connect_socket();
    if (racing && !started) send_text(far.fd(), "hello\n");
    auto reading =
        ouro::create_task(started ? outcome_of(read_as(near.reader, how))
                                  : outcome_if_cancelled_before(read_as(near.reader, how)));
    co_await run_turns(started ? 3 : 0);
    if (racing && started) send_text(far.fd(), "hello\n");
    if (started) reading.cancel();
    const std::string first = co_await reading;
    if (!racing) send_text(far.fd(), "hello\n");
    far.shutdown(ouro::shutdown_how::send);
    const std::string rest = co_await near.reader.read();
    CHECK((first == "cancelled" ? rest : first + rest) ==
          (first == "cancelled" ? "hello\n" : "hello\n, then cancelled"));
  });
}

TEST_CASE("connection: a read inside an expired deadline scope takes nothing, in every form",
          "[stream][connection][cancel]") {
  const form how = any_form();
  on_a_loop([how]() -> ouro::task<> {
    auto [near, far] = connect_socket();
    const std::string first = co_await outcome_within(10ms, read_as(near.reader, how));
    send_text(far.fd(), "hello\n");
    far.shutdown(ouro::shutdown_how::send);
    const std::string second = co_await read_as(near.reader, how);
    CHECK(first == "timeout");
    CHECK(second == "hello\n");
  });
}

OURO_TEST_CASE("connection: reads that time out at random lose no byte",
               "[stream][connection][cancel]") {
  auto [near, far] = connect_both();
  std::mt19937 random(42);
  constexpr int rounds = test::sanitized ? 20000 : 100000;
  const std::string sent = pattern(rounds);
  std::string received;
  std::size_t written = 0;
  std::array<std::byte, 600> memory;
  int timeouts = 0;

  for (int i = 0; i < rounds; ++i) {
    if (random() % 2 == 0) {
      const std::size_t count = std::min<std::size_t>(random() % 4, sent.size() - written);
      far.writer.write(std::string_view(sent).substr(written, count));
      written += count;
    }
    if (random() % 2 == 0) co_await ouro::sleep(0s);
    ouro::fail_after guard(random() % 2 == 0 ? 0ns : 1ns);
    try {
      switch (random() % 4) {
        case 0: {
          const std::size_t count = co_await near.reader.read(std::span(memory));
          received += text_of(std::span(memory).first(count));
          break;
        }
        case 1: {
          const std::string text = co_await near.reader.read(3);
          received += text;
          break;
        }
        case 2: {
          const std::string_view view = co_await near.reader.read_view();
          received += view;
          break;
        }
        default: {
          const std::string text = co_await near.reader.readexactly(2);
          received += text;
        }
      }
    } catch (const ouro::timeout_error&) {
      ++timeouts;
    }
  }
  far.writer.close();
  received += co_await near.reader.read();

  CHECK(received == sent.substr(0, written));
  CHECK(timeouts > rounds / 10);
}

OURO_TEST_CASE("connection: a second reader is refused while the first waits in the kernel",
               "[stream][connection][error]") {
  auto [near, far] = connect_socket();
  auto first = ouro::create_task(outcome_of(near.reader.readline()));
  co_await run_turns(3);

  const std::string second = co_await outcome_of(near.reader.readline());
  send_text(far.fd(), "mine\n");
  const std::string line = co_await first;

  CHECK(second == "usage");
  CHECK(line == "mine\n");
}

TEST_CASE("connection: close() with a read waiting gives it the end", "[stream][connection]") {
  const form how = GENERATE(form::span, form::text, form::view, form::line, form::all);
  const bool aborted = GENERATE(false, true);
  on_a_loop([how, aborted]() -> ouro::task<> {
    auto [near, far] = connect_socket();
    auto reading = ouro::create_task(read_as(near.reader, how));
    co_await run_turns(3);
    aborted ? near.writer.abort() : near.writer.close();
    const std::string text = co_await reading;
    CHECK(text == "");
    co_await near.writer.wait_closed();
  });
}

OURO_TEST_CASE("connection: a reset breaks the read that waits and every later one",
               "[stream][connection][error]") {
  auto [near, far] = connect_socket({.type = socket_pair_options::tcp});
  auto reading = ouro::create_task(outcome_of(near.reader.read(10)));
  co_await run_turns(3);

  const ::linger at_once{1, 0};
  REQUIRE(::setsockopt(far.fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
  far.close();
  const std::string first = co_await reading;
  const std::string later = co_await outcome_of(near.reader.readline());
  const std::string drain = co_await outcome_of(near.writer.drain());
  const std::string closed = co_await outcome_of(near.writer.wait_closed());

  CHECK(first == "recv: " + std::to_string(ECONNRESET));
  CHECK(later == first);
  CHECK(drain == first);
  CHECK(closed == first);
}

OURO_TEST_CASE("connection: an idle reader gives its memory back, and still reads",
               "[stream][connection][sweep]") {
  auto [near, far] = connect_socket();
  auto reading = ouro::create_task(outcome_of(near.reader.read(100)));
  co_await run_turns(3);
  const auto others = empty_block_pool();

  co_await ouro::sleep(3s);
#ifndef OURO_NO_FRAME_POOL
  CHECK(ouro::detail::block::kept() == ouro::detail::block::largest_kept);
#endif
  send_text(far.fd(), "awake");
  const std::string text = co_await reading;

  CHECK(text == "awake");
}

OURO_TEST_CASE("connection: the halves go in any order, and what was written arrives",
               "[stream][connection]") {
  for (const bool writer_first : {true, false}) {
    auto ends = socket_pair();
    {
      auto made = ouro::detail::make_connection(over(std::move(ends[0])));
      std::optional<ouro::stream_reader> reader(std::move(made.reader));
      std::optional<ouro::stream_writer> writer(std::move(made.writer));
      writer->write("parting words");
      if (writer_first) writer.reset();
      reader.reset();
    }
    co_await settle();
    CHECK(left_in(ends[1].fd()) == "parting words");
  }
}

TEST_CASE("connection: a loop that closes sends what is small, and the halves outlive it",
          "[stream][connection]") {
  auto ends = socket_pair();
  std::optional<ouro::connection> made;
  {
    ouro::event_loop loop;
    const auto body = [&]() -> ouro::task<> {
      made.emplace(ouro::detail::make_connection(over(std::move(ends[0]))));
      auto reading = ouro::create_task(outcome_of(made->reader.readline()));
      co_await run_turns(3);
      made->writer.write("last ");
      made->writer.write("words");
    };
    const test::captured_log log;  // the reading task is reported
    loop.run_until_complete(body());
    loop.close();
  }
  CHECK(left_in(ends[1].fd()) == "last words");
  CHECK(made->writer.is_closing());
  made->writer.write("ignored");
  made->writer.close();
  made.reset();
}

OURO_TEST_CASE("connection: half-close at every byte of an exchange loses nothing",
               "[stream][connection]") {
  const std::string text = pattern(4096);
  for (std::size_t cut = 0; cut <= text.size(); cut += 1) {
    auto [near, far] = connect_socket();
    send_text(far.fd(), text.substr(0, cut));
    far.shutdown(ouro::shutdown_how::send);
    const std::string received = co_await near.reader.read();
    if (received != text.substr(0, cut)) FAIL("cut at " << cut);
    near.writer.write("ok");
    near.writer.close();
    co_await near.writer.wait_closed();
    if (left_in(far.fd()) != "ok") FAIL("no answer after a cut at " << cut);
  }
}

OURO_TEST_CASE("connection: bytes never cross connections that take over a descriptor",
               "[stream][connection]") {
  for (int i = 0; i < 1000; ++i) {
    auto [near, far] = connect_both();
    const std::string mine = "connection " + std::to_string(i) + "\n";
    auto reading = ouro::create_task(outcome_of(near.reader.readline()));
    if (i % 2 == 0) co_await ouro::sleep(0s);
    far.writer.write(mine);
    if (i % 3 == 0) {
      far.writer.abort();
      near.writer.abort();
      const std::string text = co_await reading;
      if (text != mine && text != "") FAIL(text);
    } else {
      const std::string text = co_await reading;
      if (text != mine) FAIL(text);
    }
  }
}
