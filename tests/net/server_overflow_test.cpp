// SPDX-License-Identifier: BSL-1.0
// A request that accepts many connections ends when the kernel has no room to tell of more.
#include "ouro/net/server.hpp"
#include "ouro/ring/liburing.hpp"
#include "ouro/ring/ring_hooks.hpp"

#include "tests/net/server_fixture.hpp"

#include <vector>

using namespace net_test;

namespace {

/// Counts the requests for connections.
class accept_counter final : public ouro::ring_hooks {
 public:
  std::size_t asked = 0;

 private:
  void on_submit(ouro::operation&, io_uring_sqe& entry) noexcept override {
    if (entry.opcode == IORING_OP_ACCEPT) ++asked;
  }
};

constexpr std::size_t clients = 200;

}  // namespace

TEST_CASE("server: accepts all connections though the queue of completions overflows",
          "[net][server]") {
  std::size_t served = 0;
  accept_counter counter;
  ouro::event_loop loop({.ring_entries = 2});
  const auto body = [&]() -> ouro::task<> {
    const auto count = [&](connection&) -> ouro::task<> {
      ++served;
      co_return;
    };
    ouro::get_running_loop().io().add_hooks(counter);
    ouro::server server =
        serve_locally(count, {.backlog = static_cast<int>(clients), .start_serving = false});
    const ouro::endpoint at = address_of(server);
    // Listening, but not accepting: see below.
    co_await server.start_serving();
    std::vector<ouro::unique_fd> waiting;
    for (std::size_t i = 0; i < clients; ++i) waiting.push_back(start_connecting(at));
    for (int i = 0; i < 1000 && served < clients; ++i) co_await ouro::sleep(0s);
    server.close();
    co_await server.wait_closed();
  };

  loop.run_until_complete(body());
  loop.io().remove_hooks(counter);

  CHECK(served == clients);
  if (loop.io().features().accept_multishot) CHECK(counter.asked > 1);
}
