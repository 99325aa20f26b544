// SPDX-License-Identifier: BSL-1.0
#include "ouro/ring/ring_hooks.hpp"

#include "ouro/ring/ring.hpp"

#include "tests/ring/operations.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <vector>

using namespace ring_test;
using namespace std::chrono_literals;

namespace {

/// Writes down what it sees, and does what it is told.
class bender final : public ouro::ring_hooks {
 public:
  explicit bender(ouro::ring& io) : io_(io) { io_.add_hooks(*this); }
  bender(const bender&) = delete;
  ~bender() { io_.remove_hooks(*this); }

  int submitted = 0;
  std::vector<int> completed;
  std::size_t let_pass = 100;
  bool reverse = false;
  int replace_by = 0;

 private:
  void on_submit(ouro::operation& request, io_uring_sqe& entry) noexcept override {
    ++submitted;
    CHECK(request.in_flight());
    CHECK(entry.user_data != 0);
  }
  std::size_t on_answers(std::span<ouro::ring_answer> answers) noexcept override {
    if (reverse) std::reverse(answers.begin(), answers.end());
    if (replace_by != 0) {
      for (ouro::ring_answer& answer : answers) answer.result = replace_by;
    }
    return let_pass;
  }
  void on_complete(ouro::operation& request, const ouro::ring_answer& answer) noexcept override {
    completed.push_back(answer.result);
    CHECK_FALSE(request.in_flight());
  }

  ouro::ring& io_;
};

}  // namespace

TEST_CASE("ring_hooks: see each request and each answer", "[ring][ring_hooks]") {
  ouro::ring io;
  io.bind();
  nop_operation first;
  nop_operation second;
  {
    bender hooks(io);
    io.submit(first);
    io.submit(second);
    io.enter(0s);
    io.dispatch();
    CHECK(hooks.submitted == 2);
    CHECK(hooks.completed == std::vector{0, 0});
  }

  io.submit(first);
  io.enter(0s);
  io.dispatch();
  CHECK(first.results == std::vector{0, 0});
}

TEST_CASE("ring_hooks: an answer may be held, and keeps the ring from sleeping",
          "[ring][ring_hooks]") {
  ouro::ring io;
  io.bind();
  nop_operation nop;
  bender hooks(io);
  hooks.let_pass = 0;
  io.submit(nop);
  io.enter(0s);

  CHECK(io.dispatch() == 0);
  CHECK(nop.in_flight());
  CHECK(io.has_completions());
  io.enter(std::nullopt);  // does not wait

  hooks.let_pass = 1;
  CHECK(io.dispatch() == 1);
  CHECK(nop.ended_with(0));
  CHECK_FALSE(io.has_completions());
}

TEST_CASE("ring_hooks: what was held comes when the hooks have gone", "[ring][ring_hooks]") {
  ouro::ring io;
  io.bind();
  nop_operation nop;
  {
    bender hooks(io);
    hooks.let_pass = 0;
    io.submit(nop);
    io.enter(0s);
    io.dispatch();
  }

  CHECK(io.dispatch() == 1);
  CHECK(nop.ended_with(0));
}

TEST_CASE("ring_hooks: answers may be reordered and replaced", "[ring][ring_hooks]") {
  ouro::ring io;
  io.bind();
  std::vector<int> order;
  nop_operation first;
  nop_operation second;
  first.then = [&order] { order.push_back(1); };
  second.then = [&order] { order.push_back(2); };
  bender hooks(io);
  hooks.reverse = true;
  hooks.replace_by = -ECONNRESET;
  io.submit(first);
  io.submit(second);
  io.enter(0s);

  io.dispatch();

  CHECK(order == std::vector{2, 1});
  CHECK(first.ended_with(-ECONNRESET));
}

TEST_CASE("ring_hooks: a limit of completions holds for bent answers too", "[ring][ring_hooks]") {
  ouro::ring io;
  io.bind();
  nop_operation nops[5];
  bender hooks(io);
  for (nop_operation& each : nops) io.submit(each);
  io.enter(0s);

  CHECK(io.dispatch(2) == 2);
  CHECK(io.dispatch(2) == 2);
  CHECK(io.dispatch(2) == 1);
}

TEST_CASE("ring_hooks: cannot hold a ring that drains", "[ring][ring_hooks]") {
  ouro::ring io;
  io.bind();
  nop_operation nop;
  bender hooks(io);
  hooks.let_pass = 0;
  io.submit(nop);
  io.enter(0s);
  io.dispatch();

  io.drain();

  CHECK(nop.ended_with(0));
}

TEST_CASE("ring_hooks: see a request that was withdrawn end", "[ring][ring_hooks][cancel]") {
  ouro::ring io({.entries = 1});
  io.bind();
  bender hooks(io);
  nop_operation nop;
  io.submit(nop);
  io.cancel(nop);
  io.enter(0s);

  io.dispatch();

  CHECK(nop.ended_with(-ECANCELED));
  CHECK(hooks.completed == std::vector{-ECANCELED});
}
