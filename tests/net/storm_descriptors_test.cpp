// SPDX-License-Identifier: BSL-1.0
// Descriptors that are used again at once, and too few of them.
#include "tests/net/storm_fixture.hpp"

#include <algorithm>
#include <random>
#include <sys/resource.h>
#include <vector>

using namespace storm_test;

namespace {

constexpr std::size_t digits = 6;

/// Echoes whatever matches the number that the client begins with, and counts what does not.
struct checked_echo {
  int served = 0;
  int crossed = 0;

  ouro::task<> serve(stream_reader reader, stream_writer writer) {
    ++served;
    try {
      const std::string number = co_await reader.readexactly(digits);
      const std::string all = pattern(5'000, static_cast<unsigned>(std::stoul(number)));
      for (std::size_t at = 0;;) {
        const std::string text = co_await reader.read(700);
        if (text.empty()) break;
        if (all.compare(at, text.size(), text) != 0) ++crossed;
        at += text.size();
        writer.write(text);
        co_await writer.drain();
      }
    } catch (const ouro::incomplete_read_error&) {
    } catch (const std::system_error&) {
    }
  }
};

struct client {
  ouro::unique_fd fd;
  std::string text;
  std::size_t sent = 0;
  std::size_t received = 0;
};

client begin(const ouro::server& server, unsigned number) {
  const std::string name = std::to_string(100'000 + number);
  client made{start_connecting(address_of(server)), pattern(5'000, 100'000 + number)};
  send_text(made.fd.get(), name);
  return made;
}

/// Limits the process to `count` descriptors more than it has.
struct few_fds {
  explicit few_fds(::rlim_t count) {
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    const ouro::unique_fd next(::dup(STDIN_FILENO));
    REQUIRE(next.get() >= 0);
    ::rlimit few = before;
    few.rlim_cur = static_cast<::rlim_t>(next.get()) + count;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
  }
  ~few_fds() { ::setrlimit(RLIMIT_NOFILE, &before); }

  ::rlimit before{};
};

/// A hundred connections that send, receive, end and begin by chance, so many times.
ouro::task<> reuse_descriptors(int steps) {
  checked_echo all;
  const auto handle = [&](stream_reader reader, stream_writer writer) {
    return all.serve(std::move(reader), std::move(writer));
  };
  auto server = co_await ouro::start_server(handle, "127.0.0.1", 0);
  std::vector<client> clients(100);
  std::mt19937 random(7);
  unsigned begun = 0;
  int wrong = 0;
  std::size_t verified = 0;

  for (int step = 0; step < steps; ++step) {
    client& each = clients[random() % clients.size()];
    if (each.fd.get() < 0) {
      each = begin(server, begun++);
    } else if (random() % 4 == 0) {
      if (random() % 2 == 0) reset_on_close(each.fd);
      each.fd.reset();
    } else {
      const std::string part = each.text.substr(each.sent, random() % 300);
      send_text(each.fd.get(), part);
      each.sent += part.size();
      const std::string back = left_in(each.fd.get());
      if (each.text.compare(each.received, back.size(), back) != 0) ++wrong;
      each.received += back.size();
      verified += back.size();
    }
    if (step % 10 == 0) co_await test::run_turns(3);
  }
  clients.clear();
  co_await test::settle();
  co_await server.shutdown(0s);

  CHECK(all.crossed == 0);
  CHECK(wrong == 0);
  CHECK(verified > 100'000);
  CHECK(all.served == static_cast<int>(begun));
}

}  // namespace

OURO_TEST_CASE("storm: bytes never cross between connections whose descriptors are used again",
               "[net][storm]") {
  co_await reuse_descriptors(10'000);
}

OURO_TEST_CASE("storm: bytes never cross in a quarter of a million steps", "[net][storm][.soak]") {
  co_await reuse_descriptors(250'000);
}

// Not under UndefinedBehaviorSanitizer: its check of virtual calls needs a pipe, and without a free
// descriptor takes every object for a broken one.
#if defined(__has_feature)
#if __has_feature(undefined_behavior_sanitizer)
#define OURO_TEST_NEEDS_DESCRIPTORS
#endif
#endif
#ifndef OURO_TEST_NEEDS_DESCRIPTORS
OURO_TEST_CASE("storm: short of descriptors again and again, it serves everybody in the end",
               "[net][storm][error]") {
  constexpr int count = 60;
  auto server = co_await ouro::start_server(echo, "127.0.0.1", 0, {.start_serving = false});
  const ouro::endpoint at = address_of(server);
  std::vector<ouro::unique_fd> clients;
  for (int i = 0; i < count; ++i) {
    clients.push_back(ouro::make_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK));
  }
  const few_fds limit(10);
  co_await server.start_serving();
  for (const ouro::unique_fd& each : clients) {
    static_cast<void>(
        !::connect(each.get(), &at.native(), static_cast<socklen_t>(at.native_size())));
    send_text(each.get(), "serve me");
  }

  int served = 0;
  std::size_t pauses = 0;
  std::size_t most_reports = 0;
  for (int second = 0; second < 30 && served < count; ++second) {
    co_await test::advance(1s);
    const std::size_t reports = test::take_reports().size();
    most_reports = std::max(most_reports, reports);
    pauses += reports != 0 ? 1 : 0;
    int freed = 0;
    for (ouro::unique_fd& each : clients) {
      if (each.get() < 0 || freed == 5 || left_in(each.get()) != "serve me") continue;
      each.reset();
      ++served;
      ++freed;
    }
    if (freed == 0) break;
  }
  co_await test::advance(1s);

  CHECK(served == count);
  CHECK(pauses >= 3);
  CHECK(most_reports <= 2);  // the second and the one that it ends with
  co_await server.shutdown(0s);
}
#endif
