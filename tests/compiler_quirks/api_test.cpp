// SPDX-License-Identifier: BSL-1.0
// The ways around the traps of docs/compilers.md: what an await takes is destroyed exactly once.
#include "ouro/sync/queue.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/task_group.hpp"
#include "ouro/task/timeout.hpp"
#include "ouro/task/wait.hpp"

#include "tests/support/loop_test.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

/// Its use_count() shows a destruction too many, or one too few.
using shared = std::shared_ptr<int>;

ouro::task<int> value_of(shared value) {
  co_await ouro::sleep(0s);
  co_return *value;
}

ouro::task<> adds(shared from, int& to) {
  to += *from;
  co_await ouro::sleep(0s);
}

}  // namespace

OURO_TEST_CASE("temporary_aggregate: options in braces work in the await",
               "[compiler_quirks][task]") {
  const std::string text = "a name that is too long to be kept without an allocation";
  const auto value = std::make_shared<int>(7);

  const int result = co_await ouro::create_task(value_of(value), {.name = text + "!"});
  std::vector<ouro::task_handle<int>> handles{ouro::create_task(value_of(value))};
  auto waited = co_await ouro::wait(handles, {.timeout = 1s});

  CHECK(result == 7);
  CHECK(waited.done.size() == 1);
  waited = {};
  handles.clear();
  CHECK(value.use_count() == 1);
}

OURO_TEST_CASE("temporary_aggregate: an item with a name is put into a queue",
               "[compiler_quirks][sync]") {
  struct job {
    int number;
    shared value;
  };
  const auto value = std::make_shared<int>(7);

  {
    ouro::queue<job> queue;
    job first{.number = 1, .value = value};
    co_await queue.put(std::move(first));
    queue.put_nowait({.number = 2, .value = value});
    const job taken = co_await queue.get();
    CHECK(taken.number == 1);
    CHECK(value.use_count() == 3);
  }

  CHECK(value.use_count() == 1);
}

OURO_TEST_CASE("closure_by_value: arguments of create_task() are owned by the task",
               "[compiler_quirks][task]") {
  const auto value = std::make_shared<int>(7);
  int sum = 0;

  co_await ouro::create_task(adds, value, std::ref(sum));

  CHECK(sum == 7);
  CHECK(value.use_count() == 1);
}

OURO_TEST_CASE("closure_by_value: a lambda with a name may own what it captures",
               "[compiler_quirks][task]") {
  const auto value = std::make_shared<int>(7);
  int sum = 0;

  {
    auto body = [value, &sum]() -> ouro::task<> { co_await adds(value, sum); };
    co_await ouro::timeout(1s, body);
    auto handle = ouro::create_task(body);
    co_await handle;
  }

  CHECK(sum == 14);
  CHECK(value.use_count() == 1);
}

OURO_TEST_CASE("closure_by_value: bodies that capture by reference need no name",
               "[compiler_quirks][task]") {
  const auto value = std::make_shared<int>(7);
  int sum = 0;

  co_await ouro::timeout(1s, [&]() -> ouro::task<> { co_await adds(value, sum); });
  co_await ouro::task_group::run([&](ouro::task_group& group) -> ouro::task<> {
    group.create_task(adds(value, sum));
    co_return;
  });

  CHECK(sum == 14);
  CHECK(value.use_count() == 1);
}

OURO_TEST_CASE("aggregate_around_await: awaits become arguments of gather()",
               "[compiler_quirks][task]") {
  const auto value = std::make_shared<int>(7);

  const auto results = co_await ouro::gather(value_of(value), value_of(value));

  CHECK(std::get<0>(results) + std::get<1>(results) == 14);
  CHECK(value.use_count() == 1);
}

OURO_TEST_CASE("braced_list: lists are vectors with a name", "[compiler_quirks][task]") {
  const auto value = std::make_shared<int>(7);
  std::vector<ouro::task<int>> coroutines;
  coroutines.push_back(value_of(value));
  coroutines.push_back(value_of(value));

  const std::vector<int> results = co_await ouro::gather(std::move(coroutines));

  CHECK(results == std::vector<int>{7, 7});
  CHECK(value.use_count() == 1);
}

OURO_TEST_CASE("tuple_binding: a gather in a loop is taken apart", "[compiler_quirks][task]") {
  const auto value = std::make_shared<int>(7);
  int sum = 0;

  for (int i = 0; i < 3; ++i) {
    auto [first, second] = co_await ouro::gather(value_of(value), value_of(value));
    sum += first + second;
  }

  CHECK(sum == 42);
  CHECK(value.use_count() == 1);
}

OURO_TEST_CASE("tail_calls: awaits of a ready coroutine leave the stack flat",
               "[compiler_quirks][task]") {
  // Not the address of a local: under the address sanitizer that may be on the heap.
  const auto here = [] { return reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0)); };
  std::uintptr_t first = 0;
  std::uintptr_t last = 0;
  const auto ready = [&]() -> ouro::task<> {
    last = here();
    if (first == 0) first = last;
    co_return;
  };

  for (int i = 0; i < 1000; ++i) co_await ready();

  CHECK(first - last < 4096);
}
