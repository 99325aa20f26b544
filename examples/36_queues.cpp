// SPDX-License-Identifier: BSL-1.0
// Producers and consumers that do not know each other, and a queue between them.
//
// Shows: queue, put, anext, task_done, join, shutdown. asyncio: Queue. It holds two items, so the
// producers run at the speed of the consumers.

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>
#include <string>

using namespace std::chrono_literals;

ouro::task<> produce(ouro::queue<std::string>& queue, std::string name) {
  for (int i = 1; i <= 3; ++i) {
    co_await queue.put(name + " " + std::to_string(i));  // waits while the queue is full
  }
  std::printf("%s: everything is in\n", name.c_str());
}

ouro::task<int> consume(ouro::queue<std::string>& queue, const char* name, ouro::duration work) {
  int count = 0;
  while (const auto item = co_await queue.anext()) {  // nothing: the queue was shut down
    co_await ouro::sleep(work);
    std::printf("%s is done with %s\n", name, item->c_str());
    queue.task_done();
    ++count;
  }
  co_return count;
}

ouro::task<> amain() {
  ouro::queue<std::string> queue(2);
  auto quick = ouro::create_task(consume(queue, "quick", 10ms));
  auto slow = ouro::create_task(consume(queue, "slow", 150ms));

  co_await ouro::gather(produce(queue, "apples"), produce(queue, "pears"));
  co_await queue.join();  // until each item is done with, not only taken out
  std::puts("all is done");

  queue.shutdown();  // both consumers leave their loops
  const int by_quick = co_await quick;
  const int by_slow = co_await slow;
  std::printf("quick: %d, slow: %d\n", by_quick, by_slow);

  try {
    co_await queue.put("plum");
  } catch (const ouro::queue_shut_down& error) {
    std::printf("too late: %s\n", error.what());
  }
}

int main() { ouro::run(amain()); }
