// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/errors.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/testing/virtual_clock.hpp"

#include "tests/ring/child_process.hpp"
#include "tests/support/catch.hpp"

#include <memory>
#include <string>

using namespace std::chrono_literals;

namespace {

ouro::task<int> number(int value) {
  co_await ouro::sleep(1ms);
  co_return value;
}

/// Whether `function` throws a usage_error.
template <class Function>
bool is_refused(Function function) {
  try {
    function();
  } catch (const ouro::usage_error&) {
    return true;
  }
  return false;
}

}  // namespace

TEST_CASE("event_loop: a forked child may not run the loop, its parent goes on",
          "[loop][event_loop][error]") {
  ouro::event_loop loop;
  CHECK(loop.run_until_complete(number(1)) == 1);

  const int code = ring_test::in_child([&] {
    if (!is_refused([&] { loop.run_forever(); })) return 1;
    auto coroutine = number(2);
    const bool refused = is_refused([&] { loop.run_until_complete(std::move(coroutine)); });
    coroutine.close();
    return refused ? 0 : 2;
  });

  CHECK(code == 0);
  CHECK(loop.run_until_complete(number(3)) == 3);
}

TEST_CASE("event_loop: a forked child may not run a loop that never ran",
          "[loop][event_loop][error]") {
  ouro::event_loop loop;

  const int code =
      ring_test::in_child([&] { return is_refused([&] { loop.run_forever(); }) ? 0 : 1; });

  CHECK(code == 0);
  CHECK(loop.run_until_complete(number(3)) == 3);
}

TEST_CASE("event_loop: a forked child may close and destroy its copy of the loop",
          "[loop][event_loop]") {
  auto loop = std::make_unique<ouro::event_loop>();
  int ran = 0;
  loop->call_later(1ms, [&] { ++ran; });
  CHECK(loop->run_until_complete(number(1)) == 1);
  loop->call_soon([&] { ++ran; });

  const int code = ring_test::in_child([&] {
    loop->close();
    loop.reset();
    return 0;
  });

  CHECK(code == 0);
  CHECK(loop->run_until_complete(number(2)) == 2);
  CHECK(ran == 2);
}

TEST_CASE("event_loop: a forked child may make a loop of its own", "[loop][event_loop]") {
  ouro::event_loop loop;
  CHECK(loop.run_until_complete(number(1)) == 1);

  const int code = ring_test::in_child([&] {
    ouro::event_loop own;
    return own.run_until_complete(number(0));
  });

  CHECK(code == 0);
  CHECK(loop.run_until_complete(number(2)) == 2);
}

TEST_CASE("event_loop: a child forked inside a callback leaves the parent's run alone",
          "[loop][event_loop]") {
  ouro::event_loop loop;
  int code = -1;
  loop.call_soon([&] {
    code = ring_test::in_child([&] { return is_refused([&] { loop.run_forever(); }) ? 0 : 1; });
  });

  CHECK(loop.run_until_complete(number(2)) == 2);
  CHECK(code == 0);
}
