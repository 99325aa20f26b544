// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/wait_for.hpp"
#include "ouro/testing/testing.hpp"

#include "tests/support/loop_test.hpp"

using namespace std::chrono_literals;

namespace {

/// Asks up to three times, and waits five seconds for each answer. Gives the number of attempts.
ouro::task<int> client(ouro::connection connection) {
  for (int attempt = 1;; ++attempt) {
    connection.writer.write("hello\n");
    co_await connection.writer.drain();
    try {
      co_await ouro::wait_for(connection.reader.readline(), 5s);
      co_return attempt;
    } catch (const ouro::timeout_error&) {
      if (attempt == 3) co_return attempt;
    }
  }
}

}  // namespace

// Catch2 v2 and v3. The coroutine runs on a fresh loop with a virtual clock.
OURO_TEST_CASE("client: gives up after three attempts", "[retry]") {
  // Chunks of one byte: every path of a short read. An end is a reader and a writer.
  auto [near_end, far_end] = ouro::testing::memory_pipe({.max_chunk = 1, .seed = 42});
  auto attempts = ouro::create_task(client(std::move(near_end)));

  co_await ouro::testing::advance(30s);  // no wall time passes

  REQUIRE(attempts.done());
  CHECK(attempts.result() == 3);
}

OURO_TEST_CASE("client: is content with a late answer", "[retry]") {
  auto [near_end, far_end] = ouro::testing::memory_pipe({.max_chunk = 1, .seed = 42});
  auto attempts = ouro::create_task(client(std::move(near_end)));

  co_await ouro::testing::advance(7s);
  far_end.writer.write("hello yourself\n");
  co_await ouro::testing::settle();

  REQUIRE(attempts.done());
  CHECK(attempts.result() == 2);
}
