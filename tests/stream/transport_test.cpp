// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/transport.hpp"

#include "ouro/stream/detail/block_pool.hpp"
#include "ouro/stream/detail/write_queue.hpp"
#include "ouro/stream/protocol.hpp"

#include "tests/stream/stream_fixture.hpp"

#include <array>
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

TEST_CASE("block: memory comes back in the size that fits, and large blocks are not kept",
          "[stream][block_pool]") {
  using ouro::detail::block;
  CHECK(block::of(1).size() == 4096);
  CHECK(block::of(4097).size() == 16384);
  CHECK(block::of(16385).size() == block::largest_kept);
  CHECK(block::of(block::largest_kept + 1).size() == block::largest_kept + 1);
#ifndef OURO_NO_FRAME_POOL
  block first = block::of(5000);
  const std::byte* const where = first.data();
  const std::size_t before = block::kept();
  first.release();
  CHECK(block::kept() == before + 16384);
  CHECK_FALSE(first);
  const block second = block::of(6000);
  CHECK(second.data() == where);
  CHECK(block::kept() == before);
#endif
}

namespace {

/// Somebody who waits until bytes are sent, and notes what happens.
class waiting final : public ouro::detail::borrowed_segment {
 public:
  waiting(kind what, std::string_view text, std::string& log, char name)
      : borrowed_segment(what, ouro::as_buffer(text)), log_(log), name_(name) {}
  void on_turn() noexcept override { (log_ += name_) += "+ "; }
  void on_dropped() noexcept override { (log_ += name_) += "- "; }
  void on_returned() noexcept override { (log_ += name_) += "< "; }

 private:
  std::string& log_;
  char name_;
};

std::string gathered(ouro::detail::write_queue& queue) {
  std::array<ouro::const_buffer, 8> parts;
  std::string text;
  const std::size_t count = queue.gather(parts);
  for (std::size_t i = 0; i < count; ++i) text += text_of(parts[i]) + "|";
  return text;
}

}  // namespace

TEST_CASE("write_queue: copies join, and borrowed bytes keep their place",
          "[stream][write_queue]") {
  using kind = ouro::detail::write_segment::kind;
  std::string log;
  ouro::detail::write_queue queue;
  waiting borrowed(kind::borrowed, "BB", log, 'b');
  queue.append(ouro::as_buffer("a"));
  queue.append(ouro::as_buffer("a"));
  queue.append(borrowed);
  queue.append(ouro::as_buffer("cc"));

  CHECK(gathered(queue) == "aa|BB|cc|");
  CHECK(queue.size() == 4);
  queue.consume(3);
  CHECK(gathered(queue) == "B|cc|");
  CHECK(log == "");
  queue.consume(2);
  CHECK(log == "b+ ");
  CHECK(gathered(queue) == "c|");
  queue.consume(1);
  CHECK(queue.empty());
}

TEST_CASE("write_queue: nothing is sent past a barrier, which is told once",
          "[stream][write_queue]") {
  using kind = ouro::detail::write_segment::kind;
  std::string log;
  ouro::detail::write_queue queue;
  waiting barrier(kind::barrier, "", log, 'x');
  queue.append(ouro::as_buffer("a"));
  queue.append(barrier);
  queue.append(ouro::as_buffer("b"));

  CHECK(gathered(queue) == "a|");
  queue.consume(1);
  CHECK_FALSE(queue.sendable());
  queue.reach_barrier();
  queue.reach_barrier();
  CHECK(log == "x+ ");
  queue.remove(barrier);
  CHECK(gathered(queue) == "b|");
}

TEST_CASE("write_queue: a copy takes the place of bytes that are taken back",
          "[stream][write_queue]") {
  using kind = ouro::detail::write_segment::kind;
  std::string log;
  ouro::detail::write_queue queue;
  waiting first(kind::borrowed, "first", log, 'f');
  waiting second(kind::borrowed, "second", log, 's');
  queue.append(first);
  queue.append(second);
  queue.consume(2);

  REQUIRE(queue.replace_by_copy(first));
  queue.return_borrowed();
  CHECK(log == "s< ");
  CHECK(gathered(queue) == "rst|second|");
  queue.clear();

  CHECK(log == "s< s- ");
  CHECK(queue.empty());
  CHECK(queue.size() == 0);
}
