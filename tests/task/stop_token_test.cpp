// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/stop_token.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/sync/event.hpp"

#include "tests/support/loop_test.hpp"
#include "tests/task/cancel_support.hpp"

#include <optional>
#include <stop_token>
#include <string>

using namespace std::chrono_literals;
using namespace cancel_test;

namespace {

ouro::task<> keep_token(std::stop_token& kept, ouro::event& go) {
  kept = ouro::get_stop_token();
  co_await go.wait();
}

ouro::task<> swallow_and_ask(std::string& log) {
  const std::stop_token token = ouro::get_stop_token();
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    log += token.stop_requested() ? "stop" : "go";
  }
  co_await ouro::sleep(0s);
  log += token.stop_requested() ? " stop" : " go";
}

ouro::task<std::stop_token> token_of_child() { co_return ouro::get_stop_token(); }

}  // namespace

OURO_TEST_CASE("stop_token: of a task is requested when the task is cancelled",
               "[task][stop_token][cancel]") {
  std::stop_token token;
  ouro::event never;
  auto subject = ouro::create_task(keep_token(token, never));
  co_await ouro::sleep(0s);
  CHECK(token.stop_possible());
  CHECK(!token.stop_requested());

  subject.cancel();
  CHECK(token.stop_requested());

  CHECK_THROWS_AS(co_await subject, ouro::cancelled_error);
}

OURO_TEST_CASE("stop_token: of a task that ends well is never requested", "[task][stop_token]") {
  std::stop_token token;
  ouro::event go;
  auto subject = ouro::create_task(keep_token(token, go));
  co_await ouro::sleep(0s);

  go.set();
  co_await subject;

  CHECK(!token.stop_requested());
}

OURO_TEST_CASE("stop_token: from the handle is the one that the task sees", "[task][stop_token]") {
  std::stop_token inside;
  ouro::event go;
  auto subject = ouro::create_task(keep_token(inside, go));
  const std::stop_token outside = ouro::get_stop_token(subject);
  co_await ouro::sleep(0s);

  CHECK(inside == outside);
  go.set();
  co_await subject;
}

OURO_TEST_CASE("stop_token: stays requested when the cancel is swallowed",
               "[task][stop_token][cancel]") {
  std::string log;
  auto subject = ouro::create_task(swallow_and_ask(log));
  co_await ouro::sleep(0s);

  subject.cancel();
  co_await subject;

  CHECK(log == "stop stop");
}

OURO_TEST_CASE("stop_token: a child coroutine gets that of its task", "[task][stop_token]") {
  const std::stop_token own = ouro::get_stop_token();

  const std::stop_token of_child = co_await token_of_child();

  CHECK(own == of_child);
}

OURO_TEST_CASE("stop_token: a callback runs inside cancel()", "[task][stop_token][cancel]") {
  std::stop_token token;
  ouro::event never;
  int calls = 0;
  auto subject = ouro::create_task(keep_token(token, never));
  co_await ouro::sleep(0s);
  const std::stop_callback callback(token, [&calls] { ++calls; });

  subject.cancel();
  subject.cancel();
  CHECK(calls == 1);

  CHECK_THROWS_AS(co_await subject, ouro::cancelled_error);
}

TEST_CASE("stop_token: outside a task is a usage_error", "[task][stop_token][error]") {
  CHECK_THROWS_AS(ouro::get_stop_token(), ouro::usage_error);
}

OURO_TEST_CASE("cancel_on_stop: a stop request cancels the task in a later turn",
               "[task][stop_token][cancel]") {
  std::string log;
  ouro::event never;
  std::stop_source source;
  auto subject = ouro::create_task(note_end(wait_for_event(never), log));
  const ouro::cancel_on_stop connection(source.get_token(), subject);
  co_await ouro::sleep(0s);

  source.request_stop();
  CHECK(subject.cancelling() == 0);
  co_await subject;

  CHECK(log == "cancelled(stop requested)");
}

OURO_TEST_CASE("cancel_on_stop: a token that is requested already cancels it",
               "[task][stop_token][cancel]") {
  std::string log;
  ouro::event never;
  std::stop_source source;
  source.request_stop();
  auto subject = ouro::create_task(note_end(wait_for_event(never), log));

  const ouro::cancel_on_stop connection(source.get_token(), subject);
  co_await subject;

  CHECK(log == "cancelled(stop requested)");
}

OURO_TEST_CASE("cancel_on_stop: a request after its end does nothing", "[task][stop_token]") {
  std::string log;
  ouro::event go;
  std::stop_source source;
  auto subject = ouro::create_task(note_end(wait_for_event(go), log));
  {
    const ouro::cancel_on_stop connection(source.get_token(), subject);
  }

  source.request_stop();
  co_await test::run_turns(2);
  go.set();
  co_await subject;

  CHECK(log == "returned");
}

OURO_TEST_CASE("cancel_on_stop: a request that is on its way when it ends does nothing",
               "[task][stop_token]") {
  std::string log;
  ouro::event go;
  std::stop_source source;
  auto subject = ouro::create_task(note_end(wait_for_event(go), log));
  {
    const ouro::cancel_on_stop connection(source.get_token(), subject);
    source.request_stop();
  }

  co_await test::run_turns(2);
  CHECK(subject.cancelling() == 0);
  go.set();
  co_await subject;

  CHECK(log == "returned");
}

OURO_TEST_CASE("cancel_on_stop: a request for a task that has ended does nothing",
               "[task][stop_token]") {
  std::string log;
  ouro::event go;
  go.set();
  std::stop_source source;
  auto subject = ouro::create_task(note_end(wait_for_event(go), log));
  const ouro::cancel_on_stop connection(source.get_token(), subject);
  co_await subject;

  source.request_stop();
  co_await test::run_turns(2);

  CHECK(subject.cancelling() == 0);
}

OURO_TEST_CASE("cancel_on_stop: the cancel of one task may stop another through a token",
               "[task][stop_token][cancel]") {
  std::string log;
  ouro::event never;
  auto first = ouro::create_task(note_end(wait_for_event(never), log));
  auto second = ouro::create_task(note_end(wait_for_event(never), log));
  const ouro::cancel_on_stop connection(ouro::get_stop_token(first), second);
  co_await ouro::sleep(0s);

  first.cancel("by hand");
  co_await first;
  co_await second;

  CHECK(log == "cancelled(by hand)cancelled(stop requested)");
}
