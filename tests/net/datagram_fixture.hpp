// SPDX-License-Identifier: BSL-1.0
// A datagram protocol that writes down its calls, and endpoints to try it with.
#pragma once

#include "ouro/net/datagram_endpoint.hpp"
#include "ouro/sync/event.hpp"

#include "tests/support/loop_test.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace net_test {

using namespace std::chrono_literals;

/// Logs "made", "got:data", "error:111", "pause", "resume", "lost". `on_…` is called behind that.
class logging_protocol final : public ouro::datagram_protocol {
 public:
  void connection_made(ouro::datagram_transport& made) override {
    transport = &made;
    note("made");
    if (on_made) on_made(*this);
  }
  void datagram_received(std::span<const std::byte> data, const ouro::endpoint& from) override {
    sender = from;
    ++received;
    bytes += data.size();
    if (data.size() <= 100) note("got:" + std::string(ouro::as_text(data)));
    if (on_datagram) on_datagram(*this, ouro::as_text(data));
    changed.set();
  }
  void error_received(std::exception_ptr error) override {
    try {
      std::rethrow_exception(error);
    } catch (const std::system_error& failure) {
      note("error:" + std::to_string(failure.code().value()));
    }
    if (on_error) on_error(*this);
    changed.set();
  }
  void pause_writing() override {
    note("pause");
    if (on_pause) on_pause(*this);
  }
  void resume_writing() override {
    note("resume");
    if (on_resume) on_resume(*this);
  }
  void connection_lost(std::exception_ptr error) override {
    note(error == nullptr ? "lost" : "lost with error");
    if (on_lost) on_lost(*this);
    changed.set();
  }

  void note(const std::string& what) {
    log += log.empty() ? what : " " + what;
    changed.set();
  }

  ouro::datagram_transport* transport = nullptr;
  std::string log;
  ouro::endpoint sender;
  std::size_t received = 0;
  std::size_t bytes = 0;
  ouro::event changed;
  std::function<void(logging_protocol&)> on_made, on_error, on_pause, on_resume, on_lost;
  std::function<void(logging_protocol&, std::string_view)> on_datagram;
};

inline std::unique_ptr<logging_protocol> make_logging() {
  return std::make_unique<logging_protocol>();
}

using logging_endpoint = ouro::datagram_endpoint<logging_protocol>;

/// An endpoint that is bound to a free port of 127.0.0.1.
inline ouro::task<logging_endpoint> bound() {
  auto making =
      ouro::create_datagram_endpoint(make_logging, {.local_addr = ouro::endpoint("127.0.0.1", 0)});
  co_return co_await std::move(making);
}

inline ouro::task<logging_endpoint> connected_to(ouro::endpoint peer) {
  auto making = ouro::create_datagram_endpoint(make_logging, {.remote_addr = peer});
  co_return co_await std::move(making);
}

/// Waits until `done()`. The clock of tests is virtual: a deadline would be there at once.
template <class Done>
ouro::task<> until(logging_protocol& protocol, Done done) {
  while (!done()) {
    protocol.changed.clear();
    co_await protocol.changed.wait();
  }
}

inline ouro::task<> until_log(logging_protocol& protocol, std::string expected) {
  auto waiting = until(protocol, [&] { return protocol.log == expected; });
  co_await std::move(waiting);
}

}  // namespace net_test
