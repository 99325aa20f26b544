// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/protocol.hpp"

#include "ouro/stream/buffered_protocol.hpp"

#include "tests/stream/stream_fixture.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <stdexcept>

namespace {

using namespace stream_test;

/// Writes down what it is told, and then does what `then` has for it.
class recorder final : public ouro::protocol {
 public:
  std::string log;
  std::function<void(const std::string&)> then = [](const std::string&) {};
  bool stays_open = false;
  ouro::transport* made = nullptr;

  void connection_made(ouro::transport& transport) override {
    made = &transport;
    note("made");
  }
  void data_received(ouro::const_buffer data) override {
    log += log.empty() ? "" : " ";
    log += "data:" + text_of(data);
    then("data");
  }
  bool eof_received() override {
    note("eof");
    return stays_open;
  }
  void connection_lost(std::exception_ptr error) override {
    note(error == nullptr ? "lost" : "lost!");
  }
  void pause_writing() override { note("pause"); }
  void resume_writing() override { note("resume"); }

 private:
  void note(const char* what) {
    log += log.empty() ? "" : " ";
    log += what;
    then(what);
  }
};

struct pushed {
  std::shared_ptr<recorder> told = std::make_shared<recorder>();
  ouro::transport_ptr transport;
  ouro::socket far;
};

pushed push(const socket_pair_options& options = {}) {
  auto ends = socket_pair(options);
  pushed result{.transport = over(std::move(ends[0])), .far = std::move(ends[1])};
  result.transport->start_protocol(result.told);
  return result;
}

}  // namespace

OURO_TEST_CASE("protocol: is told of everything in order, and of the loss last",
               "[stream][protocol]") {
  auto [told, transport, far] = push();
  send_text(far.fd(), "one");
  co_await settle();
  send_text(far.fd(), "two");
  co_await settle();

  far.close();
  co_await settle();

  CHECK(told->log == "made data:one data:two eof lost");
  CHECK(transport->is_closing());
}

OURO_TEST_CASE("protocol: eof_received() that returns true keeps the connection open for writing",
               "[stream][protocol]") {
  auto [told, transport, far] = push();
  told->stays_open = true;
  far.shutdown(ouro::shutdown_how::send);
  co_await settle();

  transport->write("answer");
  co_await settle();

  CHECK(left_in(far.fd()) == "answer");
  CHECK(told->log == "made eof");
  transport->close();
  co_await settle();
  CHECK(told->log == "made eof lost");
}

OURO_TEST_CASE("protocol: write() from inside data_received() answers", "[stream][protocol]") {
  auto [told, transport, far] = push();
  told->then = [&at = *transport](const std::string& what) {
    if (what == "data") at.write("pong");
  };

  send_text(far.fd(), "ping");
  co_await settle();

  CHECK(left_in(far.fd()) == "pong");
  transport->abort();
}

TEST_CASE("protocol: every call to the transport from inside every callback is safe",
          "[stream][protocol]") {
  const std::string callback =
      GENERATE(as<std::string>(), "made", "data", "eof", "pause", "resume", "lost");
  const std::string action = GENERATE(as<std::string>(), "close", "abort", "write", "write_eof",
                                      "pause_reading", "resume_reading", "set_protocol", "throw");
  INFO(action << " in " << callback);
  std::shared_ptr<recorder> told = std::make_shared<recorder>();
  auto next = std::make_shared<recorder>();
  std::size_t reports = 0;
  ouro::event_loop loop;
  loop.set_exception_handler([&](ouro::event_loop&, const ouro::exception_context&) { ++reports; });
  const auto body = [&]() -> ouro::task<> {
    auto ends = socket_pair();
    ouro::transport_ptr transport = over(std::move(ends[0]));
    bool done = false;
    told->stays_open = true;
    told->then = [&](const std::string& what) {
      if (what != callback || std::exchange(done, true)) return;
      if (action == "close") transport->close();
      if (action == "abort") transport->abort();
      if (action == "write" && !transport->eof_written()) transport->write(std::string(2000, 'w'));
      if (action == "write_eof") transport->write_eof();
      if (action == "pause_reading") transport->pause_reading();
      if (action == "resume_reading") transport->resume_reading();
      if (action == "set_protocol" && what != "lost") transport->set_protocol(next);
      if (action == "throw") throw std::runtime_error("on purpose");
    };
    transport->start_protocol(told);
    transport->set_write_buffer_limits({.high = 1000, .low = 100});
    co_await run_turns(3);
    if (!transport->is_closing()) send_text(ends[1].fd(), "data");
    co_await run_turns(3);
    if (!transport->is_closing() && !transport->eof_written()) {
      transport->write(std::string(5000, 'x'));
    }
    co_await run_turns(3);
    ends[1].shutdown(ouro::shutdown_how::send);
    co_await run_turns(3);
    left_in(ends[1].fd());
    transport->close();
    co_await run_turns(5);
    told->then = [](const std::string&) {};
  };

  loop.run_until_complete(body());
  loop.close();

  const std::string log = told->log + (next->log.empty() ? "" : " " + next->log);
  INFO(log);
  CHECK(log.starts_with("made"));
  CHECK(log.ends_with(
      action == "throw" && callback != "lost" && callback != "data" && callback != "eof" ? "lost"
      : log.ends_with("lost!")                                                           ? "lost!"
                                                                                         : "lost"));
  CHECK(log.find("lost") == log.rfind("lost"));
  CHECK(reports == (action == "throw" ? 1 : 0));
}

OURO_TEST_CASE("protocol: an exception of data_received() aborts and is passed on to the loss",
               "[stream][protocol][error]") {
  auto [told, transport, far] = push();
  told->then = [](const std::string& what) {
    if (what == "data") throw std::runtime_error("on purpose");
  };

  send_text(far.fd(), "ping");
  co_await settle();

  CHECK(told->log == "made data:ping lost!");
  CHECK(take_reports().size() == 1);
}

OURO_TEST_CASE("protocol: pause_writing() and resume_writing() come strictly in turn",
               "[stream][protocol]") {
  auto [told, transport, far] = push({.send_buffer = 4096});
  transport->set_write_buffer_limits({.high = 10000, .low = 1000});
  co_await settle();

  std::size_t drained = 0;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 10; ++i) transport->write(std::string(10000, 'x'));
    for (int i = 0; i < 100 && transport->get_write_buffer_size() != 0; ++i) {
      drained += left_in(far.fd()).size();
      co_await run_turns(3);
    }
  }
  drained += left_in(far.fd()).size();

  CHECK(told->log == "made pause resume pause resume pause resume");
  CHECK(drained == 300000);
  transport->abort();
}

OURO_TEST_CASE("protocol: close() above the high mark sends everything, and the loss comes last",
               "[stream][protocol]") {
  auto [told, transport, far] = push({.send_buffer = 4096});
  transport->set_write_buffer_limits({.high = 1000});
  co_await settle();
  transport->write(std::string(100000, 'x'));

  transport->close();
  std::size_t received = 0;
  for (int i = 0; i < 1000 && told->log.find("lost") == told->log.npos; ++i) {
    received += left_in(far.fd()).size();
    co_await run_turns(3);
  }
  received += left_in(far.fd()).size();

  CHECK(received == 100000);
  CHECK(told->log.ends_with("lost"));
}

OURO_TEST_CASE("protocol: pause_reading() holds back what comes, and loses nothing",
               "[stream][protocol]") {
  auto [told, transport, far] = push();
  co_await settle();
  transport->pause_reading();
  transport->pause_reading();
  send_text(far.fd(), "later");
  co_await settle();
  CHECK(told->log == "made");
  CHECK_FALSE(transport->is_reading());

  transport->resume_reading();
  co_await settle();

  CHECK(told->log == "made data:later");
  transport->close();
}

OURO_TEST_CASE("protocol: the next protocol gets what comes after set_protocol()",
               "[stream][protocol]") {
  auto [told, transport, far] = push();
  auto next = std::make_shared<recorder>();
  told->then = [&](const std::string& what) {
    if (what == "data") transport->set_protocol(next);
  };
  send_text(far.fd(), "old");
  co_await settle();

  send_text(far.fd(), "new");
  co_await settle();
  transport->close();
  co_await settle();

  CHECK(told->log == "made data:old");
  CHECK(next->log == "data:new lost");
}

OURO_TEST_CASE("protocol: the memory of an idle connection goes back, and it still receives",
               "[stream][protocol][sweep]") {
  auto [told, transport, far] = push();
  co_await settle();
  const auto others = empty_block_pool();

  co_await ouro::sleep(3s);
#ifndef OURO_NO_FRAME_POOL
  CHECK(ouro::detail::block::kept() == ouro::detail::block::largest_kept);
#endif
  send_text(far.fd(), "awake");
  co_await settle();

  CHECK(told->log == "made data:awake");
  transport->close();
}

TEST_CASE("protocol: a loop that closes drops its protocols without a call", "[stream][protocol]") {
  auto told = std::make_shared<recorder>();
  {
    ouro::event_loop loop;
    auto ends = socket_pair();
    const auto body = [&]() -> ouro::task<> {
      over(std::move(ends[0]))->start_protocol(told);
      co_await run_turns(3);
    };
    loop.run_until_complete(body());
    send_text(ends[1].fd(), "unseen");
    loop.close();
  }

  CHECK(told->log == "made");
  CHECK(told.use_count() == 1);
}
