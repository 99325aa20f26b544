// SPDX-License-Identifier: BSL-1.0
// Failure as an ordinary outcome: an `if` instead of a `catch`.
//
// Shows: as_result, result. asyncio: gather(return_exceptions=True), for one.

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;

ouro::task<int> age_of(std::string name) {
  co_await ouro::sleep(5ms);
  if (name == "nobody") throw std::out_of_range("no such person");
  co_return 42;
}

ouro::task<> amain() {
  for (std::string name : {"somebody", "nobody"}) {
    // Nothing is thrown and caught on the way, if what is awaited is a coroutine.
    ouro::result<int> age = co_await ouro::as_result(age_of(name));
    if (age) {
      std::printf("%s is %d\n", name.c_str(), *age);
    } else {
      std::printf("%s has no age\n", name.c_str());
    }
  }

  // value() throws what came instead of the value.
  ouro::result<int> age = co_await ouro::as_result(age_of("nobody"));
  try {
    std::printf("%d\n", age.value());
  } catch (const std::out_of_range& error) {
    std::printf("value(): %s\n", error.what());
  }

  // Anything that can be awaited is welcome, and a time-out is a failure like others.
  if (!co_await ouro::as_result(ouro::wait_for(ouro::sleep(1h), 10ms))) std::puts("timed out");
}

int main() { ouro::run(amain()); }
