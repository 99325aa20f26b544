// SPDX-License-Identifier: BSL-1.0
#include "ouro/stream/connection.hpp"
#include "ouro/testing/cancel_everywhere.hpp"
#include "ouro/testing/memory_pipe.hpp"
#include "ouro/testing/stream_pair.hpp"

#include "tests/support/catch.hpp"

#include <array>
#include <memory>
#include <string>
#include <vector>

using ouro::testing::cancel_everywhere;
using ouro::testing::cancel_run;

namespace {

using ends = std::array<ouro::connection, 2>;

/// Sends lines from one end, and reads them at the other in several ways; what was not read when
/// the scenario was interrupted is read at the end.
ouro::task<> lines(ends both, cancel_run& run) {
  const auto kept = std::make_shared<ends>(std::move(both));
  run.at_end([kept, &run]() -> ouro::task<> {
    (*kept)[0].writer.close();
    const std::string rest = co_await (*kept)[1].reader.read();
    run.ledger().received(rest);
    (*kept)[1].writer.close();
  });
  auto& [near_end, far_end] = *kept;
  for (const std::string line : {"first\n", "second\n", "third\n"}) {
    run.ledger().sent(line);
    near_end.writer.write(line);
  }
  co_await near_end.writer.drain();
  const std::string first = co_await far_end.reader.readline();
  run.ledger().received(first);
  const std::string more = co_await far_end.reader.readexactly(4);
  run.ledger().received(more);
  const std::string some = co_await far_end.reader.read(5);
  run.ledger().received(some);
}

}  // namespace

TEST_CASE("cancel_everywhere: reads over a memory pipe lose no byte wherever they are interrupted",
          "[testing][cancel_everywhere][cancel]") {
  const auto report = cancel_everywhere([](cancel_run& run) {
    return lines(ouro::testing::memory_pipe({.max_chunk = 3, .seed = 5}), run);
  });

  CHECK(report.problems == std::vector<std::string>());
  CHECK(report.suspensions > 0);
}

TEST_CASE("cancel_everywhere: reads over sockets lose no byte wherever they are interrupted",
          "[testing][cancel_everywhere][cancel]") {
  const auto report =
      cancel_everywhere([](cancel_run& run) { return lines(ouro::testing::stream_pair(), run); });

  CHECK(report.problems == std::vector<std::string>());
  CHECK(report.suspensions > 0);
}
