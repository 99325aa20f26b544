// SPDX-License-Identifier: BSL-1.0
// Tests, in no time, code that waits for minutes.
//
// Shows: a clock of one's own for a loop. asyncio has none; tests patch loop.time().

#include "ouro/ouro.hpp"

#include <chrono>
#include <cstdio>
#include <stdexcept>

using namespace std::chrono_literals;

// What is tested: tries up to three times, with pauses of ten and twenty seconds.
ouro::task<int> attempts_until_success(int good_attempt) {
  for (int attempt = 1;; ++attempt) {
    if (attempt == good_attempt) co_return attempt;
    if (attempt == 3) throw std::runtime_error("gave up");
    co_await ouro::sleep(10s * attempt);
  }
}

// Stands still while anything runs, and jumps to the next timer when there is nothing else to do.
class virtual_clock final : public ouro::time_source {
 public:
  ouro::time_point now() noexcept override { return now_; }
  bool advance_to(ouro::time_point deadline) noexcept override {
    now_ = deadline;
    return true;
  }

 private:
  ouro::time_point now_{};
};

ouro::task<> test_second_attempt() {
  const ouro::time_point begin = ouro::get_running_loop().time();
  const int attempts = co_await attempts_until_success(2);
  const auto waited = ouro::get_running_loop().time() - begin;
  std::printf("attempt %d, after 10 s: %s\n", attempts, waited == 10s ? "passed" : "FAILED");
}

ouro::task<> test_gives_up() {
  auto attempts = ouro::create_task(attempts_until_success(4));
  co_await ouro::sleep(30s - 1ns);
  const bool early = attempts.done();
  co_await ouro::sleep(1ns);
  std::printf("gives up after 30 s: %s\n",
              !early && attempts.done() && attempts.exception() ? "passed" : "FAILED");
}

int main() {
  for (auto test : {&test_second_attempt, &test_gives_up}) {
    virtual_clock clock;  // a fresh loop and clock for each
    ouro::event_loop loop({.clock = &clock});
    loop.run_until_complete(test());
  }
}
