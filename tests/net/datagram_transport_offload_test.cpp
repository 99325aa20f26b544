// SPDX-License-Identifier: BSL-1.0
// Datagrams that the kernel takes apart and joins, and kernels that can do less.
#include "ouro/net/datagram_transport.hpp"
#include "ouro/ring/liburing.hpp"
#include "ouro/ring/ring_hooks.hpp"

#include "tests/net/datagram_fixture.hpp"

#include <string>

using namespace net_test;

namespace {

std::string lengths(const std::vector<std::size_t>& sizes) {
  std::string text;
  for (const std::size_t each : sizes) text += std::to_string(each) + " ";
  return text;
}

/// The sizes of what arrives of 64 KiB less a bit, sent in segments of 1200 bytes.
ouro::task<std::string> sizes_of_segments(bool gro, bool by_option) {
  const auto [server, got] = co_await ouro::create_datagram_endpoint(
      make_logging, {.local_addr = ouro::endpoint("127.0.0.1", 0), .gro = gro});
  const auto [client, unused] = co_await ouro::create_datagram_endpoint(
      make_logging,
      {.remote_addr = *server->sockname(), .gso_size = by_option ? std::size_t{1200} : 0});
  std::vector<std::size_t> sizes;
  std::string bytes;
  got->on_datagram = [&](logging_protocol&, std::string_view data) {
    sizes.push_back(data.size());
    bytes += data;
  };
  std::string sent;
  for (int i = 0; sent.size() < 12'500; ++i) sent += std::to_string(i) + ",";
  sent.resize(12'500);

  client->sendto(sent, {}, {.segment_size = by_option ? std::size_t{0} : 1200});
  auto waiting = until(*got, [&] { return got->bytes == sent.size(); });
  co_await std::move(waiting);
  client->close();
  server->close();
  co_return lengths(sizes) + (bytes == sent ? "same" : "other");
}

constexpr const char* ten_and_a_rest =
    "1200 1200 1200 1200 1200 1200 1200 1200 1200 1200 500 same";

/// A kernel that knows no multishot requests to receive messages.
class no_multishot final : public ouro::ring_hooks {
 public:
  void on_submit(ouro::operation&, ::io_uring_sqe& entry) noexcept override {
    if (entry.opcode != IORING_OP_RECVMSG) return;
    if ((entry.ioprio & IORING_RECV_MULTISHOT) != 0) {
      entry.ioprio = 1U << 12;  // no flag that any kernel knows
      ++refused;
    } else {
      ++single;
    }
  }

  int refused = 0;
  int single = 0;
};

}  // namespace

OURO_TEST_CASE("datagram_transport: segment_size sends several datagrams at once",
               "[net][datagram_transport]") {
  auto sending = sizes_of_segments(false, false);
  const std::string sizes = co_await std::move(sending);

  CHECK(sizes == ten_and_a_rest);
}

OURO_TEST_CASE("datagram_transport: gso_size holds for every sendto()",
               "[net][datagram_transport]") {
  auto sending = sizes_of_segments(false, true);
  const std::string sizes = co_await std::move(sending);

  CHECK(sizes == ten_and_a_rest);
}

OURO_TEST_CASE("datagram_transport: with gro joined datagrams come one by one",
               "[net][datagram_transport]") {
  auto sending = sizes_of_segments(true, false);
  const std::string sizes = co_await std::move(sending);

  CHECK(sizes == ten_and_a_rest);
}

OURO_TEST_CASE("datagram_transport: with gro close() ends the calls amid joined datagrams",
               "[net][datagram_transport]") {
  const auto [server, got] = co_await ouro::create_datagram_endpoint(
      make_logging, {.local_addr = ouro::endpoint("127.0.0.1", 0), .gro = true});
  const auto [client, unused] = co_await connected_to(*server->sockname());
  got->on_datagram = [](logging_protocol& self, std::string_view data) {
    if (data == "bb") self.transport->close();
  };

  client->sendto("aabbccdd", {}, {.segment_size = 2});
  co_await until_log(*got, "made got:aa got:bb lost");

  CHECK(got->log == "made got:aa got:bb lost");
  client->close();
}

OURO_TEST_CASE("datagram_transport: without multishot requests each datagram has its own",
               "[net][datagram_transport]") {
  no_multishot old_kernel;
  ouro::get_running_loop().io().add_hooks(old_kernel);
  const auto [server, answering] = co_await ouro::create_datagram_endpoint(
      make_logging, {.local_addr = ouro::endpoint("127.0.0.1", 0), .gro = true});
  answering->on_datagram = [](logging_protocol& self, std::string_view data) {
    self.transport->sendto(data, self.sender);
  };
  const auto [client, got] = co_await connected_to(*server->sockname());

  client->sendto("aabb", {}, {.segment_size = 2});
  client->sendto("");
  client->sendto(std::string(65'507, 'x'));
  auto waiting = until(*got, [&] { return got->received == 4; });
  co_await std::move(waiting);
  client->close();
  server->close();
  co_await ouro::testing::settle();
  ouro::get_running_loop().io().remove_hooks(old_kernel);

  CHECK(got->log == "made got:aa got:bb got: lost");
  CHECK(got->bytes == 4 + 65'507);
  CHECK(old_kernel.refused == 2);
  CHECK(old_kernel.single > 4);
}

OURO_TEST_CASE("datagram_transport: many endpoints that starve for buffers all go on",
               "[net][datagram_transport]") {
  std::vector<logging_endpoint> servers;
  for (int i = 0; i < 20; ++i) {
    logging_endpoint made = co_await bound();
    servers.push_back(std::move(made));
  }
  const auto [client, unused] = co_await bound();

  for (int i = 0; i < 40; ++i) {
    for (const logging_endpoint& each : servers) client->sendto("x", *each.transport->sockname());
  }
  for (const logging_endpoint& each : servers) {
    auto waiting = until(*each.protocol, [&each] { return each.protocol->received == 40; });
    co_await std::move(waiting);
  }

  for (const logging_endpoint& each : servers) {
    CHECK(each.protocol->received == 40);
    each.transport->close();
  }
  client->close();
}
