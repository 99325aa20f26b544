// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/getnameinfo.hpp"

#include "ouro/net/gai_error.hpp"
#include "ouro/net/getaddrinfo.hpp"

#include "tests/net/resolver_fixture.hpp"

using namespace net_test;

namespace {

constexpr int numeric = NI_NUMERICHOST | NI_NUMERICSERV;

ouro::task<> look_up(std::string host) {
  auto lookup = ouro::getaddrinfo(host, 80);
  co_await std::move(lookup);
}

ouro::task<> look_up_if_cancelled_before(ouro::endpoint of) {
  ouro::current_task().cancel();
  auto lookup = ouro::getnameinfo(of);
  co_await std::move(lookup);
}

/// The code of the error that the lookup ends with; zero if there is none.
ouro::task<std::error_code> error_of(ouro::endpoint of, int flags) {
  try {
    co_await ouro::getnameinfo(of, flags);
  } catch (const std::system_error& error) {
    co_return error.code();
  }
  co_return std::error_code();
}

}  // namespace

OURO_TEST_CASE("getnameinfo: numbers are answered without a thread", "[net][getnameinfo]") {
  fake_resolver busy;
  busy.hold();
  std::vector<ouro::task_handle<>> others;
  for (const char* host : {"a.test", "b.test", "c.test", "d.test"}) {
    others.push_back(ouro::create_task(look_up(host)));
  }
  co_await ouro::sleep(0s);
  busy.wait_until_asked(4);

  const ouro::name_info v4 = co_await ouro::getnameinfo({"127.0.0.1", 80}, numeric);
  const ouro::name_info v6 = co_await ouro::getnameinfo({"::1", 443}, numeric);
  for (auto& other : others) other.cancel();

  CHECK(v4 == ouro::name_info{"127.0.0.1", "80"});
  CHECK(v6 == ouro::name_info{"::1", "443"});
}

OURO_TEST_CASE("getnameinfo: names are looked up by a thread", "[net][getnameinfo][threads]") {
  const ouro::name_info found = co_await ouro::getnameinfo({"127.0.0.1", 1}, NI_NUMERICSERV);

  CHECK(found == ouro::name_info{"localhost", "1"});
}

OURO_TEST_CASE("getnameinfo: cancelled while it waits for a thread, it throws at once",
               "[net][getnameinfo][cancel][threads]") {
  fake_resolver busy;
  busy.hold();
  std::vector<ouro::task_handle<>> others;
  for (const char* host : {"a.test", "b.test", "c.test", "d.test"}) {
    others.push_back(ouro::create_task(look_up(host)));
  }
  auto lookup = ouro::create_task(ouro::getnameinfo({"127.0.0.1", 1}));
  co_await ouro::sleep(0s);
  const bool waited = !lookup.done();

  lookup.cancel();
  for (auto& other : others) other.cancel();

  CHECK(waited);
  CHECK_THROWS_AS(co_await lookup, ouro::cancelled_error);
}

OURO_TEST_CASE("getnameinfo: an endpoint without an IP address is an error",
               "[net][getnameinfo][error]") {
  const std::error_code none = co_await error_of(ouro::endpoint(), numeric);
  const std::error_code unix = co_await error_of(ouro::endpoint::local("/a.socket"), 0);

  CHECK(none == std::error_code(EAI_FAMILY, ouro::gai_category()));
  CHECK(unix == std::error_code(EAI_FAMILY, ouro::gai_category()));
}

OURO_TEST_CASE("getnameinfo: what a thread fails with is told",
               "[net][getnameinfo][error][threads]") {
  constexpr int no_flag = 1 << 20;

  const std::error_code error = co_await error_of(ouro::endpoint("127.0.0.1", 1), no_flag);

  CHECK(error == std::error_code(EAI_BADFLAGS, ouro::gai_category()));
}

OURO_TEST_CASE("getnameinfo: cancelled before it starts, it throws",
               "[net][getnameinfo][cancel][threads]") {
  auto lookup = ouro::create_task(look_up_if_cancelled_before(ouro::endpoint("127.0.0.1", 1)));

  CHECK_THROWS_AS(co_await lookup, ouro::cancelled_error);
}
