// SPDX-License-Identifier: BSL-1.0
// Pings a server by datagrams, and tells what nobody answered.
//
// Shows: create_datagram_endpoint, datagram_protocol, datagram_transport. asyncio:
// loop.create_datagram_endpoint(), DatagramProtocol. Datagrams keep their boundaries, and may be
// lost: so each ping has a deadline.

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>

using namespace std::chrono_literals;

struct ponger : ouro::datagram_protocol {
  void connection_made(ouro::datagram_transport& made) override { transport = &made; }
  void datagram_received(std::span<const std::byte> data, const ouro::endpoint& from) override {
    if (ouro::as_text(data) != "ping 2") transport->sendto(data, from);  // that one gets lost
  }
  ouro::datagram_transport* transport = nullptr;
};

struct pinger : ouro::datagram_protocol {
  void datagram_received(std::span<const std::byte> data, const ouro::endpoint&) override {
    answer = ouro::as_text(data);
    answered.set();
  }
  void connection_lost(std::exception_ptr) override { std::puts("closed"); }
  std::string answer;
  ouro::event answered;
};

ouro::task<> amain() {
  const auto make_ponger = [] { return std::make_unique<ponger>(); };
  const auto make_pinger = [] { return std::make_unique<pinger>(); };
  const auto [server, unused] = co_await ouro::create_datagram_endpoint(
      make_ponger, {.local_addr = ouro::endpoint("127.0.0.1", 0)});
  const auto [client, pings] =
      co_await ouro::create_datagram_endpoint(make_pinger, {.remote_addr = *server->sockname()});

  for (int i = 1; i <= 3; ++i) {
    pings->answered.clear();
    client->sendto("ping " + std::to_string(i));
    try {
      co_await ouro::wait_for(pings->answered.wait(), 100ms);
      std::printf("answer: %s\n", pings->answer.c_str());
    } catch (const ouro::timeout_error&) {
      std::printf("no answer to ping %d\n", i);
    }
  }
  client->close();  // connection_lost() comes in the next turn
  server->close();
  co_await ouro::sleep(0s);
}

int main() { ouro::run(amain()); }
