// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/transport.hpp"

#include "ouro/stream/protocol.hpp"

#include "tests/stream/stream_fixture.hpp"

#include <memory>
#include <stdexcept>
#include <string>

namespace {

using namespace stream_test;

}  // namespace

OURO_TEST_CASE("transport: the limits default to 64 and 16 KiB, and follow each other",
               "[stream][transport][limits]") {
  auto ends = socket_pair();
  const ouro::transport_ptr transport = over(std::move(ends[0]));

  CHECK(transport->get_write_buffer_limits() == ouro::write_buffer_limits{});
  transport->set_write_buffer_limits({.high = 100});
  CHECK(transport->get_write_buffer_limits().low == 25);
  transport->set_write_buffer_limits({.low = 100});
  CHECK(transport->get_write_buffer_limits().high == 400);
  CHECK_THROWS_AS(transport->set_write_buffer_limits({.high = 1, .low = 2}), std::invalid_argument);
  CHECK_THROWS_AS(transport->set_write_buffer_limits({.high = 2, .cap = 1}), std::invalid_argument);
  transport->close();
  co_return;
}

OURO_TEST_CASE("transport: marks that were passed without a face do not hold a writer up",
               "[stream][transport][limits]") {
  auto ends = socket_pair();
  const ouro::transport_ptr transport = over(std::move(ends[0]));
  transport->set_write_buffer_limits({.high = 0});
  transport->write("early");
  co_await run_turns(5);

  auto made = ouro::detail::make_connection(transport);
  co_await made.writer.drain();

  CHECK(left_in(ends[1].fd()) == "early");
}

OURO_TEST_CASE("transport: a transport that nobody holds sends what was written, then closes",
               "[stream][transport]") {
  auto ends = socket_pair();
  over(std::move(ends[0]))->write("orphan");
  co_await run_turns(5);

  CHECK(left_in(ends[1].fd()) == "orphan");
  ouro::detail::make_connection(over(std::move(ends[1]))).writer.abort();
}

OURO_TEST_CASE("transport: its addresses and its socket are gone when it is closed",
               "[stream][transport]") {
  auto ends = socket_pair({.type = socket_pair_options::tcp});
  const ouro::transport_ptr transport = over(std::move(ends[0]));
  const std::optional<ouro::endpoint> peer = transport->peername();
  CHECK(peer == ends[1].local_endpoint());
  CHECK(transport->sockname() == ends[1].remote_endpoint());
  CHECK(transport->socket() != nullptr);
  CHECK_FALSE(transport->pipe());

  transport->close();
  co_await settle();

  CHECK_FALSE(transport->peername());
  CHECK_FALSE(transport->sockname());
  CHECK(transport->socket() == nullptr);
}

OURO_TEST_CASE("transport: set_protocol() is refused by streams and by what is closed",
               "[stream][transport][error]") {
  auto [near, far] = connect_socket();
  const ouro::transport_ptr transport(&near.writer.transport());
  CHECK_THROWS_AS(transport->set_protocol(std::make_shared<ouro::protocol>()), ouro::usage_error);
  CHECK(transport->get_protocol() == nullptr);

  transport->close();
  co_await settle();

  CHECK_THROWS_AS(transport->set_protocol(std::make_shared<ouro::protocol>()), ouro::usage_error);
}

TEST_CASE("transport: once its loop is closed it has none, and ignores everything",
          "[stream][transport]") {
  auto ends = socket_pair();
  ouro::transport_ptr transport;
  {
    ouro::event_loop loop;
    transport = ouro::detail::make_socket_transport(loop, std::move(ends[0]));
    loop.close();
  }

  CHECK(transport->get_loop() == nullptr);
  CHECK(transport->is_closing());
  transport->write("ignored");
  transport->write_eof();
  transport->pause_reading();
  transport->resume_reading();
  transport->close();
  transport->abort();
}
