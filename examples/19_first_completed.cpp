// SPDX-License-Identifier: BSL-1.0
// Asks two servers, takes the first answer and calls the other off.
//
// Shows: wait, first_completed, cancel. asyncio: wait(return_when=FIRST_COMPLETED).

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

using namespace std::chrono_literals;

ouro::task<std::string> ask(std::string server, ouro::duration delay) {
  co_await ouro::sleep(delay);
  co_return "answer of " + server;
}

ouro::task<> amain() {
  // wait() takes handles, no coroutines: afterwards one wants to know which is which.
  std::vector<ouro::task_handle<std::string>> tasks;
  tasks.push_back(ouro::create_task(ask("far", 1h), {.name = "far"}));
  tasks.push_back(ouro::create_task(ask("near", 10ms), {.name = "near"}));

  auto [done, pending] = co_await ouro::wait(tasks, {.return_when = ouro::first_completed});
  for (auto& task : done) std::puts(task.result().c_str());

  // wait() never cancels. Awaiting after cancel() makes sure that they have ended.
  for (auto& task : pending) task.cancel();
  co_await ouro::wait(pending);
  for (auto& task : pending) {
    std::printf("%s: %s\n", task.get_name().c_str(), task.cancelled() ? "cancelled" : "done");
  }
}

int main() { ouro::run(amain()); }
