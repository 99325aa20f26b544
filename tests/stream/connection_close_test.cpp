// SPDX-License-Identifier: BSL-1.0
// close() while something waits: the peer sees the end soon, and so does who waits.
#include "tests/stream/stream_fixture.hpp"

using namespace stream_test;

namespace {

constexpr int few_turns = 10;

/// How many turns go by until the peer sees the end; few_turns if it does not. What comes before
/// the end is added to `received`.
ouro::task<int> turns_until_end(ouro::socket& far, std::string& received) {
  std::string buffer(1 << 20, '\0');
  int turns = 0;
  while (turns < few_turns) {
    const ::ssize_t count = ::recv(far.fd(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (count == 0) break;
    if (count > 0) {
      received.append(buffer, 0, static_cast<std::size_t>(count));
      turns = 0;  // since the last byte
      continue;
    }
    co_await run_turns(1);
    ++turns;
  }
  co_return turns;
}

/// Writes until drain() throws; `written` is what was not ignored.
ouro::task<> write_without_end(ouro::stream_writer& writer, std::string& written) {
  for (unsigned i = 0;; ++i) {
    const std::string text = pattern(20'000, i);
    if (!writer.is_closing()) written += text;
    writer.write(text);
    co_await writer.drain();
  }
}

}  // namespace

OURO_TEST_CASE("connection: closed under a read, the peer sees the end within a few turns",
               "[stream][connection]") {
  auto [near, far] = connect_socket({.type = socket_pair_options::tcp});
  auto reading = ouro::create_task(outcome_of(near.reader.readline()));
  co_await run_turns(3);
  std::string received;

  near.writer.close();
  auto ending = turns_until_end(far, received);
  const int turns = co_await std::move(ending);
  const std::string outcome = co_await reading;

  CHECK(turns < few_turns);
  CHECK(received == "");
  CHECK(outcome == "");
}

OURO_TEST_CASE("connection: closed under a drain, the peer gets all bytes and then the end",
               "[stream][connection]") {
  auto [near, far] = connect_socket({.send_buffer = 4096, .receive_buffer = 4096});
  std::string written;
  auto draining = ouro::create_task(outcome_of(write_without_end(near.writer, written)));
  co_await settle();
  const bool waits = !draining.done();
  std::string received;

  near.writer.close();
  auto ending = turns_until_end(far, received);
  const int turns = co_await std::move(ending);
  const std::string outcome = co_await draining;

  CHECK(waits);
  CHECK(turns < few_turns);
  CHECK(received == written);
  CHECK(outcome.ends_with(std::to_string(ECONNRESET)));
}

OURO_TEST_CASE("connection: closed under a write_all(), the peer sees the end once it reads",
               "[stream][connection]") {
  auto [near, far] = connect_socket({.send_buffer = 4096, .receive_buffer = 4096});
  const std::string text = pattern(200'000);
  auto writing = ouro::create_task(outcome_of(near.writer.write_all(text)));
  co_await settle();
  const bool waits = !writing.done();
  std::string received;

  near.writer.close();
  auto ending = turns_until_end(far, received);
  const int turns = co_await std::move(ending);
  const std::string outcome = co_await writing;

  CHECK(waits);
  CHECK(turns < few_turns);
  CHECK(text.starts_with(received));
  CHECK((outcome == "done" ? received == text : outcome.ends_with(std::to_string(ECONNRESET))));
}
