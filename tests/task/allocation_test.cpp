// SPDX-License-Identifier: BSL-1.0
// What tasks and awaits take from the heap and from the pool.
#include "ouro/base/frame_pool.hpp"
#include "ouro/sync/event.hpp"
#include "ouro/sync/lifo_queue.hpp"
#include "ouro/task/future.hpp"

#include "tests/support/loop_test.hpp"

// The sanitizers have an operator new of their own, and their builds no pool.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define OURO_TEST_SANITIZED
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define OURO_TEST_SANITIZED
#endif

#if !defined(OURO_TEST_SANITIZED) && !defined(OURO_NO_FRAME_POOL)
#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> heap_allocations{0};

}  // namespace

void* operator new(std::size_t size) {
  heap_allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

using namespace std::chrono_literals;

namespace {

std::size_t heap() { return heap_allocations.load(); }
std::int64_t blocks() { return ouro::detail::frame_pool::live(); }

/// Runs `once` until pool, timer heap and ring have grown to what it needs, then `rounds` times
/// more. Gives what these took from the heap.
template <class Once>
ouro::task<std::size_t> heap_use(Once& once, int rounds = 100) {
  for (int i = 0; i < 10; ++i) co_await once();
  const std::size_t before = heap();
  for (int i = 0; i < rounds; ++i) co_await once();
  co_return heap() - before;
}

ouro::task<int> child(int value) { co_return value; }

ouro::task<> suspends() { co_await ouro::sleep(0s); }

ouro::task<> wait_for_event(ouro::event& go) { co_await go.wait(); }

ouro::task<> feed(ouro::lifo_queue<int>& queue) {
  for (;;) co_await queue.put(1);
}

ouro::task<> await_future(ouro::future<int> future) { co_await future; }

}  // namespace

OURO_TEST_CASE("allocation: an await of a child costs nothing but its pooled frame",
               "[task][allocation]") {
  std::int64_t inside = 0;
  auto once = [&]() -> ouro::task<> {
    const std::int64_t before = blocks();
    auto ready = child(1);
    inside = blocks() - before;
    co_await ready;
  };

  const std::size_t used = co_await heap_use(once);

  CHECK(used == 0);
  CHECK(inside == 1);
}

OURO_TEST_CASE("allocation: a child that suspends costs nothing from the heap",
               "[task][allocation]") {
  auto once = []() -> ouro::task<> { co_await suspends(); };

  const std::size_t used = co_await heap_use(once);

  CHECK(used == 0);
}

OURO_TEST_CASE("allocation: a sleep costs nothing from heap or pool", "[task][allocation]") {
  std::int64_t while_asleep = -1;
  auto once = [&]() -> ouro::task<> {
    const std::int64_t before = blocks();
    auto wake_up = ouro::get_running_loop().call_later(
        500ms, [&while_asleep, before] { while_asleep = blocks() - before; });
    co_await ouro::sleep(1s);
  };

  const std::size_t used = co_await heap_use(once);

  CHECK(used == 0);
  CHECK(while_asleep == 1);  // the callback that looks
}

OURO_TEST_CASE("allocation: a wait for an event costs nothing from the heap",
               "[task][allocation]") {
  auto once = []() -> ouro::task<> {
    ouro::event go;
    auto waiting = ouro::create_task(wait_for_event(go));
    co_await ouro::sleep(0s);
    const std::int64_t before = blocks();
    go.set();
    CHECK(blocks() == before);
    co_await waiting;
  };

  const std::size_t used = co_await heap_use(once);

  CHECK(used == 0);
}

OURO_TEST_CASE("allocation: a put() and a get() that wait cost nothing from heap or pool",
               "[task][allocation]") {
  ouro::lifo_queue<int> queue(1);  // its container takes nothing for a single item
  auto feeder = ouro::create_task(feed(queue));
  auto once = [&]() -> ouro::task<> {
    const std::int64_t before = blocks();
    co_await queue.get();
    co_await queue.get();
    CHECK(blocks() == before);
  };

  const std::size_t used = co_await heap_use(once);

  CHECK(used == 0);
  feeder.cancel();
}

OURO_TEST_CASE("allocation: an await of a future costs nothing beside the future",
               "[task][allocation]") {
  std::int64_t for_future = 0;
  std::int64_t for_await = 0;
  auto once = [&]() -> ouro::task<> {
    const std::int64_t before = blocks();
    auto future = ouro::get_running_loop().create_future<int>();
    for_future = blocks() - before;
    auto waiting = ouro::create_task(await_future(future));
    const std::int64_t before_await = blocks();
    co_await ouro::sleep(0s);
    for_await = blocks() - before_await;
    future.set_result(1);
    co_await waiting;
  };

  const std::size_t used = co_await heap_use(once);

  CHECK(used == 0);
  CHECK(for_future == 1);
  CHECK(for_await == 0);
}

OURO_TEST_CASE("allocation: create_task() costs the frame and one block more",
               "[task][allocation]") {
  std::int64_t for_task = 0;
  auto once = [&]() -> ouro::task<> {
    const std::int64_t before = blocks();
    auto handle = ouro::create_task(suspends());
    for_task = blocks() - before;
    co_await handle;
  };

  const std::size_t used = co_await heap_use(once);

  CHECK(used == 0);
  CHECK(for_task <= 2);
}

OURO_TEST_CASE("allocation: an await of a task handle costs nothing", "[task][allocation]") {
  std::int64_t for_await = -1;
  auto await_handle = [](ouro::task_handle<> other) -> ouro::task<> { co_await other; };
  auto once = [&]() -> ouro::task<> {
    auto handle = ouro::create_task(ouro::sleep(1s));
    auto waiting = ouro::create_task(await_handle(handle));
    const std::int64_t before = blocks();
    co_await ouro::sleep(0s);
    for_await = blocks() - before;
    co_await waiting;
  };

  const std::size_t used = co_await heap_use(once);

  CHECK(used == 0);
  CHECK(for_await == 0);
}

OURO_TEST_CASE("allocation: a cancel without a message costs nothing but the exception",
               "[task][allocation][cancel]") {
  ouro::event never;
  auto subject = ouro::create_task(wait_for_event(never));
  co_await ouro::sleep(0s);
  const std::size_t before = heap();
  const std::int64_t blocks_before = blocks();

  subject.cancel();

  CHECK(heap() == before);
  CHECK(blocks() == blocks_before);
  CHECK_THROWS_AS(co_await subject, ouro::cancelled_error);
}

OURO_TEST_CASE("allocation: ten thousand tasks give everything back", "[task][allocation]") {
  const std::int64_t before = blocks();
  {
    std::vector<ouro::task_handle<>> tasks;
    for (int i = 0; i < 10'000; ++i) tasks.push_back(ouro::create_task(suspends()));
    CHECK(blocks() > before + 10'000);
    for (auto& task : tasks) co_await task;
  }

  CHECK(blocks() == before);
}
#endif
