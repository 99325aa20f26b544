// SPDX-License-Identifier: BSL-1.0
#include "ouro/testing/stream_pair.hpp"

#include "ouro/base/errors.hpp"

#include "tests/support/loop_test.hpp"

using ouro::testing::socket_pair_options;
using ouro::testing::stream_pair;

OURO_TEST_CASE("stream_pair: what is written to one end is read from the other, both ways",
               "[testing][stream_pair]") {
  for (const auto type : {socket_pair_options::local, socket_pair_options::tcp}) {
    auto [near_end, far_end] = stream_pair({.type = type});

    near_end.writer.write("ping\n");
    far_end.writer.write("pong\n");

    const std::string ping = co_await far_end.reader.readline();
    const std::string pong = co_await near_end.reader.readline();
    CHECK(ping == "ping\n");
    CHECK(pong == "pong\n");
  }
}

OURO_TEST_CASE("stream_pair: small buffers of the sockets hold a writer up",
               "[testing][stream_pair]") {
  auto [near_end, far_end] = stream_pair({.send_buffer = 1, .receive_buffer = 1});
  const std::string large(1'000'000, 'x');
  near_end.writer.write(large);
  co_await ouro::testing::settle();
  CHECK(near_end.writer.transport().get_write_buffer_size() > 0);

  const std::string all = co_await far_end.reader.readexactly(large.size());

  CHECK(all == large);
}

OURO_TEST_CASE("stream_pair: each end has its socket", "[testing][stream_pair]") {
  auto [near_end, far_end] = stream_pair({.type = socket_pair_options::tcp});

  const auto near_address = near_end.writer.sockname();
  const auto seen_from_far = far_end.writer.peername();

  CHECK(near_end.writer.socket() != nullptr);
  REQUIRE(near_address.has_value());
  CHECK(near_address == seen_from_far);
  co_return;
}

TEST_CASE("stream_pair: outside a loop it is refused", "[testing][stream_pair][error]") {
  CHECK_THROWS_AS(stream_pair(), ouro::usage_error);
}
