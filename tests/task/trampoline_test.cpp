// SPDX-License-Identifier: BSL-1.0
// Neither the number of awaits nor their depth uses the stack, in any build.
#include "ouro/base/errors.hpp"
#include "ouro/sync/event.hpp"
#include "ouro/task/as_result.hpp"
#include "ouro/task/future.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/timeout.hpp"
#include "ouro/task/wait_for.hpp"

#include "tests/support/loop_test.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OURO_TEST_SANITIZED
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OURO_TEST_SANITIZED
#endif

using namespace std::chrono_literals;

namespace {

#ifdef OURO_TEST_SANITIZED
constexpr int many_ready = 200'000;
constexpr int many_suspended = 50'000;
constexpr int deepest = 20'000;
#else
constexpr int many_ready = 10'000'000;
constexpr int many_suspended = 10'000'000;
constexpr int deepest = 1'000'000;
#endif

/// What the trampoline may use at most: 200 nested starts, with sanitizers some hundred bytes each.
constexpr std::uintptr_t flat = 400'000;

/// Lowest and highest stack addresses seen.
class stack_use {
 public:
  __attribute__((noinline)) void look() {
    volatile char here = 0;
    const auto at = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    static_cast<void>(here);
    lowest_ = std::min(lowest_, at);
    highest_ = std::max(highest_, at);
  }
  std::uintptr_t bytes() const { return highest_ - lowest_; }

 private:
  std::uintptr_t lowest_ = UINTPTR_MAX;
  std::uintptr_t highest_ = 0;
};

ouro::task<int> ready(stack_use& stack, int value) {
  stack.look();
  co_return value;
}

ouro::task<int> suspended(stack_use& stack, int value) {
  co_await ouro::sleep(0s);
  stack.look();
  co_return value;
}

ouro::task<int> ready_to_the_bottom(stack_use& stack, int depth) {
  stack.look();
  if (depth == 0) co_return 0;
  const int below = co_await ready_to_the_bottom(stack, depth - 1);
  stack.look();
  co_return below + 1;
}

ouro::task<int> suspended_at_the_bottom(stack_use& stack, int depth) {
  if (depth == 0) {
    co_await ouro::sleep(1s);
    co_return 0;
  }
  const int below = co_await suspended_at_the_bottom(stack, depth - 1);
  stack.look();
  co_return below + 1;
}

/// Every level suspends on its own before and after its child.
ouro::task<int> suspended_everywhere(stack_use& stack, int depth) {
  co_await ouro::sleep(0s);
  stack.look();
  if (depth == 0) co_return 0;
  const int below = co_await suspended_everywhere(stack, depth - 1);
  co_await ouro::sleep(0s);
  stack.look();
  co_return below + 1;
}

ouro::task<> throws_at_the_bottom(stack_use& stack, int depth) {
  stack.look();
  if (depth == 0) throw std::runtime_error("from below");
  co_await throws_at_the_bottom(stack, depth - 1);
}

ouro::task<int> waits_at_the_bottom(int depth, ouro::event& go, int& unwound) {
  struct counter {
    explicit counter(int& count_) : count(&count_) {}
    ~counter() { ++*count; }
    int* count;
  };
  const counter on_the_way_out(unwound);
  if (depth == 0) {
    co_await go.wait();
    co_return 0;
  }
  co_return co_await waits_at_the_bottom(depth - 1, go, unwound);
}

/// The same tree with every second level a task of its own that is awaited by its handle.
ouro::task<int> through_handles(stack_use& stack, int depth) {
  stack.look();
  if (depth == 0) co_return 0;
  auto below = ouro::create_task(through_handles(stack, depth - 1));
  const int value = co_await below;
  co_return value + 1;
}

ouro::task<int> through_timeouts(stack_use& stack, int depth) {
  stack.look();
  if (depth == 0) co_return 0;
  auto body = [&]() -> ouro::task<int> { return through_timeouts(stack, depth - 1); };
  const int value = co_await ouro::timeout(1h, body);
  co_return value + 1;
}

ouro::task<int> fibonacci(stack_use& stack, int n) {
  if (n < 2) {
    stack.look();
    if (n == 0) co_await ouro::sleep(0s);
    co_return n;
  }
  const int a = co_await fibonacci(stack, n - 1);
  const int b = co_await fibonacci(stack, n - 2);
  co_return a + b;
}

}  // namespace

OURO_TEST_CASE("trampoline: ten million awaits of ready children use no stack",
               "[task][trampoline]") {
  stack_use stack;
  std::int64_t sum = 0;
  for (int i = 0; i < many_ready; ++i) sum += co_await ready(stack, i & 1);

  CHECK(sum == many_ready / 2);
  CHECK(stack.bytes() < 1000);
}

OURO_TEST_CASE("trampoline: ten million awaits of children that suspend use no stack",
               "[task][trampoline]") {
  stack_use stack;
  std::int64_t sum = 0;
  for (int i = 0; i < many_suspended; ++i) sum += co_await suspended(stack, i & 1);

  CHECK(sum == many_suspended / 2);
  CHECK(stack.bytes() < 1000);
}

OURO_TEST_CASE("trampoline: children that are ready and children that suspend may alternate",
               "[task][trampoline]") {
  stack_use stack;
  std::int64_t sum = 0;
  for (int i = 0; i < many_suspended / 40; ++i) {
    sum += co_await ready(stack, 1);
    sum += co_await suspended(stack, 1);
    sum += co_await ready(stack, 1);
  }

  CHECK(sum == many_suspended / 40 * 3);
  CHECK(stack.bytes() < flat);
}

OURO_TEST_CASE("trampoline: awaits that are ready without a frame use no stack",
               "[task][trampoline]") {
  stack_use stack;
  ouro::event set;
  set.set();
  auto done = ouro::get_running_loop().create_future<int>();
  done.set_result(1);
  std::int64_t sum = 0;
  for (int i = 0; i < many_ready; ++i) {
    co_await set.wait();
    sum += co_await done;
    stack.look();
  }

  CHECK(sum == many_ready);
  CHECK(stack.bytes() == 0);
}

OURO_TEST_CASE("trampoline: a depth of ten thousand awaits uses a flat stack",
               "[task][trampoline]") {
  stack_use stack;

  const int depth = co_await ready_to_the_bottom(stack, 10'000);

  CHECK(depth == 10'000);
  CHECK(stack.bytes() < flat);
}

OURO_TEST_CASE("trampoline: a depth of a million awaits uses a flat stack", "[task][trampoline]") {
  stack_use stack;

  const int depth = co_await ready_to_the_bottom(stack, deepest);

  CHECK(depth == deepest);
  CHECK(stack.bytes() < flat);
}

OURO_TEST_CASE("trampoline: a chain that was suspended at its bottom returns on a flat stack",
               "[task][trampoline]") {
  stack_use stack;

  const int depth = co_await suspended_at_the_bottom(stack, deepest);

  CHECK(depth == deepest);
  CHECK(stack.bytes() < flat);
}

OURO_TEST_CASE("trampoline: a chain in which every level suspends uses a flat stack",
               "[task][trampoline]") {
  stack_use stack;

  const int depth = co_await suspended_everywhere(stack, 10'000);

  CHECK(depth == 10'000);
  CHECK(stack.bytes() < flat);
}

OURO_TEST_CASE("trampoline: a tree of children of which some suspend gives the right result",
               "[task][trampoline]") {
  stack_use stack;

  const int value = co_await fibonacci(stack, 16);

  CHECK(value == 987);
  CHECK(stack.bytes() < flat);
}

OURO_TEST_CASE("trampoline: the depths around the limit of nested starts all work",
               "[task][trampoline]") {
  stack_use stack;
  for (int depth = 195; depth < 206; ++depth) {
    const int ready_depth = co_await ready_to_the_bottom(stack, depth);
    const int suspended_depth = co_await suspended_at_the_bottom(stack, depth);
    CHECK(ready_depth == depth);
    CHECK(suspended_depth == depth);
  }
}

OURO_TEST_CASE("trampoline: an exception comes up through a thousand awaits",
               "[task][trampoline][error]") {
  stack_use stack;

  CHECK_THROWS_AS(co_await throws_at_the_bottom(stack, 1000), std::runtime_error);

  CHECK(stack.bytes() < flat);
}

OURO_TEST_CASE("trampoline: as_result() catches what came up through a thousand awaits",
               "[task][trampoline][error]") {
  stack_use stack;

  const auto result = co_await ouro::as_result(throws_at_the_bottom(stack, 1000));

  CHECK(!result.has_value());
}

OURO_TEST_CASE("trampoline: a cancel unwinds ten thousand awaits", "[task][trampoline][cancel]") {
  ouro::event never;
  int unwound = 0;
  auto subject = ouro::create_task(waits_at_the_bottom(10'000, never, unwound));
  co_await ouro::sleep(0s);
  CHECK(subject.get_stack().size() == 10'001);

  subject.cancel();
  CHECK_THROWS_AS(co_await subject, ouro::cancelled_error);

  CHECK(unwound == 10'001);
}

TEST_CASE("trampoline: a loop that closes destroys a suspended chain of a hundred thousand awaits",
          "[task][trampoline]") {
  ouro::event never;
  int unwound = 0;
  const int depth = std::min(deepest, 100'000);
  {
    ouro::event_loop loop;
    loop.set_exception_handler([](ouro::event_loop&, const ouro::exception_context&) {});
    static_cast<void>(loop.create_task(waits_at_the_bottom(depth, never, unwound)));
    loop.run_until_complete(test::run_turns(2));
    CHECK(unwound == 0);
    loop.close();
  }

  CHECK(unwound == depth + 1);
}

OURO_TEST_CASE("trampoline: a chain of ten thousand tasks that await each other uses a flat stack",
               "[task][trampoline]") {
  stack_use stack;

  const int depth = co_await through_handles(stack, 10'000);

  CHECK(depth == 10'000);
  CHECK(stack.bytes() < flat);
}

OURO_TEST_CASE("trampoline: a cancel goes down a chain of ten thousand tasks",
               "[task][trampoline][cancel]") {
  stack_use stack;
  auto subject = ouro::create_task(through_handles(stack, 10'000));
  co_await test::run_turns(5'000);

  subject.cancel();

  CHECK_THROWS_AS(co_await subject, ouro::cancelled_error);
}

OURO_TEST_CASE("trampoline: timeout() in timeout() a thousand times uses a flat stack",
               "[task][trampoline]") {
  stack_use stack;

  const int depth = co_await through_timeouts(stack, 1000);

  CHECK(depth == 1000);
  CHECK(stack.bytes() < flat);
}
