// SPDX-License-Identifier: BSL-1.0
// Servers that end while hundreds of clients are there.
#include "tests/net/storm_fixture.hpp"

#include <memory>
#include <vector>

using namespace storm_test;

namespace {

/// `count` connections that have only begun.
std::vector<ouro::unique_fd> knock(const ouro::server& server, int count) {
  std::vector<ouro::unique_fd> clients;
  for (int i = 0; i < count; ++i) clients.push_back(start_connecting(address_of(server)));
  return clients;
}

/// How many of the connections have ended, by an end or a reset. Reads what has come before that.
std::size_t ended(const std::vector<ouro::unique_fd>& clients) {
  std::size_t count = 0;
  for (const ouro::unique_fd& each : clients) {
    char buffer[4096];
    ::ssize_t received = 1;
    while (received > 0) received = ::recv(each.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (received == 0 || errno != EAGAIN) ++count;
  }
  return count;
}

/// How many of the connections were reset; one that has come to its end was not.
std::size_t were_reset(const std::vector<ouro::unique_fd>& clients) {
  std::size_t count = 0;
  for (const ouro::unique_fd& each : clients) {
    char buffer[4096];
    ::ssize_t received = 1;
    while (received > 0) received = ::recv(each.get(), buffer, sizeof buffer, MSG_DONTWAIT);
    if (received < 0 && errno == ECONNRESET) ++count;
  }
  return count;
}

/// Handlers that do what their client's first letter asks for.
struct workers {
  int begun = 0;
  int finished = 0;
  int cancelled = 0;
  int lost = 0;

  ouro::task<> serve(stream_reader reader, stream_writer writer) {
    ++begun;
    make_small(writer.socket()->fd(), SO_SNDBUF);
    try {
      co_await work(reader, writer);
      ++finished;
    } catch (const ouro::cancelled_error&) {
      ++cancelled;
      throw;
    } catch (const std::system_error&) {
      ++lost;
    }
  }

  static ouro::task<> work(stream_reader& reader, stream_writer& writer) {
    const std::string kind = co_await reader.readexactly(1);
    if (kind == "r") co_await reader.readline();
    if (kind == "s") co_await ouro::sleep(1s);
    if (kind == "l") co_await ouro::sleep(1h);
    while (kind == "w") {
      writer.write(pattern(30'000, 1));
      co_await writer.drain();
    }
    writer.write("done");
  }
};

/// Never reads nor writes; says when it was told to end.
struct sleepers {
  int begun = 0;
  int ended = 0;

  ouro::task<> serve(stream_reader, stream_writer writer) {
    ++begun;
    try {
      co_await writer.wait_closed();
    } catch (const std::system_error&) {
    }
    ++ended;
  }
};

/// 200 handlers at work while their server shuts down.
ouro::task<> shutdown_amid_work() {
  workers all;
  const auto handle = [&](stream_reader reader, stream_writer writer) {
    return all.serve(std::move(reader), std::move(writer));
  };
  auto server = co_await ouro::start_server(handle, "127.0.0.1", 0, {.backlog = 200});
  const auto clients = knock(server, 200);
  const std::string kinds = "rslw";  // reads, sleeps a second, sleeps an hour, writes without end
  for (std::size_t i = 0; i < clients.size(); ++i) {
    send_text(clients[i].get(), kinds.substr(i % kinds.size(), 1));
  }
  co_await test::settle();

  const std::size_t forced = co_await server.shutdown(5s);

  CHECK(all.begun == 200);
  CHECK(all.finished == 50);  // who slept a second
  CHECK(all.cancelled == 150);
  CHECK(forced == 150);
  co_await server.wait_closed();
  CHECK(ended(clients) == 200);
}

/// A server that closes with 500 connections in its backlog.
ouro::task<> close_with_backlog() {
  workers all;
  const auto handle = [&](stream_reader reader, stream_writer writer) {
    return all.serve(std::move(reader), std::move(writer));
  };
  auto server =
      co_await ouro::start_server(handle, "127.0.0.1", 0, {.backlog = 1000, .max_connections = 20});
  const auto clients = knock(server, 520);
  for (const ouro::unique_fd& each : clients) send_text(each.get(), "s");
  co_await test::settle();

  server.close();
  co_await test::settle();
  const std::size_t ended_at_once = ended(clients);
  co_await server.wait_closed();

  CHECK(all.begun == 20);
  CHECK(ended_at_once == 500);
  CHECK(all.finished == 20);
  CHECK(ended(clients) == 520);
}

/// 200 handlers that never read, whose connections are closed.
ouro::task<> close_sleepers() {
  sleepers all;
  const auto handle = [&](stream_reader reader, stream_writer writer) {
    return all.serve(std::move(reader), std::move(writer));
  };
  auto server = co_await ouro::start_server(handle, "127.0.0.1", 0, {.backlog = 200});
  const auto clients = knock(server, 200);
  for (const ouro::unique_fd& each : clients) send_text(each.get(), "nobody reads this");
  co_await test::settle();

  server.close();
  server.close_clients();
  co_await server.wait_closed();

  CHECK(all.begun == 200);
  CHECK(all.ended == 200);
  CHECK(ended(clients) == 200);
}

/// 200 handlers that write to clients that never read, closed and then aborted.
ouro::task<> abort_deaf_clients() {
  workers all;
  const auto handle = [&](stream_reader reader, stream_writer writer) {
    return all.serve(std::move(reader), std::move(writer));
  };
  auto server = co_await ouro::start_server(handle, "127.0.0.1", 0, {.backlog = 200});
  const auto clients = knock(server, 200);
  for (const ouro::unique_fd& each : clients) {
    make_small(each.get(), SO_RCVBUF);
    send_text(each.get(), "w");
  }
  co_await test::settle();
  auto closed = ouro::create_task(server.wait_closed());

  server.close();
  server.close_clients();
  co_await test::settle();
  const bool waits_for_bytes = !closed.done();
  server.abort_clients();
  co_await test::settle();
  const bool waits_no_more = closed.done();
  co_await closed;

  CHECK(all.begun == 200);
  CHECK(all.lost == 200);
  CHECK(waits_for_bytes);
  CHECK(waits_no_more);
}

/// 200 handlers that leave unread what their clients send, whose connections are aborted.
ouro::task<> abort_sleepers() {
  sleepers all;
  const auto handle = [&](stream_reader reader, stream_writer writer) {
    return all.serve(std::move(reader), std::move(writer));
  };
  auto server =
      co_await ouro::start_server(handle, "127.0.0.1", 0, {.backlog = 200, .limit = 1024});
  const auto clients = knock(server, 200);
  for (const ouro::unique_fd& each : clients) send_text(each.get(), pattern(200'000, 1));
  co_await test::settle();

  server.close();
  server.abort_clients();
  co_await server.wait_closed();

  CHECK(all.ended == 200);
  CHECK(were_reset(clients) == 200);
}

}  // namespace

OURO_TEST_CASE("storm: shutdown() in the middle of the work of 200 handlers counts whom it forced",
               "[net][storm]") {
  co_await shutdown_amid_work();
}

OURO_TEST_CASE("storm: close() with 500 connections in the backlog ends them all", "[net][storm]") {
  co_await close_with_backlog();
}

OURO_TEST_CASE("storm: close_clients() reaches 200 handlers that never read", "[net][storm]") {
  co_await close_sleepers();
}

OURO_TEST_CASE("storm: abort_clients() drops what 200 deaf clients were sent, close_clients() not",
               "[net][storm]") {
  co_await abort_deaf_clients();
}

OURO_TEST_CASE("storm: abort_clients() resets 200 clients whose bytes are not read",
               "[net][storm]") {
  co_await abort_sleepers();
}

OURO_TEST_CASE("storm: every end of a server with hundreds of clients works dozens of times",
               "[net][storm][.soak]") {
  for (int round = 0; round < 25; ++round) {
    co_await shutdown_amid_work();
    co_await close_with_backlog();
    co_await close_sleepers();
    co_await abort_deaf_clients();
    co_await abort_sleepers();
  }
}
