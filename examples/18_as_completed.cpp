// SPDX-License-Identifier: BSL-1.0
// Handles results in the order in which they come.
//
// Shows: as_completed, anext. asyncio: async for ... in as_completed(). C++ has no `async for`: it is a
// loop around anext(), which gives an empty std::optional at the end.

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

ouro::task<int> wait(int milliseconds) {
  co_await ouro::sleep(std::chrono::milliseconds(milliseconds));
  co_return milliseconds;
}

ouro::task<> amain() {
  std::vector<ouro::task_handle<int>> tasks;
  for (int milliseconds : {90, 30, 60}) tasks.push_back(ouro::create_task(wait(milliseconds)));

  auto results = ouro::as_completed(tasks);
  while (auto done = co_await results.anext()) {
    // `done` is one of the handles above; its result is there.
    const char* note = *done == tasks[1] ? ", the second of the list" : "";
    std::printf("%d%s\n", done->result(), note);
  }

  // With a deadline. What is late is not cancelled: that is for us to do.
  std::vector<ouro::task_handle<int>> race;
  for (int milliseconds : {3600'000, 0}) race.push_back(ouro::create_task(wait(milliseconds)));
  auto in_time = ouro::as_completed(race, {.timeout = 200ms});
  try {
    while (auto done = co_await in_time.anext()) std::printf("%d is in time\n", done->result());
  } catch (const ouro::timeout_error&) {
    std::puts("time is over");
  }
  race[0].cancel();
}

int main() { ouro::run(amain()); }
