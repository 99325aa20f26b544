// SPDX-License-Identifier: BSL-1.0
// A server with two addresses, of which one never answers: connecting one after the other would
// take minutes, with a delay it takes a quarter of a second.
//
// Shows: getaddrinfo, staggered_race over real sockets, connect_tcp. asyncio: create_connection(…,
// happy_eyeballs_delay=0.25).

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>
#include <functional>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

/// A listener that nobody accepts from, and whose queue is full.
ouro::task<> fill(ouro::listener& listener, std::vector<ouro::socket>& queue) {
  for (;;) {
    ouro::socket next = ouro::socket::tcp();
    co_await ouro::wait_for(next.connect(listener.local_endpoint()), 50ms);
    queue.push_back(std::move(next));
  }
}

ouro::task<ouro::socket> attempt(ouro::endpoint to, const char* name) {
  std::printf("trying the %s address\n", name);
  ouro::socket made = ouro::socket::tcp();
  co_await made.connect(to);
  co_return made;
}

ouro::task<> amain() {
  auto silent = ouro::listener::local(0, {.backlog = 0});
  std::vector<ouro::socket> queue;
  static_cast<void>(co_await ouro::as_result(fill(silent, queue)));  // until it times out
  auto good = ouro::listener::local();

  // By hand: the second attempt starts when the first has been silent for a while.
  const ouro::endpoint first = silent.local_endpoint(), second = good.local_endpoint();
  std::vector<std::function<ouro::task<ouro::socket>()>> attempts;
  attempts.push_back([first] { return attempt(first, "silent"); });
  attempts.push_back([second] { return attempt(second, "good"); });
  auto race = co_await ouro::staggered_race(std::move(attempts), 250ms);
  std::printf("number %zu wins, the other is closed\n", *race.winner_index);

  // The same for the addresses of a name, which getaddrinfo() finds and connect_tcp() tries.
  const int port = good.local_endpoint().port();
  auto made = co_await ouro::connect_tcp("localhost", port, {.happy_eyeballs_delay = 250ms});
  std::printf("connected to %s\n", made.remote_endpoint().address().to_string().c_str());
}

int main() { ouro::run(amain()); }
