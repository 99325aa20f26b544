// SPDX-License-Identifier: BSL-1.0
#include "ouro/io/send.hpp"

#include "tests/io/io_fixture.hpp"

#include <cerrno>
#include <csignal>
#include <string>

using namespace io_test;

namespace {

constexpr std::size_t much = 8 << 20;

/// Sends `data` and tells how it ended and how much was sent.
ouro::task<std::string> sendall_outcome(int fd, const std::string& data, std::size_t& sent) {
  auto sending = ouro::sendall(fd, data);
  std::string outcome = "done";
  try {
    co_await sending;
  } catch (const ouro::cancelled_error&) {
    outcome = "cancelled";
  } catch (const ouro::timeout_error&) {
    outcome = "timeout";
  } catch (const std::system_error& error) {
    outcome = error.what();
  }
  sent = sending.sent();
  co_return outcome;
}

ouro::task<std::string> sendall_within(ouro::duration limit, int fd, const std::string& data,
                                       std::size_t& sent) {
  const ouro::fail_after guard(limit);
  auto sending = sendall_outcome(fd, data, sent);
  co_return co_await std::move(sending);
}

/// A text that shows where bytes are missing.
std::string numbered(std::size_t size) {
  std::string text;
  for (unsigned i = 0; text.size() < size; ++i) text += std::to_string(i) + ' ';
  text.resize(size);
  return text;
}

/// Takes from `fd` whenever there is something, until `size` bytes have come.
ouro::task<std::string> take(int fd, std::size_t size) {
  std::string taken;
  while (taken.size() < size) {
    taken += left_in(fd);
    co_await ouro::sleep(0s);
  }
  co_return taken;
}

}  // namespace

OURO_TEST_CASE("send: sends text and bytes at once if there is room", "[io][send]") {
  const fd_pair ends = stream_pair();
  const std::array<std::byte, 2> bytes{std::byte{'d'}, std::byte{'e'}};

  const std::size_t text = co_await ouro::send(ends.near.get(), "abc");
  const std::size_t binary = co_await ouro::send(ends.near.get(), bytes);
  const std::size_t nothing = co_await ouro::send(ends.near.get(), "");

  CHECK(text == 3);
  CHECK(binary == 2);
  CHECK(nothing == 0);
  CHECK(left_in(ends.far.get()) == "abcde");
}

OURO_TEST_CASE("send: gives a short count when the socket takes no more", "[io][send]") {
  const fd_pair ends = stream_pair();
  const std::string data = numbered(much);

  const std::size_t sent = co_await ouro::send(ends.near.get(), data);

  CHECK(sent > 0);
  CHECK(sent < much);
  CHECK(left_in(ends.far.get()) == data.substr(0, sent));
}

OURO_TEST_CASE("send: suspends until there is room", "[io][send]") {
  const fd_pair ends = stream_pair();
  const std::size_t before = fill(ends.near.get());
  auto sending = ouro::create_task(outcome_of(ouro::send(ends.near.get(), "more")));
  co_await test::settle();
  CHECK(!sending.done());

  CHECK(left_in(ends.far.get()).size() == before);
  const std::string outcome = co_await sending;

  CHECK(outcome == "4");
  CHECK(left_in(ends.far.get()) == "more");
}

OURO_TEST_CASE("send: cancelled while it waits, it throws and has sent nothing",
               "[io][send][cancel]") {
  const fd_pair ends = stream_pair();
  const std::size_t before = fill(ends.near.get());
  auto sending = ouro::create_task(outcome_of(ouro::send(ends.near.get(), "more")));
  co_await test::settle();

  sending.cancel();
  const std::string outcome = co_await sending;

  CHECK(outcome == "cancelled");
  CHECK(left_in(ends.far.get()).size() == before);
}

OURO_TEST_CASE("send: cancelled before it starts, it sends nothing", "[io][send][cancel]") {
  const fd_pair ends = stream_pair();

  auto sending =
      ouro::create_task(outcome_if_cancelled_before(ouro::send(ends.near.get(), "never")));
  const std::string outcome = co_await sending;

  CHECK(outcome == "cancelled");
  CHECK(left_in(ends.far.get()) == "");
}

OURO_TEST_CASE("send: nothing_lost: cancelled after it has completed, it gives the count first",
               "[io][send][cancel]") {
  const fd_pair ends = stream_pair();
  fill(ends.near.get());
  auto sending = ouro::create_task(outcome_of(ouro::send(ends.near.get(), "more")));
  co_await test::settle();

  left_in(ends.far.get());
  co_await ouro::sleep(0s);  // the task is ready now, behind this one
  CHECK(pending_requests() == 0);
  sending.cancel();
  const std::string outcome = co_await sending;

  CHECK(outcome == "4, then cancelled");
  CHECK(left_in(ends.far.get()) == "more");
}

OURO_TEST_CASE("send: fails with EPIPE, and without SIGPIPE, when the peer is gone",
               "[io][send][error]") {
  fd_pair ends = stream_pair();
  ends.far.reset();
  const auto handler = std::signal(SIGPIPE, SIG_DFL);

  auto sending = ouro::create_task(outcome_of(ouro::send(ends.near.get(), "x")));
  const std::string outcome = co_await sending;
  auto sending_all = ouro::create_task(outcome_of(ouro::sendall(ends.near.get(), "x")));
  const std::string outcome_of_all = co_await sending_all;

  std::signal(SIGPIPE, handler);
  CHECK(outcome == "send: " + std::to_string(EPIPE));
  CHECK(outcome_of_all == "send: " + std::to_string(EPIPE));
}

OURO_TEST_CASE("sendall: sends all of it, in order, to a slow reader", "[io][send]") {
  const fd_pair ends = stream_pair();
  const std::string data = numbered(much);
  auto taking = ouro::create_task(take(ends.far.get(), much));

  co_await ouro::sendall(ends.near.get(), data);
  const std::string taken = co_await taking;

  CHECK(taken.size() == much);
  CHECK((taken == data));
}

OURO_TEST_CASE("sendall: with nothing to send it is done", "[io][send]") {
  const fd_pair ends = stream_pair();

  co_await ouro::sendall(ends.near.get(), "");

  CHECK(left_in(ends.far.get()) == "");
}

OURO_TEST_CASE("sendall: nothing_lost: cancelled in the middle, it knows how much it sent",
               "[io][send][cancel]") {
  const fd_pair ends = stream_pair();
  const std::string data = numbered(much);
  std::size_t sent = 0;
  auto sending = ouro::create_task(sendall_outcome(ends.near.get(), data, sent));
  co_await test::settle();

  sending.cancel();
  const std::string outcome = co_await sending;

  CHECK(outcome == "cancelled");
  CHECK(sent > 0);
  CHECK(sent < much);
  CHECK((left_in(ends.far.get()) == data.substr(0, sent)));
}

OURO_TEST_CASE("sendall: a deadline in the middle leaves the count too", "[io][send][cancel]") {
  const fd_pair ends = stream_pair();
  const std::string data = numbered(much);
  std::size_t sent = 0;
  auto sending = ouro::create_task(sendall_within(20ms, ends.near.get(), data, sent));

  const std::string outcome = co_await sending;

  CHECK(outcome == "timeout");
  CHECK(sent > 0);
  CHECK((left_in(ends.far.get()) == data.substr(0, sent)));
}

OURO_TEST_CASE("sendall: nothing_lost: cancelled when all was sent, it is done",
               "[io][send][cancel]") {
  const fd_pair ends = stream_pair();
  fill(ends.near.get());
  auto sending = ouro::create_task(outcome_of(ouro::sendall(ends.near.get(), "last")));
  co_await test::settle();

  left_in(ends.far.get());
  co_await ouro::sleep(0s);  // the task is ready now, behind this one
  sending.cancel();
  const std::string outcome = co_await sending;

  CHECK(outcome == "done, then cancelled");
  CHECK(left_in(ends.far.get()) == "last");
}

OURO_TEST_CASE("sendall: a peer that goes in the middle is an error", "[io][send][error]") {
  fd_pair ends = stream_pair();
  const std::string data = numbered(much);
  std::size_t sent = 0;
  auto sending = ouro::create_task(sendall_outcome(ends.near.get(), data, sent));
  co_await test::settle();

  ends.far.reset();
  const std::string outcome = co_await sending;

  CHECK(outcome.starts_with("send: "));
  CHECK(sent > 0);
  CHECK(sent < much);
}
