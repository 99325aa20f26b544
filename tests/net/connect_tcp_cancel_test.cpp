// SPDX-License-Identifier: BSL-1.0
// Connecting that is given up: no socket is left.
#include "ouro/net/connect_tcp.hpp"
#include "ouro/testing/cancel_everywhere.hpp"

#include "tests/net/connect_fixture.hpp"

using namespace net_test;

namespace {

constexpr ouro::connection_options happy{.happy_eyeballs_delay = 250ms};

ouro::task<std::string> outcome_if_cancelled_before(std::string host) {
  ouro::current_task().cancel();
  auto inner = outcome_of(ouro::connect_tcp(host, 80));
  co_return co_await std::move(inner);
}

ouro::task<std::string> outcome_within(ouro::duration limit, ouro::connection_options options) {
  const ouro::fail_after guard(limit);
  auto inner = outcome_of(ouro::connect_tcp("some.test", 80, options));
  co_return co_await std::move(inner);
}

ouro::task<> connect_then_sleep(int port, std::string& log) {
  auto connecting = ouro::connect_tcp("127.0.0.1", port);
  const ouro::socket made = co_await std::move(connecting);
  log = "connected";
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    log += ", then cancelled";
  }
}

void stands_everything(ouro::connection_options options, int suspensions) {
  const auto report = ouro::testing::cancel_everywhere([options]() -> ouro::task<> {
    auto connecting = ouro::connect_tcp("some.test", 80, options);
    const ouro::socket made = co_await std::move(connecting);
  });

  CHECK(report.problems == std::vector<std::string>());
  CHECK(report.suspensions >= suspensions);
}

}  // namespace

OURO_TEST_CASE("connect_tcp: cancelled while it looks up, it throws at once",
               "[net][connect_tcp][cancel][threads]") {
  fake_resolver fake;
  fake.hold();
  auto connecting = ouro::create_task(outcome_of(ouro::connect_tcp("some.test", 80)));
  co_await ouro::sleep(0s);

  connecting.cancel();
  const std::string outcome = co_await connecting;

  CHECK(outcome == "cancelled");
}

OURO_TEST_CASE("connect_tcp: cancelled while it connects, it closes the socket",
               "[net][connect_tcp][cancel]") {
  const silent server;
  const std::size_t before = test::open_fds();
  auto connecting =
      ouro::create_task(outcome_of(ouro::connect_tcp("127.0.0.1", server.at().port())));
  co_await test::settle();
  const std::size_t during = test::open_fds();

  connecting.cancel();
  const std::string outcome = co_await connecting;

  CHECK(during == before + 1);
  CHECK(outcome == "cancelled");
  CHECK(test::open_fds() == before);
}

OURO_TEST_CASE("connect_tcp: a race that is cancelled closes every socket",
               "[net][connect_tcp][cancel][threads]") {
  fake_resolver fake;
  const silent first;
  const silent second;
  const silent third;
  fake.add("some.test", {first.at(), second.at(), third.at()});
  const std::size_t before = test::open_fds();
  auto connecting = ouro::create_task(outcome_of(ouro::connect_tcp("some.test", 80, happy)));
  co_await ouro::sleep(10s);
  const std::size_t during = test::open_fds();

  connecting.cancel();
  const std::string outcome = co_await connecting;

  CHECK(during == before + 3);
  CHECK(outcome == "cancelled");
  CHECK(test::open_fds() == before);
}

OURO_TEST_CASE("connect_tcp: cancelled before it starts, it asks nobody",
               "[net][connect_tcp][cancel][threads]") {
  fake_resolver fake;

  auto connecting = ouro::create_task(outcome_if_cancelled_before("some.test"));
  const std::string outcome = co_await connecting;

  CHECK(outcome == "cancelled");
  CHECK(fake.asked().empty());
}

OURO_TEST_CASE("connect_tcp: a deadline ends it, one by one and in a race",
               "[net][connect_tcp][cancel][threads]") {
  fake_resolver fake;
  const silent first;
  const silent second;
  fake.add("some.test", {first.at(), second.at()});
  const std::size_t before = test::open_fds();

  const std::string one_by_one = co_await outcome_within(1s, {});
  const std::string race = co_await outcome_within(1s, happy);

  CHECK(one_by_one == "timeout");
  CHECK(race == "timeout");
  CHECK(test::open_fds() == before);
}

OURO_TEST_CASE("connect_tcp: a deadline counts more than a failure before it",
               "[net][connect_tcp][cancel][threads]") {
  fake_resolver fake;
  const silent last;
  const refusing in_use;
  fake.add("some.test", {last.at()});
  fake.add("here.test", {in_use.at(), ouro::endpoint("127.0.0.7", 0)});
  const ouro::host_and_port local{"here.test", 0};

  const std::string outcome = co_await outcome_within(1s, {.local_addr = local});

  CHECK(outcome == "timeout");
}

OURO_TEST_CASE("connect_tcp: a connection made before the cancel is delivered",
               "[net][connect_tcp][cancel]") {
  const accepting server;
  std::string log;
  auto connecting = ouro::create_task(connect_then_sleep(server.at().port(), log));
  co_await ouro::sleep(0s);  // it begins, behind this one
  while (io_test::pending_requests() != 0) co_await ouro::sleep(0s);

  const bool ready = !connecting.done();
  connecting.cancel();
  co_await connecting;

  CHECK(ready);
  CHECK(log == "connected, then cancelled");
}

TEST_CASE("connect_tcp: stands an interruption everywhere, one by one",
          "[net][connect_tcp][cancel][threads]") {
  fake_resolver fake;
  const refusing first;
  const accepting second;
  fake.add("some.test", {first.at(), second.at()});

  stands_everything({}, 3);
}

TEST_CASE("connect_tcp: stands an interruption everywhere, in a race",
          "[net][connect_tcp][cancel][threads]") {
  fake_resolver fake;
  const silent first;
  const refusing second;
  const silent third;
  const accepting fourth;
  fake.add("some.test", {first.at(), second.at(), third.at(), fourth.at()});

  stands_everything(happy, 2);
}

TEST_CASE("connect_tcp: stands an interruption everywhere, with a slow kernel",
          "[net][connect_tcp][cancel]") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const ouro::testing::chaos_options hostile{.seed = seed, .delay = 0.5};
    const auto connect_and_send = []() -> ouro::task<> {
      accepting server;
      auto connecting = ouro::connect_tcp("127.0.0.1", server.at().port(), happy);
      ouro::socket near = co_await std::move(connecting);
      co_await near.sendall("hello");
    };

    const auto report =
        ouro::testing::cancel_everywhere(connect_and_send, {.shake_seed = seed, .chaos = &hostile});

    INFO("seed " << seed);
    CHECK(report.problems == std::vector<std::string>());
  }
}
