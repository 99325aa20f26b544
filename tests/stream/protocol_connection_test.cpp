// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/protocol_connection.hpp"

#include "ouro/stream/protocol.hpp"

#include "tests/stream/stream_fixture.hpp"

#include <memory>
#include <stdexcept>
#include <string>

using namespace stream_test;

namespace {

class recorder final : public ouro::protocol {
 public:
  void connection_made(ouro::transport& transport) override {
    made = &transport;
    log += "made ";
  }
  void connection_lost(std::exception_ptr error) override { log += error ? "lost! " : "lost "; }

  std::string log;
  ouro::transport* made = nullptr;
};

std::shared_ptr<recorder> make_recorder() { return std::make_shared<recorder>(); }

[[noreturn]] recorder* make_nothing() { throw std::runtime_error("no protocol"); }

}  // namespace

OURO_TEST_CASE("protocol_connection: connection_made() has returned when it is there",
               "[stream][protocol_connection]") {
  auto ends = socket_pair();
  const ouro::transport_ptr beneath = over(std::move(ends[0]));

  auto starting = ouro::detail::start_protocol(beneath, make_recorder);
  const auto [transport, protocol] = co_await std::move(starting);

  CHECK(protocol->log == "made ");
  CHECK(protocol->made == transport.get());
  CHECK(transport == beneath);
  transport->close();
  co_await run_turns(3);
  CHECK(protocol->log == "made lost ");
}

OURO_TEST_CASE("protocol_connection: cancelled before it is there, the transport is closed",
               "[stream][protocol_connection][cancel]") {
  auto ends = socket_pair();
  const auto kept = make_recorder();
  const auto factory = [&kept] { return kept; };
  auto starting =
      ouro::create_task(ouro::detail::start_protocol(over(std::move(ends[0])), factory));
  co_await ouro::sleep(0s);

  starting.cancel();
  CHECK_THROWS_AS(co_await starting, ouro::cancelled_error);
  co_await run_turns(5);

  CHECK(kept->log == "made lost ");
}

OURO_TEST_CASE("protocol_connection: a factory that throws closes the transport",
               "[stream][protocol_connection][error]") {
  auto ends = socket_pair();

  auto starting = ouro::detail::start_protocol(over(std::move(ends[0])), make_nothing);
  CHECK_THROWS_AS(co_await std::move(starting), std::runtime_error);
  co_await run_turns(5);

  char byte = 0;
  CHECK(::recv(ends[1].fd(), &byte, 1, MSG_DONTWAIT) == 0);
}
