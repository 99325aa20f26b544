// SPDX-License-Identifier: BSL-1.0
#include "ouro/base/owned.hpp"

#include "tests/support/catch.hpp"

#include <type_traits>
#include <utility>

namespace {

using ouro::detail::make_owned;
using ouro::detail::owned;
using ouro::detail::owned_array;

static_assert(std::is_nothrow_move_constructible_v<owned<int>>);
static_assert(std::is_nothrow_move_assignable_v<owned<int>>);
static_assert(!std::is_copy_constructible_v<owned<int>>);
static_assert(!std::is_convertible_v<int*, owned<int>>);
static_assert(!std::is_constructible_v<owned<int>, owned<long>>);

/// Counts those that live.
struct counted {
  explicit counted(int& alive) : alive_(alive) { ++alive_; }
  counted(const counted&) = delete;
  counted& operator=(const counted&) = delete;
  virtual ~counted() { --alive_; }

 private:
  int& alive_;
};
struct derived : counted {
  using counted::counted;
};

}  // namespace

TEST_CASE("owned: it destroys its object when it goes", "[base][owned]") {
  int alive = 0;

  {
    const owned<counted> object = make_owned<counted>(alive);
  }

  CHECK(alive == 0);
}

TEST_CASE("owned: a moved-from one owns nothing", "[base][owned]") {
  int alive = 0;
  owned<counted> from = make_owned<counted>(alive);

  const owned<counted> to = std::move(from);

  CHECK_FALSE(from);  // NOLINT(bugprone-use-after-move): what is tested
  CHECK(to);
  CHECK(alive == 1);
}

TEST_CASE("owned: assignment destroys what was owned before", "[base][owned]") {
  int first = 0;
  int second = 0;
  owned<counted> object = make_owned<counted>(first);

  object = make_owned<counted>(second);

  CHECK(first == 0);
  CHECK(second == 1);
}

TEST_CASE("owned: assignment to itself keeps the object", "[base][owned]") {
  int alive = 0;
  owned<counted> object = make_owned<counted>(alive);
  owned<counted>& same = object;

  object = std::move(same);

  CHECK(object);
  CHECK(alive == 1);
}

TEST_CASE("owned: one of a derived class becomes one of its base", "[base][owned]") {
  int alive = 0;

  {
    const owned<counted> object = make_owned<derived>(alive);
    CHECK(alive == 1);
  }

  CHECK(alive == 0);
}

TEST_CASE("owned: release() gives the object up", "[base][owned]") {
  int alive = 0;
  owned<counted> object = make_owned<counted>(alive);

  counted* given = object.release();

  CHECK_FALSE(object);
  CHECK(alive == 1);
  delete given;
}

TEST_CASE("owned: an object that is destroyed by reset() is owned no more", "[base][owned]") {
  struct watcher {
    owned<watcher>& owner;
    bool& was_owned;
    ~watcher() { was_owned = static_cast<bool>(owner); }
  };
  bool was_owned = true;
  owned<watcher> object;
  object = owned<watcher>(new watcher{object, was_owned});

  object.reset();

  CHECK_FALSE(was_owned);
}

TEST_CASE("owned_array: its elements start as zero", "[base][owned]") {
  const owned_array<int> numbers(3);

  CHECK(numbers[0] == 0);
  CHECK(numbers[2] == 0);
}

TEST_CASE("owned_array: assignment takes the other's elements", "[base][owned]") {
  owned_array<int> numbers(1);
  owned_array<int> others(1);
  others[0] = 7;

  numbers = std::move(others);

  CHECK(numbers[0] == 7);
  CHECK(others.get() == nullptr);  // NOLINT(bugprone-use-after-move): what is tested
}
