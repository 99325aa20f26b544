// SPDX-License-Identifier: BSL-1.0
// Finds the open ports among a hundred: workers share the list, and give each a tenth of a second.
//
// Shows: connect_tcp, wait_for, as_result, task_group. asyncio: open_connection() in wait_for().

#include "ouro/ouro.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

struct scan {
  std::vector<int> ports;
  std::size_t next = 0;
  std::vector<int> open;
};

ouro::task<bool> answers(int port) {
  auto connecting = ouro::wait_for(ouro::connect_tcp("127.0.0.1", port), 100ms);
  const auto made = co_await ouro::as_result(std::move(connecting));
  co_return made.has_value();  // else it was refused, or the time was over
}

ouro::task<> work(scan& shared) {
  while (shared.next < shared.ports.size()) {
    const int port = shared.ports[shared.next++];  // no other worker runs before the next await
    if (co_await answers(port)) shared.open.push_back(port);
  }
}

ouro::task<> amain() {
  const ouro::listener listener = ouro::listener::local();  // what there is to find
  const int port = listener.local_endpoint().port();
  scan shared;
  for (int i = std::max(port - 50, 1); i <= std::min(port + 50, 65535); ++i) {
    shared.ports.push_back(i);
  }

  auto body = [&](ouro::task_group& group) -> ouro::task<> {
    for (int worker = 0; worker < 8; ++worker) group.create_task(work(shared));
    co_return;
  };
  co_await ouro::task_group::run(body);

  const bool found = std::ranges::count(shared.open, port) == 1;
  std::printf("scanned them all: %s\n", shared.next == shared.ports.size() ? "yes" : "no");
  std::printf("found the one that listens: %s\n", found ? "yes" : "no");
}

int main() { ouro::run(amain()); }
