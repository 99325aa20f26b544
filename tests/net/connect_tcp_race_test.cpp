// SPDX-License-Identifier: BSL-1.0
// Happy eyeballs: attempts that overlap, and the order of the addresses.
#include "ouro/net/connect_tcp.hpp"
#include "ouro/task/wait_for.hpp"

#include "tests/net/connect_fixture.hpp"

using namespace net_test;

namespace {

using names = std::vector<std::string>;

constexpr ouro::connection_options happy{.happy_eyeballs_delay = 250ms};

/// How long connecting takes on the virtual clock, and what becomes of it.
struct timed_outcome {
  std::string text;
  ouro::duration time{};
};

ouro::task<timed_outcome> timed(ouro::task<ouro::socket> connecting) {
  const ouro::time_point begin = ouro::get_running_loop().time();
  auto inner = outcome_of(std::move(connecting));
  std::string text = co_await std::move(inner);
  co_return timed_outcome{std::move(text), ouro::get_running_loop().time() - begin};
}

/// Tries addresses which all refuse, and tells in which order.
ouro::task<names> order_of(ouro::connection_options options) {
  options.all_errors = true;
  names order;
  try {
    auto connecting = ouro::connect_tcp("order.test", 80, options);
    const ouro::socket made = co_await std::move(connecting);
  } catch (const ouro::exception_group& group) {
    group.handle<std::system_error>([&](const std::system_error& error) {
      const std::string text = error.what();
      order.push_back(text.substr(8, text.find(": ") - 8));
    });
  }
  co_return order;
}

/// The host order.test has three IPv6 addresses, then two of IPv4. None of them can be connected
/// to.
struct five_addresses {
  five_addresses() {
    fake.add("order.test",
             {{"::1", 1}, {"::1", 2}, {"::1", 3}, {"127.0.0.1", 4}, {"127.0.0.1", 5}});
  }
  fake_resolver fake;
};

}  // namespace

OURO_TEST_CASE("connect_tcp: with a delay it does not wait for silent addresses",
               "[net][connect_tcp][threads]") {
  fake_resolver fake;
  const silent first;
  const silent second;
  const accepting third;
  fake.add("some.test", {first.at(), second.at(), third.at()});

  const timed_outcome outcome = co_await timed(ouro::connect_tcp("some.test", 80, happy));

  CHECK(outcome.text == connected(third.at()));
  CHECK(outcome.time == 500ms);
}

OURO_TEST_CASE("connect_tcp: a refusal starts the next attempt at once",
               "[net][connect_tcp][threads]") {
  fake_resolver fake;
  const refusing first;
  const refusing second;
  const accepting third;
  fake.add("some.test", {first.at(), second.at(), third.at()});

  const timed_outcome outcome = co_await timed(ouro::connect_tcp("some.test", 80, happy));

  CHECK(outcome.text == connected(third.at()));
  CHECK(outcome.time == 0ms);
}

OURO_TEST_CASE("connect_tcp: an address that connects in time is the only one tried",
               "[net][connect_tcp][threads]") {
  fake_resolver fake;
  const accepting first;
  accepting second;
  fake.add("some.test", {first.at(), second.at()});

  const timed_outcome outcome = co_await timed(ouro::connect_tcp("some.test", 80, happy));
  co_await ouro::sleep(1s);

  CHECK(outcome.text == connected(first.at()));
  CHECK(outcome.time == 0ms);
  CHECK_THROWS_AS(co_await ouro::wait_for(second.listener().accept(), 1s), ouro::timeout_error);
}

OURO_TEST_CASE("connect_tcp: the losers of a race are closed", "[net][connect_tcp][threads]") {
  fake_resolver fake;
  const silent first;
  const silent second;
  const accepting third;
  fake.add("some.test", {first.at(), second.at(), third.at()});
  const std::size_t before = test::open_fds();

  const ouro::socket made = co_await ouro::connect_tcp("some.test", 80, happy);

  CHECK(test::open_fds() == before + 1);
}

OURO_TEST_CASE("connect_tcp: a race that all lose lists all failures",
               "[net][connect_tcp][error][threads]") {
  fake_resolver fake;
  const refusing first;
  const refusing second;
  fake.add("some.test", {first.at(), second.at()});

  const timed_outcome outcome = co_await timed(ouro::connect_tcp("some.test", 80, happy));

  CHECK(outcome.text ==
        "Multiple exceptions: " + refused(first.at()) + ", " + refused(second.at()));
}

OURO_TEST_CASE("connect_tcp: without a delay a silent address holds up the others",
               "[net][connect_tcp][threads]") {
  fake_resolver fake;
  const silent first;
  const accepting second;
  fake.add("some.test", {first.at(), second.at()});
  auto connecting = ouro::create_task(outcome_of(ouro::connect_tcp("some.test", 80)));

  co_await ouro::sleep(1h);
  const bool waits = !connecting.done();
  connecting.cancel();
  const std::string outcome = co_await connecting;

  CHECK(waits);
  CHECK(outcome == "cancelled");
}

OURO_TEST_CASE("connect_tcp: without a delay the order is that of the look-up",
               "[net][connect_tcp][threads]") {
  const five_addresses host;

  const names order = co_await order_of({});

  CHECK(order == names{"[::1]:1", "[::1]:2", "[::1]:3", "127.0.0.1:4", "127.0.0.1:5"});
}

OURO_TEST_CASE("connect_tcp: with a delay the families take turns", "[net][connect_tcp][threads]") {
  const five_addresses host;

  const names order = co_await order_of(happy);

  CHECK(order == names{"[::1]:1", "127.0.0.1:4", "[::1]:2", "127.0.0.1:5", "[::1]:3"});
}

OURO_TEST_CASE("connect_tcp: interleave says how many of the first family come first",
               "[net][connect_tcp][threads]") {
  const five_addresses host;

  const names one = co_await order_of({.interleave = 1});
  const names two = co_await order_of({.interleave = 2});
  const names many = co_await order_of({.interleave = 9});
  const names none = co_await order_of({.happy_eyeballs_delay = 250ms, .interleave = 0});

  CHECK(one == names{"[::1]:1", "127.0.0.1:4", "[::1]:2", "127.0.0.1:5", "[::1]:3"});
  CHECK(two == names{"[::1]:1", "[::1]:2", "127.0.0.1:4", "[::1]:3", "127.0.0.1:5"});
  CHECK(many == names{"[::1]:1", "[::1]:2", "[::1]:3", "127.0.0.1:4", "127.0.0.1:5"});
  CHECK(none == names{"[::1]:1", "[::1]:2", "[::1]:3", "127.0.0.1:4", "127.0.0.1:5"});
}
