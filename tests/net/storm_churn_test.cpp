// SPDX-License-Identifier: BSL-1.0
// Clients that come and go faster than they can be served.
#include "tests/net/storm_fixture.hpp"

using namespace storm_test;

namespace {

/// Whether a server still serves after so many clients, half of which are reset.
ouro::task<> churn(int clients_to_come) {
  int ended = 0;
  const auto handle = [&ended](stream_reader reader, stream_writer writer) -> ouro::task<> {
    auto echoing = echo(std::move(reader), std::move(writer));
    co_await std::move(echoing);
    ++ended;
  };
  auto server = co_await ouro::start_server(handle, "127.0.0.1", 0);

  for (int i = 0; i < clients_to_come; ++i) {
    const ouro::unique_fd client = start_connecting(address_of(server));
    if (i % 4 < 2) send_text(client.get(), "some bytes that are echoed to nobody");
    if (i % 2 == 0) reset_on_close(client);
    if (i % 64 == 0) co_await test::settle();
  }
  co_await test::settle();
  const ouro::unique_fd last = start_connecting(address_of(server));
  send_text(last.get(), "still there?");
  co_await test::settle();
  const std::string answer = left_in(last.get());
  const std::size_t forced = co_await server.shutdown(0s);

  CHECK(ended == clients_to_come);  // the last one was forced
  CHECK(answer == "still there?");
  CHECK(forced == 1);
}

}  // namespace

OURO_TEST_CASE("storm: a server still serves after thousands of clients, half of them reset",
               "[net][storm]") {
  co_await churn(10'000 / storm_share);
}

OURO_TEST_CASE("storm: a server still serves after clients by the hundred thousand",
               "[net][storm][.soak]") {
  co_await churn(150'000 / storm_share);
}
