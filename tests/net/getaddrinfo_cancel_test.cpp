// SPDX-License-Identifier: BSL-1.0
// A lookup that nobody waits for any more.
#include "ouro/net/getaddrinfo.hpp"
#include "ouro/task/deadline_scope.hpp"
#include "ouro/task/wait_for.hpp"
#include "ouro/testing/cancel_everywhere.hpp"

#include "tests/net/resolver_fixture.hpp"

using namespace net_test;

namespace {

/// "1 address", "cancelled" or "timeout".
ouro::task<std::string> outcome_of(std::string host) {
  try {
    auto lookup = ouro::getaddrinfo(host, 80);
    const auto found = co_await std::move(lookup);
    co_return std::to_string(found.size()) + " address";
  } catch (const ouro::cancelled_error&) {
    co_return "cancelled";
  } catch (const ouro::timeout_error&) {
    co_return "timeout";
  }
}

ouro::task<std::string> outcome_if_cancelled_before(std::string host) {
  ouro::current_task().cancel();
  auto inner = outcome_of(std::move(host));
  co_return co_await std::move(inner);
}

ouro::task<std::string> outcome_within(ouro::duration limit, std::string host) {
  const ouro::fail_after guard(limit);
  auto inner = outcome_of(std::move(host));
  co_return co_await std::move(inner);
}

std::size_t queued() { return ouro::detail::get_resolver_state().queued; }

}  // namespace

OURO_TEST_CASE("getaddrinfo: cancelled while a thread asks, it throws at once",
               "[net][getaddrinfo][cancel][threads]") {
  fake_resolver fake;
  fake.hold();
  auto lookup = ouro::create_task(outcome_of("a.test"));
  co_await ouro::sleep(0s);
  fake.wait_until_asked(1);

  lookup.cancel();
  const std::string outcome = co_await lookup;  // the thread still holds the question

  CHECK(outcome == "cancelled");
}

OURO_TEST_CASE("getaddrinfo: cancelled while it waits for a thread, it is never asked",
               "[net][getaddrinfo][cancel][threads]") {
  fake_resolver fake;
  fake.hold();
  std::vector<ouro::task_handle<std::string>> lookups;
  for (const char* host : {"a.test", "b.test", "c.test", "d.test", "late.test"}) {
    fake.add(host, {ouro::endpoint("127.0.0.1", 80)});
    lookups.push_back(ouro::create_task(outcome_of(host)));
  }
  co_await ouro::sleep(0s);
  fake.wait_until_asked(4);
  const std::size_t queued_before = queued();

  lookups.back().cancel();
  const std::string outcome = co_await lookups.back();
  const std::size_t queued_after = queued();
  fake.release();
  lookups.pop_back();
  for (const auto& lookup : lookups) co_await lookup;

  CHECK(outcome == "cancelled");
  CHECK(queued_before == 1);
  CHECK(queued_after == 0);
  CHECK(fake.asked().size() == 4);
}

OURO_TEST_CASE("getaddrinfo: of two that share a question one can be cancelled",
               "[net][getaddrinfo][cancel][threads]") {
  fake_resolver fake;
  fake.add("a.test", {ouro::endpoint("127.0.0.1", 80)});
  fake.hold();
  auto first = ouro::create_task(outcome_of("a.test"));
  auto second = ouro::create_task(outcome_of("a.test"));
  co_await ouro::sleep(0s);

  first.cancel();
  const std::string cancelled = co_await first;
  fake.release();
  const std::string kept = co_await second;

  CHECK(cancelled == "cancelled");
  CHECK(kept == "1 address");
  CHECK(fake.asked().size() == 1);
}

OURO_TEST_CASE("getaddrinfo: cancelled before it starts, it asks nobody",
               "[net][getaddrinfo][cancel][threads]") {
  fake_resolver fake;

  auto lookup = ouro::create_task(outcome_if_cancelled_before("a.test"));
  const std::string outcome = co_await lookup;

  CHECK(outcome == "cancelled");
  CHECK(fake.asked().empty());
}

OURO_TEST_CASE("getaddrinfo: cancelled when the answer is on its way, it throws",
               "[net][getaddrinfo][cancel][threads]") {
  fake_resolver fake;
  fake.add("a.test", {ouro::endpoint("127.0.0.1", 80)});
  auto lookup = ouro::create_task(outcome_of("a.test"));
  co_await ouro::sleep(0s);
  fake.wait_until_asked(1);
  fake_resolver::wait_until_unused();  // the answer is in the loop's inbox

  const bool done = lookup.done();
  lookup.cancel();
  const std::string outcome = co_await lookup;

  CHECK(!done);
  CHECK(outcome == "cancelled");
}

OURO_TEST_CASE("getaddrinfo: a cancel that races with the answer leaves nothing behind",
               "[net][getaddrinfo][cancel][threads]") {
  fake_resolver fake;
  fake.add("a.test", {ouro::endpoint("127.0.0.1", 80)});
  int known = 0;

  for (int i = 0; i < 300; ++i) {
    auto lookup = ouro::create_task(outcome_of("a.test"));
    co_await ouro::sleep(0s);
    while (fake.asked().size() <= static_cast<std::size_t>(i / 3)) std::this_thread::yield();
    if (i % 3 != 2) lookup.cancel();
    const std::string outcome = co_await lookup;
    if (outcome == "1 address" || outcome == "cancelled") ++known;
  }

  CHECK(known == 300);
}

TEST_CASE("getaddrinfo: a loop that closes while the answer comes leaves nothing behind",
          "[net][getaddrinfo][cancel][threads]") {
  fake_resolver fake;
  int reports = 0;

  for (int i = 0; i < 100; ++i) {
    ouro::event_loop loop;
    loop.set_exception_handler([&](auto&, const auto&) { ++reports; });
    for (const char* host : {"a.test", "b.test"}) loop.create_task(outcome_of(host));
    loop.stop();
    loop.run_forever();
  }

  CHECK(reports == 200);
}

OURO_TEST_CASE("getaddrinfo: a deadline ends it", "[net][getaddrinfo][cancel][threads]") {
  fake_resolver fake;
  fake.hold();

  auto lookup = ouro::create_task(outcome_within(0s, "a.test"));
  const std::string outcome = co_await lookup;

  CHECK(outcome == "timeout");
}

TEST_CASE("getaddrinfo: a time-out does not wait for the thread",
          "[net][getaddrinfo][cancel][threads]") {
  fake_resolver fake;
  fake.hold();

  ouro::event_loop loop;
  const auto limited = []() -> ouro::task<> {
    auto lookup = ouro::getaddrinfo("a.test", 80);
    co_await ouro::wait_for(std::move(lookup), 1ms);
  };

  CHECK_THROWS_AS(loop.run_until_complete(limited()), ouro::timeout_error);
}

TEST_CASE("getaddrinfo: stands an interruption everywhere", "[net][getaddrinfo][cancel]") {
  fake_resolver fake;
  fake.add("a.test", {ouro::endpoint("127.0.0.1", 80)});

  const auto report = ouro::testing::cancel_everywhere([]() -> ouro::task<> {
    const std::string outcome = co_await outcome_of("a.test");
    if (outcome == "cancelled") throw ouro::cancelled_error();
    if (outcome == "timeout") throw ouro::timeout_error();
  });

  CHECK(report.problems == std::vector<std::string>());
  CHECK(report.suspensions >= 1);
}
