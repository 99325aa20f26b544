// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/unique_function.hpp"

#include "tests/support/catch.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace {

int twice(int value) { return 2 * value; }

/// Counts how many of its kind live.
struct counted {
  explicit counted(int& live) : live_(&live) { ++*live_; }
  counted(counted&& other) noexcept : live_(other.live_) { ++*live_; }
  ~counted() { --*live_; }
  int operator()() const { return *live_; }

 private:
  int* live_;
};

}  // namespace

TEST_CASE("unique_function: calls a function and a closure", "[base][unique_function]") {
  const ouro::unique_function<int(int)> function(&twice);
  const ouro::unique_function<int(int)> closure(
      [offset = 10](int value) { return value + offset; });

  CHECK(function(4) == 8);
  CHECK(closure(4) == 14);
}

TEST_CASE("unique_function: holds a closure that cannot be copied", "[base][unique_function]") {
  ouro::unique_function<int()> function([box = std::make_unique<int>(3)] { return *box; });
  ouro::unique_function<int()> moved(std::move(function));

  static_assert(!std::is_copy_constructible_v<ouro::unique_function<int()>>);
  CHECK(!function);
  CHECK(moved() == 3);
}

TEST_CASE("unique_function: may be empty", "[base][unique_function]") {
  const ouro::unique_function<void()> empty;
  const ouro::unique_function<void()> null(nullptr);

  CHECK(!empty);
  CHECK(!null);
}

TEST_CASE("unique_function: keeps what it holds alive, once, and destroys it",
          "[base][unique_function]") {
  int live = 0;
  {
    ouro::unique_function<int()> function{counted(live)};
    CHECK(live == 1);
    ouro::unique_function<int()> other = std::move(function);
    CHECK(live == 1);
    CHECK(other() == 1);
  }
  CHECK(live == 0);
}

TEST_CASE("unique_function: assigning replaces what it held", "[base][unique_function]") {
  int first = 0;
  int second = 0;
  ouro::unique_function<int()> function{counted(first)};

  function = ouro::unique_function<int()>{counted(second)};
  CHECK(first == 0);
  CHECK(second == 1);

  function = nullptr;
  CHECK(second == 0);
  CHECK(!function);
}

TEST_CASE("unique_function: keeps the state of its closure between calls",
          "[base][unique_function]") {
  const ouro::unique_function<int()> next([count = 0]() mutable { return ++count; });

  next();
  next();

  CHECK(next() == 3);
}

TEST_CASE("unique_function: forwards move-only arguments and references",
          "[base][unique_function]") {
  int seen = 0;
  const ouro::unique_function<int&(std::unique_ptr<int>, int&)> function(
      [](std::unique_ptr<int> box, int& out) -> int& {
        out = *box;
        return out;
      });

  int& result = function(std::make_unique<int>(5), seen);

  CHECK(seen == 5);
  CHECK(&result == &seen);
}

TEST_CASE("unique_function: drops a result that nobody asked for", "[base][unique_function]") {
  bool called = false;
  const ouro::unique_function<void()> function([&] {
    called = true;
    return 7;
  });

  function();

  CHECK(called);
}

TEST_CASE("unique_function: lets exceptions out", "[base][unique_function]") {
  const ouro::unique_function<void()> function([] { throw std::domain_error("out"); });
  CHECK_THROWS_AS(function(), std::domain_error);
}
