// SPDX-License-Identifier: BSL-1.0
// Tries one address after the other, without waiting for the slow ones: the way in which browsers
// connect ("happy eyeballs").
//
// Shows: staggered_race. asyncio: staggered.staggered_race(), which its create_connection() uses.

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>
#include <exception>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

ouro::task<std::string> connect(std::string address) {
  std::printf("trying %s\n", address.c_str());
  if (address == "closed") throw std::runtime_error("refused");
  co_await ouro::sleep(address == "silent" ? ouro::duration(1h) : ouro::duration(10ms));
  co_return "connected to " + address;
}

ouro::task<> amain() {
  // Functions, because the later ones are not called at all if an earlier one is fast.
  std::vector<std::function<ouro::task<std::string>()>> attempts;
  for (const char* address : {"closed", "silent", "good", "unused"}) {
    attempts.push_back([address] { return connect(address); });
  }

  // The next starts after a tenth of a second, or as soon as one has failed.
  auto race = co_await ouro::staggered_race(std::move(attempts), 100ms);
  std::printf("%s, number %zu\n", race.winner->c_str(), *race.winner_index);
  for (const std::exception_ptr& error : race.exceptions) {
    std::puts(error ? "  failed" : "  won, was cancelled or never called");
  }
}

int main() { ouro::run(amain()); }
