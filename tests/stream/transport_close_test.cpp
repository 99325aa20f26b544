// SPDX-License-Identifier: BSL-1.0
// What a loop that closes does with bytes that were not sent.
#include "ouro/io/splice.hpp"
#include "ouro/stream/detail/pipe_transport.hpp"
#include "ouro/stream/transport.hpp"

#include "tests/stream/stream_fixture.hpp"
#include "tests/task/captured_log.hpp"

#include <array>
#include <optional>
#include <string>
#include <unistd.h>

namespace {

using namespace stream_test;

constexpr std::size_t much = 1'000'000;

/// Writes when it goes.
struct parting_words {
  ouro::transport_ptr transport;
  ~parting_words() { transport->write("bye"); }
};

ouro::task<> hold_until_the_end(ouro::transport_ptr transport) {
  const parting_words words{std::move(transport)};
  co_await ouro::get_running_loop().create_future();
}

ouro::task<> write_all_of(ouro::stream_writer& writer, const std::string& text) {
  co_await writer.write_all(text);
}

}  // namespace

TEST_CASE("transport: a loop that closes sends on where its cancelled request has stopped",
          "[stream][transport]") {
  auto ends = socket_pair({.send_buffer = 4096});
  const std::string text = pattern(much);
  std::string received;
  {
    ouro::event_loop loop;
    const auto body = [&]() -> ouro::task<> {
      over(std::move(ends[0]))->write(text);
      co_await run_turns(5);
    };
    loop.run_until_complete(body());
    received = left_in(ends[1].fd());
    const std::size_t before = received.size();
    loop.close();

    received += left_in(ends[1].fd());
    CHECK(received.size() > before);
  }
  CHECK(received.size() < text.size());
  CHECK(received == text.substr(0, received.size()));
}

TEST_CASE("transport: a loop that closes sends what a task that waits has written",
          "[stream][transport]") {
  auto ends = socket_pair({.send_buffer = 4096});
  const std::string text = pattern(much);
  std::string received;
  {
    ouro::event_loop loop;
    const test::captured_log log;  // the task is reported
    std::optional<ouro::connection> made;
    const auto body = [&]() -> ouro::task<> {
      made.emplace(ouro::detail::make_connection(over(std::move(ends[0]))));
      auto writing = ouro::create_task(write_all_of(made->writer, text));
      co_await run_turns(5);
      made->writer.write("tail");
    };
    loop.run_until_complete(body());
    received = left_in(ends[1].fd());
    const std::size_t before = received.size();
    loop.close();

    received += left_in(ends[1].fd());
    CHECK(received.size() > before);
  }
  CHECK(received == text.substr(0, received.size()));
}

TEST_CASE("transport: a loop that closes leaves the order whole when a peer has no room",
          "[stream][transport]") {
  auto ends = socket_pair({.send_buffer = 4096});
  const std::string text = pattern(much);
  {
    ouro::event_loop loop;
    const auto body = [&]() -> ouro::task<> {
      over(std::move(ends[0]))->write(text);
      co_await run_turns(5);
    };
    loop.run_until_complete(body());
    loop.close();
  }

  const std::string received = left_in(ends[1].fd());
  CHECK(!received.empty());
  CHECK(received == text.substr(0, received.size()));
}

TEST_CASE("transport: a loop that closes fills a pipe with what was not written yet",
          "[stream][transport]") {
  auto [readable, writable] = ouro::make_pipe();
  const std::string text = pattern(much);
  std::string received;
  std::array<char, 65536> room;
  {
    ouro::event_loop loop;
    const auto body = [&, fd = &writable]() -> ouro::task<> {
      ouro::detail::make_write_pipe_transport(ouro::get_running_loop(), std::move(*fd))
          ->write(text);
      co_await run_turns(5);
    };
    loop.run_until_complete(body());
    const ssize_t first = ::read(readable.get(), room.data(), room.size());
    REQUIRE(first > 0);
    received.assign(room.data(), static_cast<std::size_t>(first));
    loop.close();
  }

  ssize_t count = 0;
  const std::size_t before = received.size();
  while ((count = ::read(readable.get(), room.data(), room.size())) > 0) {
    received.append(room.data(), static_cast<std::size_t>(count));
  }
  CHECK(received.size() > before + room.size() - 4096);
  CHECK(received == text.substr(0, received.size()));
}

TEST_CASE("transport: what the end of a task writes while the loop closes does no harm",
          "[stream][transport]") {
  auto ends = socket_pair();
  {
    ouro::event_loop loop;
    const test::captured_log log;  // the task is reported
    const auto body = [&]() -> ouro::task<> {
      auto holding = ouro::create_task(hold_until_the_end(over(std::move(ends[0]))));
      co_await run_turns(3);
    };
    loop.run_until_complete(body());
    loop.close();
  }

  const std::string received = left_in(ends[1].fd());
  CHECK((received.empty() || received == "bye"));
}
