// SPDX-License-Identifier: BSL-1.0
// Whole conversations, interrupted at every suspension and by a hostile kernel.
#include "ouro/stream/connection.hpp"
#include "ouro/testing/cancel_everywhere.hpp"

#include "tests/stream/stream_fixture.hpp"

#include <array>
#include <memory>
#include <string>

namespace {

using namespace stream_test;

std::string problems_of(const cancel_report& report) {
  std::string text;
  for (const std::string& problem : report.problems) text += problem + "\n";
  return text;
}

void stands_everything(ouro::task<> (*scenario)(cancel_run&)) {
  const auto report = cancel_everywhere(scenario);
  CHECK(problems_of(report) == "");
  CHECK(report.suspensions >= 2);
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const chaos_options hostile{.seed = seed, .delay = 0.5, .shorten = 0.7};
    const auto bent = cancel_everywhere(
        scenario, {.shake_seed = seed, .chaos = &hostile});
    INFO("seed " << seed);
    CHECK(problems_of(bent) == "");
  }
}

/// What the scenario has not read is read at its end.
ouro::task<> read_rest(std::shared_ptr<full_pair> pair, byte_ledger& ledger) {
  pair->far.writer.close();
  const std::string rest = co_await pair->near.reader.read();
  ledger.received(rest);
  pair->near.writer.close();
}

void write_and_note(full_pair& pair, byte_ledger& ledger, std::string_view text) {
  pair.far.writer.write(text);
  ledger.sent(text);
}

/// A timer that does not outlive the scenario.
struct cancelled_timer {
  ouro::timer_handle timer;
  ~cancelled_timer() { timer.cancel(); }
};

ouro::task<> every_read(cancel_run& run) {
  auto pair = std::make_shared<full_pair>(connect_both());
  byte_ledger& ledger = run.ledger();
  run.at_end([pair, &ledger] { return read_rest(pair, ledger); });
  ouro::stream_reader& reader = pair->near.reader;
  std::array<std::byte, 600> memory;

  const cancelled_timer late{ouro::get_running_loop().call_later(
      1ms, [&pair = *pair, &ledger] { write_and_note(pair, ledger, "late\n"); })};
  const std::size_t count = co_await reader.read(std::span(memory));
  ledger.received(std::span(memory).first(count));
  write_and_note(*pair, ledger, "a line\nabcde");
  const std::string line = co_await reader.readline();
  ledger.received(line);
  const std::string exact = co_await reader.readexactly(5);
  ledger.received(exact);
  write_and_note(*pair, ledger, "xyz");
  const std::string_view view = co_await reader.read_view();
  ledger.received(view);
  write_and_note(*pair, ledger, "123456");
  co_await reader.readexactly(std::span(memory).first(6));
  ledger.received(std::span(memory).first(6));
}

/// The far side gets the first message, and the second whole or not at all.
ouro::task<> check_far(std::shared_ptr<full_pair> pair, cancel_run& run) {
  pair->near.writer.close();
  const std::string all = co_await pair->far.reader.read();
  const std::string message = pattern(20000);
  run.expect(all == message || all == message + message, "a message is cut in two");
  pair->far.writer.close();
}

ouro::task<> every_write(cancel_run& run) {
  auto pair = std::make_shared<full_pair>(connect_both());
  run.at_end([pair, &run] { return check_far(pair, run); });
  ouro::stream_writer& writer = pair->near.writer;
  const std::string message = pattern(20000);

  writer.transport().set_write_buffer_limits({.high = 1000});
  writer.write(message);
  co_await writer.write_all(message);
  co_await writer.drain();
  writer.close();
  co_await writer.wait_closed();
}

}  // namespace

TEST_CASE("connection: cancelling any read anywhere loses no byte and leaves nothing behind",
          "[stream][connection][cancel]") {
  stands_everything(every_read);
}

TEST_CASE("connection: cancelling any write anywhere cuts no message in two",
          "[stream][connection][cancel]") {
  stands_everything(every_write);
}
