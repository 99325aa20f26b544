// SPDX-License-Identifier: BSL-1.0
#include "ouro/loop/extension.hpp"

#include "ouro/loop/event_loop.hpp"

#include "tests/support/catch.hpp"

#include <memory>
#include <string>

namespace {

std::string events;  // of the test that runs

struct counter final : ouro::loop_extension {
  explicit counter(ouro::event_loop& of) : made_by(of) {}
  ~counter() override { events += "counter "; }

  ouro::event_loop& made_by;
  int count = 0;
};

struct other final : ouro::loop_extension {
  explicit other(ouro::event_loop& of) : closed(of) {}
  ~other() override { events += closed.is_closed() ? "other " : "early "; }

  ouro::event_loop& closed;
};

}  // namespace

TEST_CASE("extension: a loop keeps one of each type, made when first asked for",
          "[loop][extension]") {
  ouro::event_loop loop;
  CHECK(loop.find_extension<counter>() == nullptr);

  counter& made = loop.extension<counter>();
  made.count = 7;

  CHECK(&made.made_by == &loop);
  CHECK(&loop.extension<counter>() == &made);
  CHECK(loop.find_extension<counter>() == &made);
  CHECK(loop.find_extension<other>() == nullptr);
}

TEST_CASE("extension: loops do not share them", "[loop][extension]") {
  ouro::event_loop first;
  ouro::event_loop second;

  first.extension<counter>().count = 1;

  CHECK(second.extension<counter>().count == 0);
}

TEST_CASE("extension: close() destroys them behind callbacks, the last one first",
          "[loop][extension]") {
  struct says_goodbye {
    std::string* to;
    ~says_goodbye() { *to += "callback "; }
  };
  events.clear();
  ouro::event_loop loop;
  loop.extension<counter>();
  loop.extension<other>();
  auto* const captured = new says_goodbye{&events};
  loop.call_soon([owner = std::unique_ptr<says_goodbye>(captured)] {});

  loop.close();

  CHECK(events == "callback other counter ");
  CHECK(loop.find_extension<counter>() == nullptr);
}

TEST_CASE("extension: close() tells all, once, while callbacks still wait", "[loop][extension]") {
  struct told final : ouro::loop_extension {
    explicit told(ouro::event_loop& of) : loop(of) {}
    void on_close() noexcept override { events += loop.is_closed() ? "late " : "told "; }

    ouro::event_loop& loop;
  };
  events.clear();
  ouro::event_loop loop;
  loop.extension<told>();
  loop.extension<counter>();

  loop.close();
  loop.close();

  CHECK(events == "told counter ");
}
