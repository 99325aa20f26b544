// SPDX-License-Identifier: BSL-1.0
// When does a task take its first step: in the next turn, or inside create_task()?
//
// Shows: create_task with eager_start, eager_task_factory. asyncio: create_task(eager_start=True) and
// eager_task_factory, of Python 3.14 and 3.12.

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>
#include <string>

using namespace std::chrono_literals;

// Most calls find what they look for in the cache, and never wait.
ouro::task<int> look_up(std::string key) {
  std::printf("  looking up %s\n", key.c_str());
  if (key == "cached") co_return 1;
  co_await ouro::sleep(10ms);
  co_return 2;
}

ouro::task<> amain() {
  std::puts("later:");
  auto later = ouro::create_task(look_up("cached"));
  std::printf("  created, %s\n", later.done() ? "done" : "not started");
  std::printf("  got %d\n", co_await later);

  std::puts("eager:");
  auto eager = ouro::create_task(look_up("cached"), {.eager_start = true});
  std::printf("  created, %s\n", eager.done() ? "done" : "not started");
  std::printf("  got %d\n", co_await eager);

  // It runs up to its first wait.
  std::puts("eager, but it has to wait:");
  auto waits = ouro::create_task(look_up("missing"), {.eager_start = true});
  std::printf("  created, %s\n", waits.done() ? "done" : "waiting");
  std::printf("  got %d\n", co_await waits);

  std::puts("every task of the loop is eager:");
  ouro::get_running_loop().set_task_hooks(ouro::eager_task_factory);
  auto [a, b] = co_await ouro::gather(look_up("cached"), look_up("missing"));
  std::printf("  got %d and %d\n", a, b);
}

int main() { ouro::run(amain()); }
