// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/errors.hpp"
#include "ouro/task/future.hpp"

#include "tests/support/loop_test.hpp"

#include <memory>
#include <string>

using namespace std::chrono_literals;

namespace {

ouro::context_var<int> level("level", 0);

template <class T = void>
ouro::future<T> make_future() {
  return ouro::get_running_loop().create_future<T>();
}

ouro::task<> append_when_done(ouro::future<> future, std::string& log, char name) {
  co_await future;
  log += name;
}

ouro::task<int> number(int value) { co_return value; }

ouro::task<> keeps_alive_until(ouro::future<> future) { co_await future; }

}  // namespace

OURO_TEST_CASE("done callback: runs through the queue, never inside set_result()",
               "[task][future]") {
  std::string log;
  auto future = make_future<int>();
  future.add_done_callback(
      [&log](const ouro::future<int>& done) { log += std::to_string(done.result()); });

  future.set_result(4);
  CHECK(log == "");
  co_await ouro::sleep(0s);

  CHECK(log == "4");
}

OURO_TEST_CASE("done callback: added to a done future runs in the next turn", "[task][future]") {
  int calls = 0;
  auto future = make_future<>();
  future.set_result();

  future.add_done_callback([&calls] { ++calls; });
  CHECK(calls == 0);
  co_await ouro::sleep(0s);

  CHECK(calls == 1);
}

OURO_TEST_CASE("done callback: callbacks and awaiters run in the order of registration",
               "[task][future]") {
  std::string log;
  auto future = make_future<>();
  future.add_done_callback([&log] { log += '1'; });
  auto waiting = ouro::create_task(append_when_done(future, log, '2'));
  co_await ouro::sleep(0s);
  future.add_done_callback([&log] { log += '3'; });

  future.set_result();
  co_await ouro::sleep(0s);

  CHECK(log == "123");
  CHECK(waiting.done());
}

OURO_TEST_CASE("done callback: runs for an exception and for a cancel too",
               "[task][future][error][cancel]") {
  std::string log;
  auto failed = make_future<>();
  auto cancelled = make_future<>();
  const auto note = [&log](const ouro::future<>& future) {
    log += future.cancelled() ? 'c' : future.exception() != nullptr ? 'e' : 'v';
  };
  failed.add_done_callback(note);
  cancelled.add_done_callback(note);

  failed.set_exception(std::runtime_error("x"));
  cancelled.cancel();
  co_await ouro::sleep(0s);

  CHECK(log == "ec");
}

OURO_TEST_CASE(
    "done callback: remove_done_callback() takes out exactly the one that the token names",
    "[task][future]") {
  std::string log;
  auto future = make_future<>();
  const auto append = [&log] { log += 'x'; };
  const auto first = future.add_done_callback(append);
  const auto second = future.add_done_callback(append);
  CHECK(first != second);

  CHECK(future.remove_done_callback(first) == 1);
  CHECK(future.remove_done_callback(first) == 0);
  future.set_result();
  co_await ouro::sleep(0s);

  CHECK(log == "x");
}

OURO_TEST_CASE("done callback: once queued it cannot be removed", "[task][future]") {
  int calls = 0;
  auto future = make_future<>();
  const auto token = future.add_done_callback([&calls] { ++calls; });
  future.set_result();

  CHECK(future.remove_done_callback(token) == 0);
  co_await ouro::sleep(0s);

  CHECK(calls == 1);
}

OURO_TEST_CASE("done callback: the token of one future finds nothing in another",
               "[task][future]") {
  auto first = make_future<>();
  auto second = make_future<>();
  const auto token = first.add_done_callback([] {});
  second.add_done_callback([] {});

  CHECK(second.remove_done_callback(token) == 0);
  CHECK(first.remove_done_callback(token) == 1);
  co_return;
}

OURO_TEST_CASE("done callback: a removed one gives up its captures at once", "[task][future]") {
  auto captured = std::make_shared<int>(1);
  auto future = make_future<>();
  const auto token = future.add_done_callback([captured] {});
  CHECK(captured.use_count() == 2);

  future.remove_done_callback(token);

  CHECK(captured.use_count() == 1);
  co_return;
}

OURO_TEST_CASE("done callback: gives up its captures after its call", "[task][future]") {
  auto captured = std::make_shared<int>(1);
  auto future = make_future<>();
  future.add_done_callback([captured] {});
  future.set_result();

  co_await ouro::sleep(0s);

  CHECK(captured.use_count() == 1);
}

OURO_TEST_CASE("done callback: one that throws is reported and the next ones run",
               "[task][future][error]") {
  int calls = 0;
  auto future = make_future<>();
  future.add_done_callback([] { throw std::runtime_error("in the callback"); });
  future.add_done_callback([&calls] { ++calls; });

  future.set_result();
  co_await ouro::sleep(0s);

  CHECK(calls == 1);
  CHECK(test::take_reports() ==
        std::vector<std::string>{"Exception in callback |  | std::runtime_error: in the callback"});
}

OURO_TEST_CASE("done callback: may add another to the same future", "[task][future]") {
  std::string log;
  auto future = make_future<>();
  future.add_done_callback([&log](const ouro::future<>& done) {
    log += 'a';
    done.add_done_callback([&log] { log += 'b'; });
  });
  future.set_result();

  co_await ouro::sleep(0s);
  CHECK(log == "a");
  co_await ouro::sleep(0s);

  CHECK(log == "ab");
}

OURO_TEST_CASE("done callback: runs in a copy of the context in which it was added",
               "[task][future]") {
  int seen = 0;
  auto future = make_future<>();
  level.set(1);
  future.add_done_callback([&seen] {
    seen = level.get();
    level.set(99);
  });
  level.set(2);

  future.set_result();
  co_await ouro::sleep(0s);

  CHECK(seen == 1);
  CHECK(level.get() == 2);
}

OURO_TEST_CASE("done callback: runs in the context that it was given", "[task][future]") {
  ouro::context given = ouro::copy_context();
  auto future = make_future<>();
  future.add_done_callback([] { level.set(5); }, {.context = &given});

  future.set_result();
  co_await ouro::sleep(0s);

  CHECK(given.get(level) == 5);
  CHECK(level.get() == 0);
}

OURO_TEST_CASE(
    "done callback: of a task gets a task_handle and runs before the awaiters that came later",
    "[task][future]") {
  std::string log;
  auto task = ouro::create_task(number(3), {.name = "t"});
  task.add_done_callback([&log](const ouro::task_handle<int>& done) {
    log += done.get_name() + std::to_string(done.result());
  });

  co_await task;

  CHECK(log == "t3");
}

OURO_TEST_CASE("done callback: keeps the future alive until it has run", "[task][future]") {
  int seen = 0;
  {
    auto future = make_future<int>();
    future.add_done_callback([&seen](const ouro::future<int>& done) { seen = done.result(); });
    future.set_result(8);
  }

  co_await ouro::sleep(0s);

  CHECK(seen == 8);
}

OURO_TEST_CASE("done callback: one that nobody calls goes with its pending future",
               "[task][future]") {
  auto captured = std::make_shared<int>(1);
  {
    auto future = make_future<>();
    future.add_done_callback([captured] {});
  }

  CHECK(captured.use_count() == 1);
  co_return;
}

TEST_CASE("done callback: a queued one is dropped with its captures when the loop closes",
          "[task][future]") {
  auto captured = std::make_shared<int>(1);
  const auto blocks = ouro::detail::frame_pool::live();
  {
    ouro::event_loop loop;
    auto future = loop.create_future<>();
    future.add_done_callback([captured] { FAIL("called on a closed loop"); });
    future.set_result();
    loop.close();
  }

  CHECK(captured.use_count() == 1);
  CHECK(ouro::detail::frame_pool::live() == blocks);
}

OURO_TEST_CASE(
    "future: a task that waits for a future it alone can end holds nothing after a cancel",
    "[task][future][cancel]") {
  auto waiting = ouro::create_task(keeps_alive_until(make_future<>()));
  co_await ouro::sleep(0s);

  waiting.cancel();

  CHECK_THROWS_AS(co_await waiting, ouro::cancelled_error);
}
