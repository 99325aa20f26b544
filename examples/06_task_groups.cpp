// SPDX-License-Identifier: BSL-1.0
// Tasks that end together: nobody goes on alone when the block is left, whatever happens.
//
// Shows: task_group, exception_group. asyncio: async with TaskGroup(), except*.

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

using namespace std::chrono_literals;

ouro::task<> visit(std::string url) {
  co_await ouro::sleep(10ms);
  if (url == "nowhere") throw std::runtime_error("no such page");
  std::printf("visited %s\n", url.c_str());
}

ouro::task<> hang_about() {
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    std::puts("hang_about: a sibling has failed");
    throw;
  }
}

ouro::task<> amain() {
  std::vector<std::string> urls = {"a", "b", "c"};

  // Leaves only when the children are done; their names are for the debugger.
  co_await ouro::task_group::run([&](ouro::task_group& group) -> ouro::task<> {
    for (auto& url : urls) group.create_task(visit(url), {.name = "visit"});
    co_return;
  });
  std::puts("all visited");

  // The first failure cancels the others. What is thrown, after all have ended, is the group of all
  // failures, even if there is one only.
  try {
    co_await ouro::task_group::run([&](ouro::task_group& group) -> ouro::task<> {
      group.create_task(hang_about());
      group.create_task(visit("nowhere"));
      co_return;
    });
  } catch (const ouro::exception_group& failures) {
    failures.handle<std::runtime_error>(
        [](const std::runtime_error& error) { std::printf("failed: %s\n", error.what()); });
  }
}

int main() { ouro::run(amain()); }
