// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/recv.hpp"

#include "ouro/task/as_result.hpp"
#include "ouro/task/wait_for.hpp"

#include "tests/io/io_fixture.hpp"

#include <array>
#include <cerrno>
#include <string>

using namespace io_test;

namespace {

using buffer = std::array<std::byte, 64>;

std::string text_in(const buffer& bytes, std::size_t count) {
  return std::string(ouro::as_text(bytes).substr(0, count));
}

}  // namespace

OURO_TEST_CASE("recv: gives what is there, and not more than fits", "[io][recv]") {
  const fd_pair ends = stream_pair();
  std::array<std::byte, 3> small;
  send_text(ends.far.get(), "abcde");

  const std::size_t count = co_await ouro::recv(ends.near.get(), small);

  CHECK(count == 3);
  CHECK(ouro::as_text(small) == "abc");
  CHECK(left_in(ends.near.get()) == "de");
}

OURO_TEST_CASE("recv: suspends until a byte arrives", "[io][recv]") {
  const fd_pair ends = stream_pair();
  buffer into;
  auto receiving = ouro::create_task(outcome_of(ouro::recv(ends.near.get(), into)));
  co_await test::settle();
  CHECK(!receiving.done());
  CHECK(pending_requests() == 1);

  send_text(ends.far.get(), "hello");
  const std::string outcome = co_await receiving;

  CHECK(outcome == "5");
  CHECK(text_in(into, 5) == "hello");
}

OURO_TEST_CASE("recv: gives zero at the end of the stream", "[io][recv]") {
  fd_pair ends = stream_pair();
  buffer into;
  auto receiving = ouro::create_task(outcome_of(ouro::recv(ends.near.get(), into)));
  co_await test::settle();

  ends.far.reset();
  const std::string outcome = co_await receiving;

  CHECK(outcome == "0");
}

OURO_TEST_CASE("recv: cancelled while it waits, it throws and takes no byte",
               "[io][recv][cancel]") {
  const fd_pair ends = stream_pair();
  buffer into;
  auto receiving = ouro::create_task(outcome_of(ouro::recv(ends.near.get(), into)));
  co_await test::settle();

  receiving.cancel();
  receiving.cancel();  // the second finds the first under way
  send_text(ends.far.get(), "later");
  const std::string outcome = co_await receiving;

  CHECK(outcome == "cancelled");
  CHECK(left_in(ends.near.get()) == "later");
}

OURO_TEST_CASE("recv: frame_outlives_request: a cancelled wait ends with the kernel's answer",
               "[io][recv][cancel]") {
  const fd_pair ends = stream_pair();
  buffer into;
  auto receiving = ouro::create_task(outcome_of(ouro::recv(ends.near.get(), into)));
  co_await test::settle();

  receiving.cancel();
  CHECK(pending_requests() == 1);
  CHECK(!receiving.done());

  const std::string outcome = co_await receiving;
  CHECK(pending_requests() == 0);
  CHECK(outcome == "cancelled");
}

OURO_TEST_CASE("recv: cancelled before it starts, it asks nothing of the kernel",
               "[io][recv][cancel]") {
  const fd_pair ends = stream_pair();
  buffer into;
  send_text(ends.far.get(), "ready");

  auto receiving =
      ouro::create_task(outcome_if_cancelled_before(ouro::recv(ends.near.get(), into)));
  co_await ouro::sleep(0s);
  CHECK(pending_requests() == 0);
  const std::string outcome = co_await receiving;

  CHECK(outcome == "cancelled");
  CHECK(left_in(ends.near.get()) == "ready");
}

OURO_TEST_CASE("recv: cancelled in the turn that starts it, it takes no byte",
               "[io][recv][cancel]") {
  const fd_pair ends = stream_pair();
  buffer into;
  send_text(ends.far.get(), "ready");

  auto receiving = ouro::create_task(outcome_of(ouro::recv(ends.near.get(), into)));
  ouro::get_running_loop().call_soon([&receiving] { receiving.cancel(); });
  const std::string outcome = co_await receiving;

  CHECK(outcome == "cancelled");
  CHECK(left_in(ends.near.get()) == "ready");
}

OURO_TEST_CASE("recv: nothing_lost: cancelled after it has completed, it gives the bytes first",
               "[io][recv][cancel]") {
  const fd_pair ends = stream_pair();
  buffer into;
  auto receiving = ouro::create_task(outcome_of(ouro::recv(ends.near.get(), into)));
  co_await test::settle();

  send_text(ends.far.get(), "won");
  co_await ouro::sleep(0s);  // the task is ready now, behind this one
  CHECK(pending_requests() == 0);
  CHECK(!receiving.done());
  receiving.cancel();
  const std::string outcome = co_await receiving;

  CHECK(outcome == "3, then cancelled");
  CHECK(text_in(into, 3) == "won");
}

OURO_TEST_CASE("recv: nothing_lost: bytes that race with the cancel are received or stay",
               "[io][recv][cancel]") {
  for (int round = 0; round < 200; ++round) {
    const fd_pair ends = stream_pair();
    buffer into;
    auto receiving = ouro::create_task(outcome_of(ouro::recv(ends.near.get(), into)));
    co_await test::run_turns(1 + round % 4);

    if (round % 2 == 0) send_text(ends.far.get(), "abc");
    receiving.cancel();
    if (round % 2 == 1) send_text(ends.far.get(), "abc");
    const std::string outcome = co_await receiving;

    const bool received = outcome == "3, then cancelled";
    CHECK(left_in(ends.near.get()) == (received ? "" : "abc"));
  }
}

OURO_TEST_CASE("recv: a deadline scope ends it with timeout_error and loses no byte",
               "[io][recv][cancel]") {
  const fd_pair ends = stream_pair();
  buffer into;
  auto receiving = ouro::create_task(outcome_within(50ms, ouro::recv(ends.near.get(), into)));

  const std::string outcome = co_await receiving;
  send_text(ends.far.get(), "late");

  CHECK(outcome == "timeout");
  CHECK(left_in(ends.near.get()) == "late");
}

OURO_TEST_CASE("recv: a deadline that has passed bites before it starts", "[io][recv][cancel]") {
  const fd_pair ends = stream_pair();
  buffer into;
  send_text(ends.far.get(), "ready");

  auto receiving = ouro::create_task(outcome_within(0s, ouro::recv(ends.near.get(), into)));
  const std::string outcome = co_await receiving;

  CHECK(outcome == "timeout");
  CHECK(left_in(ends.near.get()) == "ready");
}

OURO_TEST_CASE("recv: a deadline that passes after it has completed comes second",
               "[io][recv][cancel]") {
  const fd_pair ends = stream_pair();
  buffer into;
  auto receiving = ouro::create_task(outcome_within(50ms, ouro::recv(ends.near.get(), into)));
  co_await test::settle();

  send_text(ends.far.get(), "won");
  co_await ouro::sleep(0s);  // the task is ready now
  test::current_clock().pass(100ms);
  const std::string outcome = co_await receiving;

  CHECK(outcome == "3, then timeout");
}

OURO_TEST_CASE("recv: a cancel beats the deadline that came before it", "[io][recv][cancel]") {
  const fd_pair ends = stream_pair();
  buffer into;
  auto receiving = ouro::create_task(outcome_within(50ms, ouro::recv(ends.near.get(), into)));
  co_await test::settle();

  ouro::get_running_loop().call_later(50ms, [&receiving] { receiving.cancel(); });
  const std::string outcome = co_await receiving;

  CHECK(outcome == "cancelled, then timeout");  // the scope is still open
}

OURO_TEST_CASE("recv: wait_for() times out and the next recv() gets the bytes",
               "[io][recv][cancel]") {
  const fd_pair ends = stream_pair();
  buffer into;
  std::string log;

  try {
    co_await ouro::wait_for(ouro::recv(ends.near.get(), into), 10ms);
  } catch (const ouro::timeout_error&) {
    log = "timeout";
  }
  send_text(ends.far.get(), "kept");
  const std::size_t count = co_await ouro::recv(ends.near.get(), into);

  CHECK(log == "timeout");
  CHECK(text_in(into, count) == "kept");
}

OURO_TEST_CASE("recv: names the call and the errno if it fails", "[io][recv][error]") {
  const fd_pair ends = pipe_pair();
  buffer into;

  auto not_a_socket = ouro::create_task(outcome_of(ouro::recv(ends.near.get(), into)));
  auto not_open = ouro::create_task(outcome_of(ouro::recv(-1, into)));
  const std::string first = co_await not_a_socket;
  const std::string second = co_await not_open;

  CHECK(first == "recv: " + std::to_string(ENOTSOCK));
  CHECK(second == "recv: " + std::to_string(EBADF));
}

OURO_TEST_CASE("recv: as_result() gives the failure as a value", "[io][recv][error]") {
  buffer into;

  const auto result = co_await ouro::as_result(ouro::recv(-1, into));

  CHECK(!result);
}

OURO_TEST_CASE("recv: a reset by the peer is an error after the bytes", "[io][recv][error]") {
  fd_pair ends = stream_pair();
  buffer into;
  send_text(ends.near.get(), "unread: makes the close a reset");
  send_text(ends.far.get(), "last");
  ends.far.reset();

  auto first = ouro::create_task(outcome_of(ouro::recv(ends.near.get(), into)));
  const std::string first_outcome = co_await first;
  auto second = ouro::create_task(outcome_of(ouro::recv(ends.near.get(), into)));
  const std::string second_outcome = co_await second;

  CHECK(first_outcome == "4");
  CHECK(second_outcome == "recv: " + std::to_string(ECONNRESET));
}
