// SPDX-License-Identifier: BSL-1.0
#include "ouro/loop/context.hpp"

#include "tests/support/loop_test.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

using namespace std::chrono_literals;

namespace {

ouro::context_var<std::string> user("user", "nobody");
ouro::context_var<int> request("request");
ouro::context_var<std::shared_ptr<int>> shared("shared");

ouro::task<std::string> renames(std::string name) {
  user.set(name);
  co_await ouro::sleep(0s);
  co_return user.get();
}

ouro::task<> sets_request(int value) {
  request.set(value);
  co_return;
}

ouro::task<std::string> user_of_the_task() { co_return user.get(); }

}  // namespace

TEST_CASE("context_var: gives its default where nothing is set", "[loop][context]") {
  ouro::context empty;
  empty.run([] { CHECK(user.get() == "nobody"); });
  CHECK(std::string(user.name()) == "user");
}

TEST_CASE("context_var: without value and default get() is out_of_range", "[loop][context]") {
  ouro::context empty;
  empty.run([] { CHECK_THROWS_AS(request.get(), std::out_of_range); });
}

TEST_CASE("context_var: set() gives a token with which reset() goes back", "[loop][context]") {
  ouro::context().run([] {
    auto first = user.set("a");
    auto second = user.set("b");
    CHECK(user.get() == "b");

    user.reset(std::move(second));
    CHECK(user.get() == "a");
    user.reset(std::move(first));
    CHECK(user.get() == "nobody");
  });
}

TEST_CASE("context_var: variables do not touch each other", "[loop][context]") {
  ouro::context().run([] {
    user.set("a");
    request.set(1);
    user.set("b");

    CHECK(user.get() == "b");
    CHECK(request.get() == 1);
  });
}

TEST_CASE("context: run() keeps changes inside", "[loop][context]") {
  ouro::context outer;
  outer.run([] {
    user.set("outer");
    ouro::context inner = ouro::copy_context();

    inner.run([] {
      CHECK(user.get() == "outer");
      user.set("inner");
    });

    CHECK(user.get() == "outer");
    CHECK(inner.get(user) == "inner");
  });
  CHECK(outer.get(user) == "outer");
}

TEST_CASE("context: run() gives the result and lets exceptions out", "[loop][context]") {
  ouro::context context;
  const int value = context.run([] { return 7; });

  CHECK(value == 7);
  ouro::context().run([&] {
    user.set("here");
    CHECK_THROWS_AS(context.run([]() -> int { throw std::domain_error("out"); }),
                    std::domain_error);
    CHECK(user.get() == "here");
  });
}

TEST_CASE("context: a copy of the object shares it, copy_context() does not", "[loop][context]") {
  ouro::context context;
  context.run([] { user.set("first"); });
  ouro::context same = context;
  ouro::context copy = context.run([] { return ouro::copy_context(); });

  same.run([] { user.set("second"); });

  CHECK(context.get(user) == "second");
  CHECK(copy.get(user) == "first");
  CHECK(!copy.get(request));
}

TEST_CASE("context: assigning shares the other", "[loop][context]") {
  ouro::context a;
  ouro::context b;
  a.run([] { user.set("a"); });
  b.run([] { user.set("b"); });

  b = a;
  a.run([] { user.set("c"); });

  CHECK(b.get(user) == "c");
}

TEST_CASE("context: values live as long as a context that holds them", "[loop][context]") {
  auto value = std::make_shared<int>(1);
  {
    ouro::context context;
    context.run([&] { shared.set(value); });
    const ouro::context copy = context.run([] { return ouro::copy_context(); });
    context.run([] { shared.set(nullptr); });
    CHECK(value.use_count() == 2);
  }
  CHECK(value.use_count() == 1);
}

TEST_CASE("context: each thread has its own", "[loop][context][threads]") {
  ouro::context().run([] {
    user.set("here");
    std::string there;
    std::thread([&] {
      there = user.get();
      user.set("there");
    }).join();

    CHECK(there == "nobody");
    CHECK(user.get() == "here");
  });
}

TEST_CASE("context: many threads copy and drop the same values", "[loop][context][threads]") {
  ouro::context context;
  context.run([] { user.set("everybody"); });
  bool right[2] = {true, true};
  const auto use = [&](int who) {
    for (int i = 0; i < 2000; ++i) {
      ouro::context mine = context;
      ouro::context copy = mine.run([] { return ouro::copy_context(); });
      copy.run([] { request.set(1); });
      right[who] = right[who] && copy.get(user) == "everybody";
    }
  };
  std::thread other(use, 0);
  use(1);
  other.join();

  CHECK(right[0]);
  CHECK(right[1]);
  CHECK(!context.get(request));
}

OURO_TEST_CASE("context: a callback runs in the context of the time it was scheduled",
               "[loop][context]") {
  auto& loop = ouro::get_running_loop();
  std::string log;
  user.set("early");
  loop.call_soon([&] {
    log += user.get() + " ";
    user.set("changed");
  });
  loop.call_later(1s, [&] { log += user.get() + " "; });
  loop.call_soon_threadsafe([&] { log += user.get() + " "; });
  user.set("late");

  co_await ouro::sleep(2s);

  CHECK(log == "early early early ");
  CHECK(user.get() == "late");
}

OURO_TEST_CASE("context: callbacks with an explicit context share it", "[loop][context]") {
  auto& loop = ouro::get_running_loop();
  ouro::context context;
  std::string seen;
  loop.call_soon([] { user.set("first"); }, {.context = &context});
  loop.call_later(1s, [&] { seen = user.get(); }, {.context = &context});

  co_await ouro::sleep(2s);

  CHECK(seen == "first");
  CHECK(context.get(user) == "first");
  CHECK(user.get() == "nobody");
}

OURO_TEST_CASE("context: a handle knows the context of its callback", "[loop][context]") {
  user.set("mine");

  const auto handle = ouro::get_running_loop().call_soon([] {});
  user.set("later");

  CHECK(handle.get_context().get(user) == "mine");
  co_await ouro::sleep(0s);
}

OURO_TEST_CASE("context: an exception in a callback restores the context of the others",
               "[loop][context]") {
  auto& loop = ouro::get_running_loop();
  ouro::context context;
  context.run([] { user.set("inside"); });
  std::string seen;
  loop.call_soon([] { throw std::domain_error("broken"); }, {.context = &context});
  loop.call_soon([&] { seen = user.get(); });

  co_await ouro::sleep(0s);

  CHECK(seen == "nobody");
  CHECK(test::take_reports().size() == 1);
}

OURO_TEST_CASE("context: a task has a copy, made when it was created", "[loop][context]") {
  user.set("parent");
  auto reader = ouro::create_task(user_of_the_task());
  auto writer = ouro::create_task(renames("child"));
  user.set("later");

  const std::string seen = co_await reader;
  const std::string renamed = co_await writer;

  CHECK(seen == "parent");
  CHECK(renamed == "child");
  CHECK(user.get() == "later");
  CHECK(writer.get_context().get(user) == "child");
}

OURO_TEST_CASE("context: an awaited coroutine shares the context of its task", "[loop][context]") {
  const std::string renamed = co_await renames("child");

  CHECK(renamed == "child");
  CHECK(user.get() == "child");
}

OURO_TEST_CASE("context: tasks with an explicit context share it", "[loop][context]") {
  ouro::context context;

  auto first = ouro::create_task(sets_request(5), {.context = &context});
  co_await first;

  CHECK(context.get(request) == 5);
  CHECK_THROWS_AS(request.get(), std::out_of_range);
}
