// SPDX-License-Identifier: BSL-1.0
#include "ouro/task/awaitable.hpp"

#include "ouro/sync/event.hpp"
#include "ouro/task/future.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/shield.hpp"

#include "tests/support/loop_test.hpp"

#include <memory>
#include <string>
#include <type_traits>

using namespace std::chrono_literals;

namespace {

ouro::task<int> number() { co_return 3; }

/// Awaitable by its member.
struct with_member {
  ouro::detail::child_awaiter<int> operator co_await() const {
    return ouro::detail::child_awaiter<int>(number().release());
  }
};

/// Awaitable by a function beside it.
struct with_function {};
ouro::detail::child_awaiter<int> operator co_await(const with_function&) {
  return ouro::detail::child_awaiter<int>(number().release());
}

/// Awaitable by itself.
struct ready_number {
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  int await_resume() const noexcept { return 4; }
};

struct no_awaitable {
  void await_ready();
};

}  // namespace

static_assert(ouro::awaitable<ouro::task<>>);
static_assert(ouro::awaitable<ouro::task<int>&>);
static_assert(ouro::awaitable<ouro::task_handle<int>>);
static_assert(ouro::awaitable<const ouro::task_handle<int>&>);
static_assert(ouro::awaitable<ouro::future<int>>);
static_assert(ouro::awaitable<decltype(ouro::sleep(1s))>);
static_assert(ouro::awaitable<decltype(std::declval<ouro::event&>().wait())>);
static_assert(ouro::awaitable<with_member>);
static_assert(ouro::awaitable<with_function>);
static_assert(ouro::awaitable<ready_number>);
static_assert(!ouro::awaitable<int>);
static_assert(!ouro::awaitable<std::string>);
static_assert(!ouro::awaitable<no_awaitable>);
static_assert(!ouro::awaitable<decltype(&number)>);

static_assert(std::is_same_v<ouro::await_result_t<ouro::task<int>>, int>);
static_assert(std::is_void_v<ouro::await_result_t<ouro::task<>>>);
static_assert(std::is_same_v<ouro::await_result_t<ouro::task<int&>>, int&>);
static_assert(
    std::is_same_v<ouro::await_result_t<ouro::task<std::unique_ptr<int>>>, std::unique_ptr<int>>);
static_assert(std::is_same_v<ouro::await_result_t<decltype(ouro::sleep(1s, 'x'))>, char>);
static_assert(std::is_same_v<ouro::await_result_t<with_member>, int>);
static_assert(std::is_same_v<ouro::await_result_t<with_function>, int>);
static_assert(std::is_same_v<ouro::await_result_t<ready_number>, int>);

OURO_TEST_CASE("awaitable: iscoroutine() is true for a task<T> only", "[task][awaitable]") {
  auto coroutine = number();
  auto handle = ouro::create_task(number());

  CHECK(ouro::iscoroutine(coroutine));
  CHECK(!ouro::iscoroutine(handle));
  CHECK(!ouro::iscoroutine(ouro::sleep(0s)));
  CHECK(!ouro::iscoroutine(3));
  coroutine.close();
  co_await handle;
}

OURO_TEST_CASE("awaitable: isfuture() is true for futures, tasks and what combinators give",
               "[task][awaitable]") {
  auto coroutine = number();
  auto handle = ouro::create_task(number());
  auto future = ouro::get_running_loop().create_future<int>();
  auto gathered = ouro::gather(handle);
  auto shielded = ouro::shield(handle);

  CHECK(ouro::isfuture(handle));
  CHECK(ouro::isfuture(future));
  CHECK(ouro::isfuture(ouro::task_handle<>(handle)));
  CHECK(ouro::isfuture(gathered));
  CHECK(ouro::isfuture(shielded));
  CHECK(!ouro::isfuture(coroutine));
  CHECK(!ouro::isfuture(ouro::sleep(0s)));
  coroutine.close();
  co_await gathered;
}

OURO_TEST_CASE("awaitable: a member, a function and an awaiter are awaited alike",
               "[task][awaitable]") {
  const int by_member = co_await with_member{};
  const int by_function = co_await with_function{};
  const int by_itself = co_await ready_number{};

  CHECK(by_member == 3);
  CHECK(by_function == 3);
  CHECK(by_itself == 4);
}

OURO_TEST_CASE("awaitable: create_task() takes all three kinds", "[task][awaitable]") {
  auto by_member = ouro::create_task(with_member{});
  auto by_function = ouro::create_task(with_function{});
  auto by_itself = ouro::create_task(ready_number{});

  const int first = co_await by_member;
  const int second = co_await by_function;
  const int third = co_await by_itself;

  CHECK(first == 3);
  CHECK(second == 3);
  CHECK(third == 4);
}
