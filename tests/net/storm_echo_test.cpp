// SPDX-License-Identifier: BSL-1.0
// Echoes of which every byte is looked at.
#include "ouro/net/open_connection.hpp"
#include "ouro/testing/chaos.hpp"

#include "tests/net/storm_fixture.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <vector>

using namespace storm_test;

namespace {

ouro::task<> send_all(stream_writer& writer, const std::string& text) {
  co_await writer.write_all(text);
  writer.write_eof();
}

/// Whether what comes back from `port` is `text`.
ouro::task<bool> comes_back(int port, std::string text) {
  auto [reader, writer] = co_await ouro::open_connection("127.0.0.1", port);
  auto sending = ouro::create_task(send_all(writer, text));
  const std::string back = co_await reader.read();
  co_await sending;
  co_return back == text;
}

/// Writes the lines "<name>0" to "<name>299", most of them small, some by write_all().
ouro::task<> write_lines(stream_writer& writer, char name) {
  for (int i = 0; i < 300; ++i) {
    const std::string line = name + std::to_string(i) + "\n";
    if (i % 3 == 0) {
      co_await writer.write_all(line);
    } else {
      writer.write(line);
      if (i % 3 == 1) co_await writer.drain();
    }
    if (i % 7 == 0) co_await ouro::sleep(0s);
  }
}

ouro::task<> write_from_five_tasks(stream_writer& writer) {
  std::vector<ouro::task_handle<>> writing;
  for (const char name : {'a', 'b', 'c', 'd', 'e'}) {
    writing.push_back(ouro::create_task(write_lines(writer, name)));
  }
  for (const ouro::task_handle<>& each : writing) co_await each;
  writer.write_eof();
}

/// 200 connections at once, that echo what is chosen by `seed`.
ouro::task<> echo_at_once(unsigned seed) {
  auto server = co_await ouro::start_server(echo, "127.0.0.1", 0, {.backlog = 200});
  const int port = address_of(server).port();
  std::mt19937 random(seed);
  std::vector<ouro::task_handle<bool>> clients;

  for (unsigned i = 0; i < 200; ++i) {
    const std::size_t size = random() % (std::size_t{1} << random() % 17);
    clients.push_back(ouro::create_task(comes_back(port, pattern(size, i))));
  }
  int good = 0;
  for (const ouro::task_handle<bool>& each : clients) {
    const bool same = co_await each;
    good += same ? 1 : 0;
  }
  co_await server.shutdown(1s);

  CHECK(good == 200);
}

/// A mebibyte, while answers are late, short and out of order.
ouro::task<> echo_in_chaos(std::uint64_t seeds) {
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const ouro::testing::chaos chaos({.seed = seed});
    auto server = co_await ouro::start_server(echo, "127.0.0.1", 0);
    auto echoing = comes_back(address_of(server).port(), pattern(std::size_t{1} << 20, 5));

    const bool same = co_await std::move(echoing);
    co_await server.shutdown(1s);

    CHECK(same);
    CHECK(chaos.shortened() > 0);
    CHECK(chaos.delayed() > 0);
  }
}

}  // namespace

OURO_TEST_CASE("storm: every byte comes back over 200 connections at once", "[net][storm]") {
  co_await echo_at_once(11);
}

OURO_TEST_CASE("storm: every byte comes back over 200 connections, a hundred times",
               "[net][storm][.soak]") {
  for (unsigned seed = 0; seed < 100; ++seed) co_await echo_at_once(seed);
}

OURO_TEST_CASE("storm: small writes of several tasks keep the order of each", "[net][storm]") {
  auto server = co_await ouro::start_server(echo, "127.0.0.1", 0);
  auto [reader, writer] = co_await ouro::open_connection("127.0.0.1", address_of(server).port());
  auto writing = ouro::create_task(write_from_five_tasks(writer));
  std::array<int, 5> next{};
  int wrong = 0;

  while (auto line = co_await reader.anext()) {
    const std::size_t name = static_cast<std::size_t>(line->front() - 'a');
    if (name >= next.size()) {
      ++wrong;
      continue;
    }
    if (line->substr(1) != std::to_string(next[name]++) + "\n") ++wrong;
  }
  co_await writing;

  CHECK(wrong == 0);
  CHECK(next == std::array{300, 300, 300, 300, 300});
}

OURO_TEST_CASE("storm: a mebibyte comes back whole while answers are late, short and out of order",
               "[net][storm]") {
  co_await echo_in_chaos(3);
}

OURO_TEST_CASE("storm: a mebibyte comes back whole from chaos of a hundred seeds",
               "[net][storm][.soak]") {
  co_await echo_in_chaos(100);
}
