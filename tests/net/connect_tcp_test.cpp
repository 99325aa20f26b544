// SPDX-License-Identifier: BSL-1.0
#include "ouro/net/connect_tcp.hpp"

#include "ouro/net/gai_error.hpp"

#include "tests/net/connect_fixture.hpp"

using namespace net_test;

namespace {

/// The code of the error that connecting ends with; zero if there is none.
ouro::task<std::error_code> code_of(ouro::task<ouro::socket> connecting) {
  try {
    const ouro::socket made = co_await std::move(connecting);
  } catch (const std::system_error& error) {
    co_return error.code();
  }
  co_return std::error_code();
}

}  // namespace

OURO_TEST_CASE("connect_tcp: connects to an address", "[net][connect_tcp]") {
  accepting server;

  ouro::socket near = co_await ouro::connect_tcp("127.0.0.1", server.at().port());
  const ouro::socket far = co_await server.listener().accept();

  CHECK(near.remote_endpoint() == server.at());
  CHECK(far.remote_endpoint() == near.local_endpoint());
  CHECK(near.get(ouro::socket_option::nodelay));
}

OURO_TEST_CASE("connect_tcp: connects to an IPv6 address", "[net][connect_tcp]") {
  std::optional<accepting> server;
  try {
    server.emplace("::1");
  } catch (const std::system_error&) {
    WARN("no IPv6 here");
    co_return;
  }

  const ouro::socket near = co_await ouro::connect_tcp("::1", server->at().port());

  CHECK(near.remote_endpoint() == server->at());
}

OURO_TEST_CASE("connect_tcp: connects to a name", "[net][connect_tcp][threads]") {
  const accepting server;

  const ouro::socket near = co_await ouro::connect_tcp("localhost", server.at().port(),
                                                       {.family = ouro::address_family::ipv4});

  CHECK(near.remote_endpoint() == server.at());
}

OURO_TEST_CASE("connect_tcp: tries the next address when one refuses",
               "[net][connect_tcp][threads]") {
  fake_resolver fake;
  const refusing first;
  const refusing second("127.0.0.2");
  const accepting third;
  fake.add("some.test", {first.at(), second.at(), third.at()});

  const std::string outcome = co_await outcome_of(ouro::connect_tcp("some.test", 80));

  CHECK(outcome == connected(third.at()));
}

OURO_TEST_CASE("connect_tcp: copies what it is given", "[net][connect_tcp]") {
  const accepting server;
  std::string host = "127.0.0.1";
  std::string local = "127.0.0.1";
  ouro::connection_options options{.local_addr = ouro::host_and_port{local, 0}};

  auto connecting = ouro::connect_tcp(host, server.at().port(), options);
  host = "no address";
  local = "no address";
  options = {};
  const std::string outcome = co_await outcome_of(std::move(connecting));

  CHECK(outcome == connected(server.at()));
}

OURO_TEST_CASE("connect_tcp: connects from a local address", "[net][connect_tcp]") {
  const accepting server;
  const ouro::host_and_port local{"127.0.0.7", 0};

  const ouro::socket near =
      co_await ouro::connect_tcp("127.0.0.1", server.at().port(), {.local_addr = local});

  CHECK(near.local_endpoint().address() == ouro::ip_address("127.0.0.7"));
}

OURO_TEST_CASE("connect_tcp: an empty local host is any address, the port counts",
               "[net][connect_tcp]") {
  const accepting server;
  int port = 0;
  {
    const refusing unused;
    port = unused.at().port();
  }
  const ouro::host_and_port local{"", port};

  const ouro::socket near =
      co_await ouro::connect_tcp("127.0.0.1", server.at().port(), {.local_addr = local});

  CHECK(near.local_endpoint() == ouro::endpoint("127.0.0.1", port));
}

OURO_TEST_CASE("connect_tcp: a local address of another family does not fit",
               "[net][connect_tcp][error][threads]") {
  const accepting server;
  fake_resolver fake;
  fake.add("here.test", {ouro::endpoint("::1", 0)});
  const ouro::host_and_port local{"here.test", 0};

  const std::string outcome = co_await outcome_of(
      ouro::connect_tcp("127.0.0.1", server.at().port(), {.local_addr = local}));

  CHECK(outcome ==
        "bind: no matching local address of the family IPv4 found: Cannot assign requested "
        "address");
}

OURO_TEST_CASE("connect_tcp: tries the next local address when one cannot be bound to",
               "[net][connect_tcp][threads]") {
  const accepting server;
  const refusing in_use;
  fake_resolver fake;
  fake.add("here.test", {in_use.at(), ouro::endpoint("127.0.0.7", 0)});
  const ouro::host_and_port local{"here.test", 0};

  const ouro::socket near =
      co_await ouro::connect_tcp("127.0.0.1", server.at().port(), {.local_addr = local});

  CHECK(near.local_endpoint().address() == ouro::ip_address("127.0.0.7"));
}

OURO_TEST_CASE("connect_tcp: a local address that cannot be bound to is named",
               "[net][connect_tcp][error]") {
  const accepting server;
  const refusing in_use;
  const ouro::host_and_port local{"127.0.0.1", in_use.at().port()};

  const std::string outcome = co_await outcome_of(
      ouro::connect_tcp("127.0.0.1", server.at().port(), {.local_addr = local}));

  CHECK(outcome == "bind: error while attempting to bind on address " + in_use.at().to_string() +
                       ": Address already in use");
}

OURO_TEST_CASE("connect_tcp: one failure is thrown as it is", "[net][connect_tcp][error]") {
  const refusing server;

  const std::error_code code = co_await code_of(ouro::connect_tcp("127.0.0.1", server.at().port()));
  const std::string outcome =
      co_await outcome_of(ouro::connect_tcp("127.0.0.1", server.at().port()));

  CHECK(code == std::errc::connection_refused);
  CHECK(outcome == refused(server.at()));
}

OURO_TEST_CASE("connect_tcp: several failures become one that lists them",
               "[net][connect_tcp][error][threads]") {
  fake_resolver fake;
  const refusing first;
  const refusing second;
  fake.add("some.test", {first.at(), second.at()});

  const std::error_code code = co_await code_of(ouro::connect_tcp("some.test", 80));
  const std::string outcome = co_await outcome_of(ouro::connect_tcp("some.test", 80));

  CHECK(code == std::errc::connection_refused);
  CHECK(outcome == "Multiple exceptions: " + refused(first.at()) + ", " + refused(second.at()));
}

OURO_TEST_CASE("connect_tcp: several failures with the same text are thrown as one of them",
               "[net][connect_tcp][error][threads]") {
  fake_resolver fake;
  const refusing twice;
  fake.add("some.test", {twice.at(), twice.at()});

  const std::string outcome = co_await outcome_of(ouro::connect_tcp("some.test", 80));

  CHECK(outcome == refused(twice.at()));
}

OURO_TEST_CASE("connect_tcp: all_errors gives a group, even of one",
               "[net][connect_tcp][error][threads]") {
  fake_resolver fake;
  const refusing first;
  const refusing second("127.0.0.2");
  fake.add("some.test", {first.at(), second.at()});
  std::vector<std::string> texts;
  std::string message;

  try {
    const auto made = co_await ouro::connect_tcp("some.test", 80, {.all_errors = true});
  } catch (const ouro::exception_group& group) {
    message = group.message();
    group.handle<std::system_error>([&](const auto& error) { texts.emplace_back(error.what()); });
  }
  const ouro::connection_options alone{.all_errors = true};
  bool group_of_one = false;
  try {
    const auto made = co_await ouro::connect_tcp("127.0.0.1", first.at().port(), alone);
  } catch (const ouro::exception_group& group) {
    group_of_one = group.exceptions().size() == 1;
  }

  CHECK(message == "create_connection failed");
  CHECK(texts == std::vector<std::string>{refused(first.at()), refused(second.at())});
  CHECK(group_of_one);
}

OURO_TEST_CASE("connect_tcp: an unknown name is an error of the look-up",
               "[net][connect_tcp][error][threads]") {
  fake_resolver fake;

  const std::error_code code = co_await code_of(ouro::connect_tcp("nobody.test", 80));

  CHECK(code == std::error_code(EAI_NONAME, ouro::gai_category()));
}

OURO_TEST_CASE("connect_tcp: a name without addresses is an error of the look-up",
               "[net][connect_tcp][error][threads]") {
  fake_resolver fake;
  fake.add("empty.test", {});

  const std::string outcome = co_await outcome_of(ouro::connect_tcp("empty.test", 80));

  CHECK(outcome == "getaddrinfo returned an empty list: Name or service not known");
}

OURO_TEST_CASE("connect_tcp: a port out of range and an empty host are refused",
               "[net][connect_tcp][error]") {
  const std::string port = co_await outcome_of(ouro::connect_tcp("127.0.0.1", 70000));
  const std::string host = co_await outcome_of(ouro::connect_tcp("", 80));
  const ouro::host_and_port local{"127.0.0.1", -1};
  const std::string local_port =
      co_await outcome_of(ouro::connect_tcp("127.0.0.1", 80, {.local_addr = local}));

  CHECK(port == "port 70000 is not one of 0 to 65535");
  CHECK(host == "the host to connect to is empty: give its name or address");
  CHECK(local_port == "port -1 is not one of 0 to 65535");
}
