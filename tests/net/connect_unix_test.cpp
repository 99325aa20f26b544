// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/connect_unix.hpp"

#include "ouro/testing/cancel_everywhere.hpp"

#include "tests/net/connect_fixture.hpp"

#include <cerrno>
#include <unistd.h>

using namespace net_test;

namespace {

std::string unique_name(const char* of) {
  return std::string("ouro-net-") + of + '-' + std::to_string(::getpid());
}

ouro::task<std::string> outcome_if_cancelled_before(std::string path) {
  ouro::current_task().cancel();
  auto inner = outcome_of(ouro::connect_unix(path));
  co_return co_await std::move(inner);
}

}  // namespace

OURO_TEST_CASE("connect_unix: connects to a path and to an abstract name", "[net][connect_unix]") {
  const std::string path = "/tmp/" + unique_name("path") + ".socket";
  const std::string name = '\0' + unique_name("name");
  ouro::listener at_path(ouro::endpoint::local(path));
  ouro::listener at_name(ouro::endpoint::local_abstract(unique_name("name")));

  const ouro::socket to_path = co_await ouro::connect_unix(path);
  const ouro::socket to_name = co_await ouro::connect_unix(name);
  ::unlink(path.c_str());

  CHECK(to_path.remote_endpoint() == at_path.local_endpoint());
  CHECK(to_name.remote_endpoint() == at_name.local_endpoint());
}

OURO_TEST_CASE("connect_unix: a failure names the path", "[net][connect_unix][error]") {
  const std::string missing = co_await outcome_of(ouro::connect_unix("/tmp/no/such.socket"));
  const std::string empty = co_await outcome_of(ouro::connect_unix(""));

  CHECK(missing == "connect /tmp/no/such.socket: No such file or directory");
  CHECK(empty == "the path of a UNIX socket is empty");
}

OURO_TEST_CASE("connect_unix: cancelled while it waits, it throws", "[net][connect_unix][cancel]") {
  const auto at = ouro::endpoint::local_abstract(unique_name("full"));
  const ouro::listener listener(at, {.backlog = 0});
  const ouro::unique_fd other = io_test::start_connecting(at);
  const ouro::unique_fd another = io_test::start_connecting(at);
  auto connecting = ouro::create_task(outcome_of(ouro::connect_unix('\0' + unique_name("full"))));
  co_await test::settle();
  const bool waited = !connecting.done();

  connecting.cancel();
  const std::string outcome = co_await connecting;

  CHECK(waited);
  CHECK(outcome == "cancelled");
}

OURO_TEST_CASE("connect_unix: cancelled before it starts, it throws",
               "[net][connect_unix][cancel]") {
  const std::string name = unique_name("before");
  ouro::listener listener(ouro::endpoint::local_abstract(name));
  const std::size_t before = test::open_fds();

  auto connecting = ouro::create_task(outcome_if_cancelled_before('\0' + name));
  const std::string outcome = co_await connecting;

  CHECK(outcome == "cancelled");
  CHECK(test::open_fds() == before);
}

TEST_CASE("connect_unix: stands an interruption everywhere", "[net][connect_unix][cancel]") {
  const auto report = ouro::testing::cancel_everywhere([]() -> ouro::task<> {
    const ouro::listener listener(ouro::endpoint::local_abstract(unique_name("everywhere")));
    const ouro::socket made = co_await ouro::connect_unix('\0' + unique_name("everywhere"));
  });

  CHECK(report.problems == std::vector<std::string>());
  CHECK(report.suspensions >= 1);
}
