// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/errors.hpp"
#include "ouro/task/future.hpp"
#include "ouro/task/wait_for.hpp"

#include "tests/support/loop_test.hpp"

#include <stdexcept>
#include <string>
#include <utility>

using namespace std::chrono_literals;

namespace {

ouro::task<int> number_after(ouro::duration delay, int value) {
  co_await ouro::sleep(delay);
  co_return value;
}

ouro::task<> runs(bool& ran) {
  ran = true;
  co_return;
}

enum class ending { cancelled, value, error };

/// Sleeps for ever; once cancelled it takes `clean_up`, then ends as told.
ouro::task<int> cleans_up(ouro::duration clean_up, ending how, std::string& log) {
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    log += "cancelled ";
  }
  co_await ouro::sleep(clean_up);
  log += "clean ";
  if (how == ending::error) throw std::domain_error("in the clean-up");
  if (how == ending::cancelled) throw ouro::cancelled_error{};
  co_return 5;
}

ouro::task<> waits_for_coroutine(std::string& log) {
  co_await ouro::wait_for(cleans_up(2s, ending::cancelled, log), 5s);
}

ouro::task<> waits_for_task(ouro::task_handle<int> handle, ouro::optional_duration limit) {
  co_await ouro::wait_for(handle, limit);
}

ouro::task<> waits_for_future(ouro::future<int> future, ouro::duration limit, int& received) {
  received = co_await ouro::wait_for(future, limit);
}

ouro::task<> cancels_itself_and_waits(bool& ran, ouro::duration limit) {
  ouro::current_task().cancel();
  co_await ouro::wait_for(runs(ran), limit);
  co_await ouro::sleep(0s);
}

ouro::task<> cancels_itself_and_waits_for(ouro::task_handle<int> handle, ouro::duration limit) {
  ouro::current_task().cancel();
  co_await ouro::wait_for(handle, limit);
}

ouro::task<bool> survives_a_cancel_then_times_out() {
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
  }
  try {
    co_await ouro::wait_for(number_after(1h, 0), 1s);
  } catch (const ouro::timeout_error&) {
    co_return ouro::current_task().cancelling() == 1;
  }
  co_return false;
}

/// Runs `wait_for` on a coroutine of its own and tells how it ended.
ouro::task<std::string> outcome_of(ouro::task<> waiting) {
  try {
    co_await std::move(waiting);
  } catch (const ouro::cancelled_error&) {
    co_return "cancelled";
  } catch (const ouro::timeout_error&) {
    co_return "timeout";
  }
  co_return "value";
}

}  // namespace

OURO_TEST_CASE("wait_for: an outer cancel comes out as a cancel, after the clean-up",
               "[task][wait_for][cancel]") {
  std::string log;
  auto waiting = ouro::create_task(waits_for_coroutine(log));
  co_await test::settle();

  waiting.cancel();
  CHECK_THROWS_AS(co_await waiting, ouro::cancelled_error);

  CHECK(log == "cancelled clean ");
  CHECK(ouro::get_running_loop().pending_timers() == 0);
}

OURO_TEST_CASE("wait_for: a task cancelled before its first step does not wait",
               "[task][wait_for][cancel]") {
  std::string log;
  auto waiting = ouro::create_task(waits_for_coroutine(log));

  waiting.cancel();

  CHECK_THROWS_AS(co_await waiting, ouro::cancelled_error);
  CHECK(log == "");
}

OURO_TEST_CASE("wait_for: a pending cancel is delivered at the next suspension",
               "[task][wait_for][cancel]") {
  bool ran = false;
  auto in_time = ouro::create_task(cancels_itself_and_waits(ran, 1s));
  CHECK_THROWS_AS(co_await in_time, ouro::cancelled_error);
  CHECK(ran);

  ran = false;
  auto over = ouro::create_task(cancels_itself_and_waits(ran, 0s));
  CHECK_THROWS_AS(co_await over, ouro::cancelled_error);
  CHECK(!ran);
}

OURO_TEST_CASE("wait_for: a pending cancel cancels the task waited for and joins it",
               "[task][wait_for][cancel]") {
  for (const ouro::duration limit : {ouro::duration(5s), ouro::duration(0s)}) {
    std::string log;
    auto handle = ouro::create_task(cleans_up(2s, ending::cancelled, log));
    co_await test::settle();
    auto waiting = ouro::create_task(cancels_itself_and_waits_for(handle, limit));

    CHECK_THROWS_AS(co_await waiting, ouro::cancelled_error);

    CHECK(log == "cancelled clean ");
  }
}

OURO_TEST_CASE("wait_for: a cancel that coincides with the time-out is not hidden",
               "[task][wait_for][cancel]") {
  auto& loop = ouro::get_running_loop();
  for (const bool cancel_first : {true, false}) {
    ouro::task_handle<std::string> waiting;
    const auto soon = loop.time() + 1s;
    if (cancel_first) loop.call_at(soon, [&] { waiting.cancel(); });
    auto inner = ouro::create_task(number_after(1h, 0));
    waiting = ouro::create_task(outcome_of(waits_for_task(inner, 1s)));
    co_await test::settle();
    if (!cancel_first) loop.call_at(soon, [&] { waiting.cancel(); });

    const std::string outcome = co_await waiting;

    CHECK(outcome == "cancelled");
    CHECK(waiting.cancelling() == 1);
    CHECK(inner.cancelled());
  }
}

OURO_TEST_CASE("wait_for: a cancel beats a value that was not delivered yet, which stays",
               "[task][wait_for][cancel]") {
  auto future = ouro::get_running_loop().create_future<int>();
  int received = 0;
  auto waiting = ouro::create_task(waits_for_future(future, 5s, received));
  co_await test::settle();

  future.set_result(3);
  waiting.cancel();
  CHECK_THROWS_AS(co_await waiting, ouro::cancelled_error);

  CHECK(received == 0);
  CHECK(future.result() == 3);
}

OURO_TEST_CASE("wait_for: a time-out after an earlier cancel is still a time-out",
               "[task][wait_for][cancel]") {
  auto survivor = ouro::create_task(survives_a_cancel_then_times_out());
  co_await test::settle();

  survivor.cancel();
  const bool count_kept = co_await survivor;

  CHECK(count_kept);
}
