// SPDX-License-Identifier: BSL-1.0
//
// Datagram endpoints.
#include "ouro/net/datagram_endpoint.hpp"
#include "ouro/sync/event.hpp"
#include "ouro/task/sleep.hpp"

#include "tests/parity/parity.hpp"

#include <chrono>
#include <deque>
#include <memory>
#include <string>

using namespace std::chrono_literals;
using parity::print;

namespace {

// case: 728_udp_echo
namespace case_728 {

class server final : public ouro::datagram_protocol {
 public:
  void connection_made(ouro::datagram_transport& transport) override { transport_ = &transport; }
  void datagram_received(std::span<const std::byte> data, const ouro::endpoint& from) override {
    transport_->sendto("re:" + std::string(ouro::as_text(data)), from);
  }

 private:
  ouro::datagram_transport* transport_ = nullptr;
};

class client final : public ouro::datagram_protocol {
 public:
  void datagram_received(std::span<const std::byte> data, const ouro::endpoint&) override {
    queue_.emplace_back(ouro::as_text(data));
    filled_.set();
  }
  void connection_lost(std::exception_ptr error) override {
    print("connection_lost", error == nullptr ? "None" : "an error");
  }

  ouro::task<std::string> get() {
    while (queue_.empty()) {
      filled_.clear();
      co_await filled_.wait();
    }
    std::string first = queue_.front();
    queue_.pop_front();
    co_return first;
  }

 private:
  std::deque<std::string> queue_;
  ouro::event filled_;
};

ouro::task<> amain() {
  const auto make_server = [] { return std::make_unique<server>(); };
  const auto make_client = [] { return std::make_unique<client>(); };
  const auto [st, unused] = co_await ouro::create_datagram_endpoint(
      make_server, {.local_addr = ouro::endpoint("127.0.0.1", 0)});
  const auto [ct, c] =
      co_await ouro::create_datagram_endpoint(make_client, {.remote_addr = *st->sockname()});
  for (const std::string m : {"one", "two", "xxxxxxxxx"}) {
    ct->sendto(m);
    const std::string answer = co_await c->get();
    print(answer);
  }
  ct->close();
  st->close();
  co_await ouro::sleep(10ms);
}

const parity::entry entry("728_udp_echo", amain);

}  // namespace case_728
}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
