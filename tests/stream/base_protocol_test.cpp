// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/base_protocol.hpp"

#include "ouro/stream/protocol.hpp"

#include "tests/stream/stream_fixture.hpp"

#include <memory>
#include <string>

using namespace stream_test;

namespace {

/// Receives nothing: it is neither a protocol nor a buffered_protocol.
class plain final : public ouro::base_protocol {
 public:
  explicit plain(std::string& log) noexcept : log_(log) {}
  void connection_lost(std::exception_ptr error) override { log_ += error ? "lost! " : "lost "; }
  void pause_writing() override { log_ += "pause "; }
  void resume_writing() override { log_ += "resume "; }

 private:
  std::string& log_;
};

}  // namespace

TEST_CASE("base_protocol: its callbacks do nothing unless they are overridden",
          "[stream][base_protocol]") {
  class silent final : public ouro::base_protocol {};
  silent protocol;

  protocol.pause_writing();
  protocol.resume_writing();
  protocol.connection_lost(nullptr);
}

OURO_TEST_CASE("base_protocol: one that receives nothing is told of writing and of the end",
               "[stream][base_protocol]") {
  std::string log;
  auto ends = socket_pair({.send_buffer = 4096});
  const ouro::transport_ptr transport = over(std::move(ends[0]));
  transport->set_write_buffer_limits({.high = 1000});
  transport->set_protocol(std::make_shared<plain>(log));
  send_text(ends[1].fd(), "not received");
  co_await run_turns(3);

  transport->write(std::string(100'000, 'x'));
  CHECK(log == "pause ");
  for (int i = 0; i < 200 && transport->get_write_buffer_size() != 0; ++i) {
    left_in(ends[1].fd());
    co_await run_turns(3);
  }
  CHECK(log == "pause resume ");
  const std::string kept = left_in(transport->socket()->fd());
  transport->close();
  co_await run_turns(3);

  CHECK(kept == "not received");
  CHECK(log == "pause resume lost ");
}
