// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/detail/write_barrier.hpp"

#include "tests/stream/stream_fixture.hpp"

#include <cerrno>
#include <optional>
#include <string>

using namespace stream_test;
using ouro::detail::write_barrier;

namespace {

ouro::task<std::string> outcome_of_turn(write_barrier& barrier) {
  try {
    co_await barrier.turn();
    co_return "turn";
  } catch (const ouro::cancelled_error&) {
    co_return "cancelled";
  } catch (const std::system_error& error) {
    co_return std::to_string(error.code().value());
  }
}

}  // namespace

OURO_TEST_CASE("write_barrier: its turn comes at once when nothing is to be sent before it",
               "[stream][write_barrier]") {
  auto ends = socket_pair();
  const ouro::transport_ptr transport = over(std::move(ends[0]));
  write_barrier barrier(transport);

  const std::string outcome = co_await outcome_of_turn(barrier);

  CHECK(outcome == "turn");
  transport->abort();
}

OURO_TEST_CASE("write_barrier: what is written behind it waits until it is destroyed",
               "[stream][write_barrier]") {
  auto ends = socket_pair();
  const ouro::transport_ptr transport = over(std::move(ends[0]));
  transport->write("before ");
  std::optional<write_barrier> barrier(std::in_place, transport);
  transport->write("behind");

  const std::string outcome = co_await outcome_of_turn(*barrier);
  co_await settle();
  CHECK(outcome == "turn");
  CHECK(left_in(ends[1].fd()) == "before ");

  barrier.reset();
  co_await settle();
  CHECK(left_in(ends[1].fd()) == "behind");
  transport->abort();
}

OURO_TEST_CASE("write_barrier: its own bytes go before its next turn", "[stream][write_barrier]") {
  auto ends = socket_pair();
  const ouro::transport_ptr transport = over(std::move(ends[0]));
  std::optional<write_barrier> barrier(std::in_place, transport);
  transport->write("behind");
  const std::string first = co_await outcome_of_turn(*barrier);

  barrier->write(ouro::as_buffer("own "));
  const std::string second = co_await outcome_of_turn(*barrier);

  CHECK(first == "turn");
  CHECK(second == "turn");
  CHECK(left_in(ends[1].fd()) == "own ");
  barrier.reset();
  transport->abort();
}

OURO_TEST_CASE("write_barrier: a cancelled wait leaves its place, and can be awaited again",
               "[stream][write_barrier][cancel]") {
  auto ends = socket_pair({.send_buffer = 4096});
  const ouro::transport_ptr transport = over(std::move(ends[0]));
  transport->write(std::string(100'000, 'x'));
  write_barrier barrier(transport);
  auto waiting = ouro::create_task(outcome_of_turn(barrier));
  co_await settle();

  waiting.cancel();
  const std::string first = co_await waiting;
  auto again = ouro::create_task(outcome_of_turn(barrier));
  while (!again.done()) {
    left_in(ends[1].fd());
    co_await settle();
  }
  const std::string second = co_await again;

  CHECK(first == "cancelled");
  CHECK(second == "turn");
  transport->abort();
}

OURO_TEST_CASE("write_barrier: whoever waits is told that the transport was aborted",
               "[stream][write_barrier][error]") {
  auto ends = socket_pair({.send_buffer = 4096});
  const ouro::transport_ptr transport = over(std::move(ends[0]));
  transport->write(std::string(100'000, 'x'));
  write_barrier barrier(transport);
  auto waiting = ouro::create_task(outcome_of_turn(barrier));
  co_await settle();

  transport->abort();
  const std::string outcome = co_await waiting;

  CHECK(outcome == std::to_string(ECONNRESET));
  CHECK_THROWS_AS(barrier.check(), std::system_error);
  CHECK_THROWS_AS(barrier.write(ouro::as_buffer("x")), std::system_error);
}
