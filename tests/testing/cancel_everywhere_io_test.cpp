// SPDX-License-Identifier: BSL-1.0
// The library's own requests, interrupted everywhere.
#include "ouro/io/close.hpp"
#include "ouro/io/connect.hpp"
#include "ouro/io/fd_callback.hpp"
#include "ouro/io/listener.hpp"
#include "ouro/io/poll.hpp"
#include "ouro/io/read.hpp"
#include "ouro/io/socket.hpp"
#include "ouro/io/write.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/testing/cancel_everywhere.hpp"

#include "tests/support/catch.hpp"

#include <array>
#include <memory>
#include <poll.h>
#include <string>
#include <unistd.h>

namespace {

using namespace std::chrono_literals;
using ouro::testing::cancel_everywhere;
using ouro::testing::cancel_run;

std::string problems_of(const ouro::testing::cancel_report& report) {
  std::string text;
  for (const std::string& problem : report.problems) text += problem + "\n";
  return text;
}

void stands_everything(ouro::task<> (*scenario)(cancel_run&), int suspensions) {
  const auto report = cancel_everywhere(scenario);
  CHECK(problems_of(report) == "");
  CHECK(report.suspensions >= suspensions);
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const ouro::testing::chaos_options hostile{.seed = seed, .delay = 0.5, .shorten = 0.7};
    const auto bent = cancel_everywhere(scenario, {.shake_seed = seed, .chaos = &hostile});
    INFO("seed " << seed);
    CHECK(problems_of(bent) == "");
  }
}

ouro::task<> connect_and_accept(cancel_run&) {
  ouro::listener listener(ouro::endpoint("127.0.0.1", 0));
  ouro::socket client = ouro::socket::tcp();
  co_await client.connect(listener.local_endpoint());
  ouro::socket server = co_await listener.accept();
  co_await client.send("hello");
  std::array<std::byte, 8> buffer;
  co_await server.recv(buffer);
}

ouro::task<ouro::socket> accept_one(ouro::listener& listener) {
  co_return co_await listener.accept();
}

ouro::task<> connect_one(ouro::socket& client, ouro::endpoint peer) {
  co_await client.connect(peer);
}

ouro::task<> accept_beside_connect(cancel_run&) {
  ouro::listener listener(ouro::endpoint("127.0.0.1", 0));
  ouro::socket client = ouro::socket::tcp();
  auto accepting = ouro::create_task(accept_one(listener));
  co_await ouro::gather(accepting, connect_one(client, listener.local_endpoint()));
}

struct pipe_ends {
  ouro::unique_fd in;
  ouro::unique_fd out;
  pipe_ends() {
    std::array<int, 2> fds{};
    REQUIRE(::pipe(fds.data()) == 0);
    in = ouro::unique_fd(fds[0]);
    out = ouro::unique_fd(fds[1]);
  }
};

/// Reads `bytes` bytes, and keeps account of each.
ouro::task<> read_some(cancel_run& run, int fd, std::size_t bytes) {
  std::array<std::byte, 5> buffer;
  while (bytes != 0) {
    const std::size_t count =
        co_await ouro::read(fd, std::span(buffer).first(std::min<std::size_t>(bytes, 5)));
    run.ledger().received(std::span(buffer).first(count));
    bytes -= count;
  }
}

ouro::task<> write_some(cancel_run& run, int fd, std::string text) {
  while (!text.empty()) {
    const std::size_t count = co_await ouro::write(fd, ouro::as_buffer(text));
    run.ledger().sent(std::string_view(text).substr(0, count));
    text.erase(0, count);
  }
}

ouro::task<> through_a_pipe(cancel_run& run) {
  const auto ends = std::make_shared<pipe_ends>();
  run.at_end([&run, ends]() -> ouro::task<> {
    ends->out = {};
    std::array<std::byte, 16> rest;
    while (const std::size_t count = co_await ouro::read(ends->in.get(), rest)) {
      run.ledger().received(std::span(rest).first(count));
    }
  });
  co_await write_some(run, ends->out.get(), "0123456789");
  co_await read_some(run, ends->in.get(), 10);
}

ouro::task<> poll_then_close(cancel_run&) {
  pipe_ends ends;
  struct one_write {
    ouro::timer_handle timer;
    ~one_write() { timer.cancel(); }
  } later{ouro::get_running_loop().call_later(
      1ms, [fd = ends.out.get()] { CHECK(::write(fd, "x", 1) == 1); })};
  co_await ouro::poll(ends.in.get(), POLLIN);
  co_await ouro::close(std::move(ends.in));
  co_await ouro::close(std::move(ends.out));
}

ouro::task<> receive_some(cancel_run& run, ouro::socket& from, std::size_t bytes) {
  std::array<std::byte, 65536> buffer;
  while (bytes != 0) {
    const std::size_t count =
        co_await from.recv(std::span(buffer).first(std::min(bytes, buffer.size())));
    run.ledger().received(std::span(buffer).first(count));
    bytes -= count;
  }
}

/// sendall() that is cut short tells how much has gone.
ouro::task<> send_more_than_fits(cancel_run& run) {
  const auto pair = std::make_shared<std::array<ouro::socket, 2>>(ouro::socket_pair());
  const auto text = std::make_shared<std::string>(200'000, 'x');
  run.at_end([&run, pair]() -> ouro::task<> {
    (*pair)[0].shutdown(ouro::shutdown_how::send);
    std::array<std::byte, 4096> rest;
    while (const std::size_t count = co_await (*pair)[1].recv(rest)) {
      run.ledger().received(std::span(rest).first(count));
    }
  });
  struct account {
    cancel_run& run;
    const std::string& text;
    ouro::task_handle<> reader;
    ouro::detail::sendall_operation sending;
    ~account() {
      run.ledger().sent(std::string_view(text).substr(0, sending.sent()));
      reader.cancel();
    }
  } account{run, *text, ouro::create_task(receive_some(run, (*pair)[1], 200'000)),
            (*pair)[0].sendall(*text)};
  co_await account.sending;
}

/// The poll of add_reader() is the loop's own, though a task has it made.
ouro::task<> watch_beside_sleep(cancel_run&) {
  const auto ends = ouro::socket_pair();
  struct reader {
    explicit reader(int watched) : fd(watched) {
      ouro::get_running_loop().add_reader(fd, [] {});
    }
    reader(const reader&) = delete;
    reader& operator=(const reader&) = delete;
    ~reader() { ouro::get_running_loop().remove_reader(fd); }
    int fd;
  };
  const reader watched(ends[0].fd());
  co_await ouro::sleep(1ms);
}

}  // namespace

TEST_CASE("cancel_everywhere: connect and accept leak nothing", "[testing][cancel_everywhere]") {
  stands_everything(&connect_and_accept, 3);
  stands_everything(&accept_beside_connect, 1);
}

TEST_CASE("cancel_everywhere: read and write lose nothing", "[testing][cancel_everywhere]") {
  stands_everything(&through_a_pipe, 2);
}

TEST_CASE("cancel_everywhere: poll and close leave nothing open", "[testing][cancel_everywhere]") {
  stands_everything(&poll_then_close, 2);
}

TEST_CASE("cancel_everywhere: sendall that is cut short tells how much has gone",
          "[testing][cancel_everywhere]") {
  stands_everything(&send_more_than_fits, 1);
}

TEST_CASE("cancel_everywhere: a request that a task makes for somebody else may outlast its waits",
          "[testing][cancel_everywhere]") {
  stands_everything(&watch_beside_sleep, 1);
}
