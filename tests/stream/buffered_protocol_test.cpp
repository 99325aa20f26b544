// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/buffered_protocol.hpp"

#include "ouro/stream/protocol.hpp"

#include "tests/stream/stream_fixture.hpp"

#include <memory>
#include <span>
#include <vector>

namespace {

using namespace stream_test;

/// Receives into `size` bytes of its own.
class filled final : public ouro::buffered_protocol {
 public:
  explicit filled(std::size_t size) : memory(size) {}

  ouro::mutable_buffer get_buffer(std::size_t) override { return memory; }
  void buffer_updated(std::size_t count) override {
    text += text_of(std::span(memory).first(count));
    ++updates;
  }
  void connection_lost(std::exception_ptr) override { text += "|lost"; }

  std::vector<std::byte> memory;
  std::string text;
  int updates = 0;
};

class collector final : public ouro::protocol {
 public:
  void data_received(ouro::const_buffer data) override { text += text_of(data); }

  std::string text;
};

struct buffered {
  std::shared_ptr<filled> told;
  ouro::transport_ptr transport;
  ouro::socket far;
};

buffered start(std::size_t size) {
  auto ends = socket_pair();
  buffered result{.told = std::make_shared<filled>(size),
                  .transport = over(std::move(ends[0])),
                  .far = std::move(ends[1])};
  result.transport->start_protocol(result.told);
  return result;
}

}  // namespace

OURO_TEST_CASE("buffered_protocol: everything comes through its own memory",
               "[stream][buffered_protocol]") {
  auto [told, transport, far] = start(4);
  send_text(far.fd(), "abcdefghij");
  co_await settle();

  CHECK(told->text == "abcdefghij");
  CHECK(told->updates == 3);
  transport->close();
  co_await settle();
  CHECK(told->text == "abcdefghij|lost");
}

OURO_TEST_CASE("buffered_protocol: an empty buffer aborts the connection",
               "[stream][buffered_protocol][error]") {
  auto [told, transport, far] = start(0);
  co_await settle();

  CHECK(told->text == "|lost");
  CHECK(take_reports().size() == 1);
}

OURO_TEST_CASE("buffered_protocol: the buffer of one that is replaced lives until it is free",
               "[stream][buffered_protocol]") {
  auto [told, transport, far] = start(100);
  auto next = std::make_shared<collector>();
  co_await settle();

  const std::weak_ptr<filled> old = std::exchange(told, nullptr);
  transport->set_protocol(next);
  CHECK_FALSE(old.expired());
  send_text(far.fd(), "new");
  co_await settle();

  CHECK(old.expired());
  CHECK(next->text == "new");
  transport->close();
}

OURO_TEST_CASE("buffered_protocol: what comes in the turn of the hand-over goes to the next one",
               "[stream][buffered_protocol]") {
  auto [told, transport, far] = start(100);
  auto next = std::make_shared<collector>();
  co_await settle();

  send_text(far.fd(), "racing");
  transport->set_protocol(next);
  co_await settle();

  CHECK(told->text + next->text == "racing");
  transport->close();
}

OURO_TEST_CASE("buffered_protocol: takes over from a protocol whose memory is being received into",
               "[stream][buffered_protocol]") {
  auto ends = socket_pair();
  auto first = std::make_shared<collector>();
  auto next = std::make_shared<filled>(4);
  const ouro::transport_ptr transport = over(std::move(ends[0]));
  transport->start_protocol(first);
  co_await settle();

  transport->set_protocol(next);
  send_text(ends[1].fd(), "abcdefghij");
  co_await settle();

  CHECK(first->text == "");
  CHECK(next->text == "abcdefghij");
  transport->close();
}
