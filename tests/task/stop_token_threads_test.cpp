// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/errors.hpp"
#include "ouro/sync/event.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/stop_token.hpp"

#include "tests/support/loop_test.hpp"
#include "tests/task/cancel_support.hpp"

#include <atomic>
#include <stop_token>
#include <string>
#include <thread>

using namespace std::chrono_literals;
using namespace cancel_test;

namespace {

ouro::task<> spin_until_stopped(std::atomic<bool>& seen) {
  // Work on a thread that knows nothing of the loop, told to stop by the cancel of this task.
  const std::stop_token token = ouro::get_stop_token();
  std::jthread worker([token, &seen] {
    while (!token.stop_requested()) std::this_thread::yield();
    seen = true;
  });
  co_await ouro::sleep(1h);
}

ouro::task<std::string> stopped_elsewhere() {
  std::string log;
  ouro::event never;
  std::stop_source source;
  auto subject = ouro::create_task(note_end(wait_for_event(never), log));
  const ouro::cancel_on_stop connection(source.get_token(), subject);
  std::thread other([&source] { source.request_stop(); });
  co_await subject;
  other.join();
  co_return log;
}

/// Each round makes a connection that ends while another thread requests the stop; gives the number
/// of tasks that ended.
ouro::task<int> race_with_disconnection(int rounds) {
  int ended = 0;
  ouro::event go;
  go.set();
  for (int round = 0; round < rounds; ++round) {
    std::stop_source source;
    auto subject = ouro::create_task(wait_for_event(go));
    std::thread other;
    {
      const ouro::cancel_on_stop connection(source.get_token(), subject);
      other = std::thread([&source] { source.request_stop(); });
      co_await ouro::sleep(0s);
    }
    other.join();
    co_await ouro::sleep(0s);
    ended += subject.done() ? 1 : 0;
  }
  co_return ended;
}

}  // namespace

// The frame pool counts by thread, and a stop request posts a block from its own to the loop's:
// these two do without the fixture, which counts.
TEST_CASE("cancel_on_stop: a request on another thread cancels the task on the loop's",
          "[task][stop_token][threads][cancel]") {
  CHECK(ouro::run(stopped_elsewhere()) == "cancelled(stop requested)");
}

TEST_CASE("cancel_on_stop: requests on another thread race with the end of the connection",
          "[task][stop_token][threads][cancel]") {
  CHECK(ouro::run(race_with_disconnection(200)) == 200);
}

OURO_TEST_CASE("stop_token: the cancel of a task reaches a thread that polls its token",
               "[task][stop_token][threads][cancel]") {
  std::atomic<bool> seen{false};
  auto subject = ouro::create_task(spin_until_stopped(seen));
  co_await ouro::sleep(0s);

  subject.cancel();
  CHECK_THROWS_AS(co_await subject, ouro::cancelled_error);

  CHECK(seen);
}
