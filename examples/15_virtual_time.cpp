// SPDX-License-Identifier: BSL-1.0
// Tests, in no time, code that waits for minutes.
//
// Shows: run_isolated, advance, async_mock of the test kit ouro::testing; with Catch2 it is
// OURO_TEST_CASE. asyncio: IsolatedAsyncioTestCase and AsyncMock; tests patch loop.time().

#include "ouro/ouro.hpp"
#include "ouro/testing/testing.hpp"

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>

using namespace std::chrono_literals;

using fetcher = ouro::testing::async_mock<std::string()>;

// What is tested: tries up to three times, with pauses of ten and twenty seconds.
ouro::task<std::string> fetch_patiently(fetcher& fetch) {
  for (int attempt = 1; attempt < 3; ++attempt) {
    const auto page = co_await ouro::as_result(fetch());
    if (page) co_return *page;
    co_await ouro::sleep(10s * attempt);
  }
  co_return co_await fetch();
}

void check(bool holds, const char* what) { std::printf("%s: %s\n", what, holds ? "yes" : "NO"); }

ouro::task<> test_second_attempt() {
  fetcher fetch;
  fetch.side_effect(std::runtime_error("refused"), "page");
  auto page = ouro::create_task(fetch_patiently(fetch));

  co_await ouro::testing::advance(10s);  // no wall time passes

  check(page.done() && page.result() == "page", "the second attempt gives the page after 10 s");
}

ouro::task<> test_gives_up() {
  fetcher fetch;
  fetch.side_effect(std::runtime_error("refused"));
  auto page = ouro::create_task(fetch_patiently(fetch));

  co_await ouro::testing::advance(30s - 1ns);
  check(!page.done() && fetch.await_count() == 2, "it is still trying just before 30 s");
  co_await ouro::testing::advance(1ns);
  check(page.done() && page.exception() != nullptr, "it gives up after 30 s");
}

int main() {
  // Each on a fresh loop with a virtual clock. What a test leaves behind is a problem.
  for (auto test : {&test_second_attempt, &test_gives_up}) {
    for (const auto& problem : ouro::testing::run_isolated(*test)) std::puts(problem.text.c_str());
  }
}
