// SPDX-License-Identifier: BSL-1.0
// The threads that look up names: how many, for whom, until when.
#include "ouro/net/resolver.hpp"

#include "ouro/net/getaddrinfo.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/wait_for.hpp"

#include "tests/net/resolver_fixture.hpp"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <pthread.h>
#include <stdexcept>
#include <unistd.h>

using namespace net_test;

namespace {

const std::vector<std::string> four_hosts = {"a.test", "b.test", "c.test", "d.test"};

using addresses = std::vector<ouro::address_info>;
using ouro::detail::get_resolver_state;
using ouro::detail::resolver_state;

void wait_until(const std::function<bool(const resolver_state&)>& condition) {
  while (!condition(get_resolver_state())) std::this_thread::sleep_for(100us);
}

/// Allows so many threads, and while it lives there are no more; in the end as many as by default.
struct thread_limit {
  explicit thread_limit(std::size_t most) {
    ouro::set_resolver_threads(most);
    wait_until([most](const resolver_state& state) { return state.threads <= most; });
  }
  thread_limit(const thread_limit&) = delete;
  thread_limit& operator=(const thread_limit&) = delete;
  ~thread_limit() { ouro::set_resolver_threads(4); }
};

ouro::task<addresses> look_up(std::string host) {
  auto lookup = ouro::getaddrinfo(host, 80);
  co_return co_await std::move(lookup);
}

ouro::task<std::size_t> count_answers(std::string host) {
  const addresses found = co_await look_up(std::move(host));
  co_return found.size();
}

}  // namespace

OURO_TEST_CASE("resolver: what does not find a thread waits for one, in order",
               "[net][resolver][threads]") {
  fake_resolver fake;
  const thread_limit limit(1);
  std::vector<ouro::task_handle<addresses>> lookups;
  for (const std::string& host : four_hosts) fake.add(host, {ouro::endpoint("127.0.0.1", 80)});
  fake.hold();

  for (const std::string& host : four_hosts) lookups.push_back(ouro::create_task(look_up(host)));
  co_await ouro::sleep(0s);
  fake.wait_until_asked(1);
  const std::size_t queued = get_resolver_state().queued;
  fake.release();
  for (const auto& lookup : lookups) co_await lookup;

  CHECK(queued == 3);
  CHECK(fake.asked() == four_hosts);
}

OURO_TEST_CASE("resolver: there are no more threads than allowed", "[net][resolver][threads]") {
  fake_resolver fake;
  const thread_limit limit(2);
  std::vector<ouro::task_handle<addresses>> lookups;
  for (const std::string& host : four_hosts) fake.add(host, {ouro::endpoint("127.0.0.1", 80)});
  fake.hold();

  for (const std::string& host : four_hosts) lookups.push_back(ouro::create_task(look_up(host)));
  co_await ouro::sleep(0s);
  fake.wait_until_asked(2);
  const resolver_state saturated = get_resolver_state();
  fake.release();
  for (const auto& lookup : lookups) co_await lookup;

  CHECK(saturated.threads == 2);
  CHECK(saturated.running == 2);
  CHECK(saturated.queued == 2);
}

OURO_TEST_CASE("resolver: equal questions in flight are asked once", "[net][resolver][threads]") {
  fake_resolver fake;
  fake.add("same.test", {ouro::endpoint("127.0.0.1", 80)});
  fake.hold();

  auto first = ouro::create_task(look_up("same.test"));
  auto second = ouro::create_task(look_up("same.test"));
  co_await ouro::sleep(0s);
  fake.wait_until_asked(1);
  auto third = ouro::create_task(look_up("same.test"));
  co_await ouro::sleep(0s);
  fake.release();
  const addresses found = co_await first;
  const addresses found_too = co_await second;
  const addresses found_later = co_await third;

  CHECK(fake.asked().size() == 1);
  CHECK(found.size() == 1);
  CHECK(found_too == found);
  CHECK(found_later == found);
}

OURO_TEST_CASE("resolver: an answer is not kept", "[net][resolver][threads]") {
  fake_resolver fake;
  fake.add("same.test", {ouro::endpoint("127.0.0.1", 80)});

  co_await look_up("same.test");
  co_await look_up("same.test");

  CHECK(fake.asked().size() == 2);
}

OURO_TEST_CASE("resolver: questions with other options are others", "[net][resolver][threads]") {
  fake_resolver fake;
  fake.add("same.test", {ouro::endpoint("127.0.0.1", 80)});
  fake.hold();

  auto ask = [](int port, ouro::getaddrinfo_options options) -> ouro::task<> {
    auto lookup = ouro::getaddrinfo("same.test", port, options);
    co_await std::move(lookup);
  };
  auto all = ouro::gather(ask(80, {}), ask(81, {}), ask(80, {.family = ouro::address_family::ipv4}),
                          ask(80, {.type = ouro::socket_type::stream}));
  fake.release();
  co_await all;

  CHECK(fake.asked().size() == 4);
}

TEST_CASE("resolver: loops on several threads share a question", "[net][resolver][threads]") {
  fake_resolver fake;
  fake.add("same.test", {ouro::endpoint("127.0.0.1", 80)});
  fake.hold();
  std::array<std::size_t, 2> counts{};

  std::thread first([&] { counts[0] = ouro::run(count_answers("same.test")); });
  std::thread second([&] { counts[1] = ouro::run(count_answers("same.test")); });
  fake.wait_until_asked(1);
  std::this_thread::sleep_for(2ms);  // both may join, or one comes too late and asks again
  fake.release();
  first.join();
  second.join();

  CHECK(counts == std::array<std::size_t, 2>{1, 1});
  CHECK(fake.asked().size() <= 2);
}

TEST_CASE("resolver: an idle thread ends", "[net][resolver][threads]") {
  fake_resolver fake;
  fake.add("a.test", {ouro::endpoint("127.0.0.1", 80)});
  CHECK(ouro::run(count_answers("a.test")) == 1);

  ouro::detail::set_resolver_idle_time(0s);
  wait_until([](const resolver_state& state) { return state.threads == 0; });
  ouro::detail::set_resolver_idle_time(10s);
  const std::size_t count = ouro::run(count_answers("a.test"));  // starts another

  CHECK(count == 1);
  CHECK(get_resolver_state().threads == 1);
}

TEST_CASE("resolver: fewer threads are kept when fewer are allowed", "[net][resolver][threads]") {
  fake_resolver fake;
  fake.add("a.test", {ouro::endpoint("127.0.0.1", 80)});
  fake.add("b.test", {ouro::endpoint("127.0.0.1", 80)});
  fake.hold();
  std::thread first([] { static_cast<void>(ouro::run(count_answers("a.test"))); });
  std::thread second([] { static_cast<void>(ouro::run(count_answers("b.test"))); });
  fake.wait_until_asked(2);

  ouro::set_resolver_threads(1);
  fake.release();
  first.join();
  second.join();
  const thread_limit limit(1);  // waits until one has ended

  CHECK(get_resolver_state().threads == 1);
}

TEST_CASE("resolver: more threads are started for what waits when more are allowed",
          "[net][resolver][threads]") {
  fake_resolver fake;
  fake.hold();
  std::vector<std::thread> askers;
  const auto ask = [](std::string host) {
    try {
      static_cast<void>(ouro::run(count_answers(std::move(host))));
    } catch (const std::system_error&) {  // nobody has that name
    }
  };
  const thread_limit limit(1);
  for (const char* host : {"a.test", "b.test"}) askers.emplace_back(ask, host);
  wait_until([](const resolver_state& state) { return state.queued == 1; });

  ouro::set_resolver_threads(2);
  fake.wait_until_asked(2);
  fake.release();
  for (std::thread& each : askers) each.join();

  CHECK(fake.asked().size() == 2);
}

TEST_CASE("resolver: its threads take no signals", "[net][resolver][threads]") {
  ::sigset_t mask;
  ::sigemptyset(&mask);
  ouro::detail::replace_getaddrinfo([&](const auto&, auto&) {
    ::pthread_sigmask(SIG_SETMASK, nullptr, &mask);
    return EAI_NONAME;
  });

  CHECK_THROWS_AS(ouro::run(count_answers("a.test")), std::system_error);
  ouro::detail::replace_getaddrinfo({});

  CHECK(::sigismember(&mask, SIGINT) == 1);
  CHECK(::sigismember(&mask, SIGTERM) == 1);
}

TEST_CASE("resolver: no threads at all are refused", "[net][resolver][error]") {
  CHECK_THROWS_AS(ouro::set_resolver_threads(0), std::invalid_argument);
}

TEST_CASE("resolver: a loop may be closed while a thread asks for it",
          "[net][resolver][cancel][threads]") {
  fake_resolver fake;
  fake.hold();
  int reports = 0;
  {
    ouro::event_loop loop;
    loop.set_exception_handler([&](auto&, const auto&) { ++reports; });
    loop.create_task(count_answers("a.test"));
    loop.stop();
    loop.run_forever();
    fake.wait_until_asked(1);
    loop.close();
  }

  fake.release();
  fake_resolver::wait_until_unused();

  CHECK(reports == 1);  // the task was pending
}

TEST_CASE("resolver: a loop may be closed with an answer on its way",
          "[net][resolver][cancel][threads]") {
  fake_resolver fake;
  int reports = 0;
  {
    ouro::event_loop loop;
    loop.set_exception_handler([&](auto&, const auto&) { ++reports; });
    loop.create_task(count_answers("a.test"));
    loop.stop();
    loop.run_forever();
    fake.wait_until_asked(1);
    fake_resolver::wait_until_unused();
    loop.close();
  }

  CHECK(reports == 1);
}

// Run by the next case, in a process of its own.
TEST_CASE("resolver: a process that ends while a thread asks for ever", "[.][resolver_exit]") {
  ouro::detail::replace_getaddrinfo([](const auto&, auto&) -> int {
    for (;;) ::pause();
  });
  const auto limited = []() -> ouro::task<> { co_await ouro::wait_for(look_up("a.test"), 1ms); };

  CHECK_THROWS_AS(ouro::run(limited()), ouro::timeout_error);
}

TEST_CASE("resolver: a process may end while a thread asks", "[net][resolver][threads]") {
  const std::string program = std::filesystem::read_symlink("/proc/self/exe");

  const int status = std::system(("'" + program + "' '[resolver_exit]' >/dev/null 2>&1").c_str());

  CHECK(status == 0);
}
