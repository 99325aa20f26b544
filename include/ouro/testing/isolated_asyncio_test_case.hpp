// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/base/unique_function.hpp"
#include "ouro/task/awaitable.hpp"
#include "ouro/task/task.hpp"
#include "ouro/testing/run_isolated.hpp"

#include <concepts>
#include <functional>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace ouro::inline v0::testing {

/// Something to enter and to leave with awaits: `co_await aenter()` and `co_await aexit()`.
/// Python: `__aenter__` and `__aexit__`.
template <class T>
concept async_context = std::move_constructible<T> && requires(T& context) {
  requires awaitable<decltype(context.aenter())>;
  requires awaitable<decltype(context.aexit())>;
};

/// Base of test fixtures with awaits in set-up and tear-down. Derive, override what is needed, and
/// run it with OURO_TEST_CASE_METHOD() or run_isolated(). Everything happens on one loop, in one
/// context, and in this order:
///
///   the constructor, set_up, async_set_up, the test, async_tear_down, tear_down, the clean-ups
///   with the last one first, the destructor.
///
/// If a step of the set-up throws, what is left of it, the test and the tear-down are skipped. The
/// tear-down runs although the test has failed; if async_tear_down throws, tear_down is skipped.
/// The clean-ups run always, all of them, and may add more. Each failure is a problem of its own.
///
/// set_up, tear_down, the constructor and the destructor run on the loop, but in no task.
/// asyncio: unittest.IsolatedAsyncioTestCase.
class isolated_asyncio_test_case {
 public:
  isolated_asyncio_test_case() = default;
  isolated_asyncio_test_case(const isolated_asyncio_test_case&) = delete;
  isolated_asyncio_test_case& operator=(const isolated_asyncio_test_case&) = delete;
  virtual ~isolated_asyncio_test_case() = default;

  virtual void set_up() {}
  virtual task<> async_set_up() { co_return; }
  virtual task<> async_tear_down() { co_return; }
  virtual void tear_down() {}

  /// Has `function(arguments...)` called after the tear-down; both are moved or copied.
  template <class Function, class... Arguments>
    requires std::invocable<std::decay_t<Function>&, std::decay_t<Arguments>&&...>
  void add_cleanup(Function&& function, Arguments&&... arguments) {
    cleanups_.push_back(
        {bound(std::forward<Function>(function), std::forward<Arguments>(arguments)...), {}});
  }

  /// Has what `function(arguments...)` gives awaited after the tear-down; both are moved or copied.
  template <class Function, class... Arguments>
    requires awaitable<std::invoke_result_t<std::decay_t<Function>&, std::decay_t<Arguments>&&...>>
  void add_async_cleanup(Function&& function, Arguments&&... arguments) {
    cleanups_.push_back(
        {{},
         awaiting(bound(std::forward<Function>(function), std::forward<Arguments>(arguments)...))});
  }

  /// Enters `context`, which is moved and lives as long as the fixture, and adds leaving it to the
  /// clean-ups. Gives what aenter() gives. If aenter() throws, there is nothing to leave. What
  /// needs no await is better a member, or a local with a destructor.
  template <async_context Context>
  auto enter_async_context(Context context)
      -> task<std::decay_t<await_result_t<decltype(context.aenter())>>> {
    const auto kept = std::make_shared<Context>(std::move(context));
    if constexpr (std::is_void_v<await_result_t<decltype(kept->aenter())>>) {
      co_await kept->aenter();
      add_async_cleanup([kept] { return kept->aexit(); });
    } else {
      auto entered = co_await kept->aenter();
      add_async_cleanup([kept] { return kept->aexit(); });
      co_return entered;
    }
  }

 private:
  friend class fixture_run;

  struct cleanup {
    unique_function<void()> function;  // one of the two is empty
    unique_function<task<>()> coroutine;
  };

  template <class Function, class... Arguments>
  static auto bound(Function&& function, Arguments&&... arguments) {
    return [function = std::forward<Function>(function),
            values = std::tuple<std::decay_t<Arguments>...>(
                std::forward<Arguments>(arguments)...)]() mutable -> decltype(auto) {
      return std::apply(function, std::move(values));
    };
  }

  template <class Function>
  static unique_function<task<>()> awaiting(Function function) {
    return [function = std::move(function)]() mutable { return await_it(function); };
  }
  template <class Function>
  static task<> await_it(Function& function) {
    static_cast<void>(co_await function());
  }

  std::vector<cleanup> cleanups_;
};

namespace fixtures {

using fixture_maker = unique_function<std::unique_ptr<isolated_asyncio_test_case>()>;
using fixture_test = unique_function<task<>(isolated_asyncio_test_case&)>;

std::vector<problem> run_fixture(const fixture_maker& make, const fixture_test& test,
                                 const isolation_options& options);

}  // namespace fixtures

/// Runs `test`, a member function of a fixture, on a fixture of its own; otherwise as
/// run_isolated() with a function.
template <class Fixture, class Base>
  requires std::derived_from<Fixture, isolated_asyncio_test_case> && std::derived_from<Fixture, Base>
std::vector<problem> run_isolated_as(task<> (Base::*test)(),
                                     const isolation_options& options = {}) {
  return fixtures::run_fixture(
      [] { return std::unique_ptr<isolated_asyncio_test_case>(std::make_unique<Fixture>()); },
      [test](isolated_asyncio_test_case& fixture) {
        return (static_cast<Fixture&>(fixture).*test)();
      },
      options);
}
template <std::derived_from<isolated_asyncio_test_case> Fixture>
std::vector<problem> run_isolated(task<> (Fixture::*test)(),
                                  const isolation_options& options = {}) {
  return run_isolated_as<Fixture>(test, options);
}

}  // namespace ouro::inline v0::testing
