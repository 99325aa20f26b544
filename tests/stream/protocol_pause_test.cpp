// SPDX-License-Identifier: BSL-1.0
// What a protocol is told of writing before and just after it was made known to its transport.
#include "ouro/stream/protocol.hpp"

#include "tests/stream/stream_fixture.hpp"

#include <memory>
#include <string>

namespace {

using namespace stream_test;

class recorder final : public ouro::protocol {
 public:
  std::string log;

  void connection_made(ouro::transport&) override { log += "made "; }
  void pause_writing() override { log += "pause "; }
  void resume_writing() override { log += "resume "; }
};

/// A transport with little room, and its peer.
struct slow_pair {
  ouro::transport_ptr transport;
  ouro::socket far;
};

slow_pair make_slow_pair() {
  auto ends = socket_pair({.send_buffer = 4096});
  slow_pair made{over(std::move(ends[0])), std::move(ends[1])};
  made.transport->set_write_buffer_limits({.high = 1000});
  return made;
}

}  // namespace

OURO_TEST_CASE("protocol: pause_writing() never comes before connection_made()",
               "[stream][protocol]") {
  auto [transport, far] = make_slow_pair();
  const auto told = std::make_shared<recorder>();
  transport->start_protocol(told);
  transport->write(std::string(100'000, 'x'));
  CHECK(told->log == "");

  co_await run_turns(3);

  CHECK(told->log == "made pause ");
  transport->abort();
}

OURO_TEST_CASE("protocol: is told pause_writing() of what was written before there was one",
               "[stream][protocol]") {
  auto [transport, far] = make_slow_pair();
  const auto told = std::make_shared<recorder>();
  transport->write(std::string(100'000, 'x'));
  transport->start_protocol(told);

  for (int i = 0; i < 200 && transport->get_write_buffer_size() != 0; ++i) {
    left_in(far.fd());
    co_await run_turns(3);
  }

  CHECK(told->log == "made pause resume ");
  transport->abort();
}

OURO_TEST_CASE("protocol: is not told of a pause that is over before connection_made()",
               "[stream][protocol]") {
  auto ends = socket_pair();
  const ouro::transport_ptr transport = over(std::move(ends[0]));
  transport->set_write_buffer_limits({.high = 10});
  const auto told = std::make_shared<recorder>();
  transport->write("more than that");
  transport->start_protocol(told);
  transport->set_write_buffer_limits({.high = 1000});

  co_await run_turns(3);

  CHECK(told->log == "made ");
  transport->abort();
}
