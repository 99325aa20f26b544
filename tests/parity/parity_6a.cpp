// SPDX-License-Identifier: BSL-1.0
//
// run() and runner, exception handlers.
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/runner.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/wait.hpp"

#include "tests/parity/parity.hpp"

#include <algorithm>
#include <chrono>
#include <memory>

using namespace std::chrono_literals;
using parity::finally;
using parity::list_of;
using parity::print;

namespace {

// case: 601_run_returns
namespace case_601 {

// Python keeps the loops and asks them afterwards. Here run() has destroyed them, so each gets a
// timer whose callback holds a mark: a closed loop has dropped it, and a fresh loop has no timers.
struct kept {
  std::weak_ptr<int> mark;
  bool fresh;
};
std::vector<kept> loops;

void keep_running_loop() {
  auto& loop = ouro::get_running_loop();
  const bool fresh = loop.pending_timers() == 0;
  auto mark = std::make_shared<int>();
  loops.push_back({mark, fresh});
  loop.call_later(1h, [mark] { print("must not fire", *mark); });
}

ouro::task<int> ok() {
  keep_running_loop();
  co_return 42;
}

ouro::task<> bad() {
  keep_running_loop();
  throw parity::value_error("from main");
  co_return;
}

void run() {
  print(ouro::run(ok()));
  try {
    ouro::run(bad());
  } catch (const parity::value_error& e) {
    print("ValueError", e.what());
  }
  print(parity::map_list(loops, [](auto& l) { return l.mark.expired(); }), !loops[1].fresh);
}

const parity::entry entry("601_run_returns", run);

}  // namespace case_601

// case: 602_run_cancels_leftovers
namespace case_602 {

std::vector<int> cleaned;

ouro::task<> bg(int n) {
  std::exception_ptr error;
  try {
    co_await ouro::sleep(10s);
  } catch (...) {
    error = std::current_exception();
  }
  co_await ouro::sleep(10ms);
  cleaned.push_back(n);
  if (error) std::rethrow_exception(error);
}

ouro::task<std::string> amain() {
  for (int i = 0; i < 3; ++i) ouro::create_task(bg(i));
  co_await ouro::sleep(0s);
  print("main returns");
  co_return "result";
}

void run() {
  print(ouro::run(amain()));
  std::ranges::sort(cleaned);
  print("cleaned", cleaned);
}

const parity::entry entry("602_run_cancels_leftovers", run);

}  // namespace case_602

// case: 603_run_error_still_cleans
namespace case_603 {

ouro::task<> bg() {
  const finally at_end([] { print("cleanup"); });
  co_await ouro::sleep(10s);
}

ouro::task<> amain() {
  ouro::create_task(bg());
  co_await ouro::sleep(0s);
  throw parity::key_error("main failed");
}

void run() {
  try {
    ouro::run(amain());
  } catch (const parity::key_error& e) {
    print("KeyError", e.what());
  }
}

const parity::entry entry("603_run_error_still_cleans", run);

}  // namespace case_603

// case: 606_runner_reuse
namespace case_606 {

struct started {
  ouro::task_handle<> t;
  ouro::event_loop* loop;
};

ouro::task<> bg() {
  try {
    for (;;) co_await ouro::sleep(0s);
  } catch (const ouro::cancelled_error&) {
    print("bg cancelled at exit");
    throw;
  }
}

ouro::task<started> start() {
  co_return started{ouro::create_task(bg()), &ouro::get_running_loop()};
}

ouro::task<> again(ouro::task_handle<> t, ouro::event_loop* loop) {
  print("same loop", &ouro::get_running_loop() == loop, "bg alive", !t.done());
  co_return;
}

void run() {
  ouro::runner r;
  auto [t, loop] = r.run(start());
  r.run(again(t, loop));
  print("get_loop same", &r.get_loop() == loop);
  r.close();
  print("bg", t.cancelled(), "closed", loop->is_closed());
}

const parity::entry entry("606_runner_reuse", run);

}  // namespace case_606

// case: 609_task_exception_never_retrieved
namespace case_609 {

ouro::task<> bad() {
  throw parity::value_error("lost");
  co_return;
}

ouro::task<> amain() {
  ouro::get_running_loop().set_exception_handler(
      [](ouro::event_loop&, const ouro::exception_context& context) {
        print("handler:", context.message, "|", context.exception);
      });
  {
    auto t = ouro::create_task(bad());
    co_await ouro::sleep(0s);
    print("done", t.done());
  }
  {
    auto t = ouro::create_task(bad());
    co_await ouro::wait(list_of(t));
    print("read:", t.exception());
  }
  print("no second report");
}

const parity::entry entry("609_task_exception_never_retrieved", amain);

}  // namespace case_609

// case: 611_handler_context_keys
namespace case_611 {

void handler(ouro::event_loop&, const ouro::exception_context& context) {
  std::vector<std::string> keys;
  if (context.exception) keys.push_back("exception");
  if (context.future != nullptr) keys.push_back("future");
  if (context.handle != nullptr) keys.push_back("handle");
  if (!context.message.empty()) keys.push_back("message");
  if (context.task != nullptr) keys.push_back("task");
  print(keys);
}

void bad() { throw parity::zero_division_error(); }

ouro::task<> fail() {
  throw parity::zero_division_error();
  co_return;
}

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  loop.set_exception_handler(handler);
  loop.call_soon(bad);
  co_await ouro::sleep(0s);
  {
    auto t = ouro::create_task(fail());
    co_await ouro::sleep(0s);
  }
  ouro::exception_context custom;
  custom.message = "custom";
  loop.call_exception_handler(custom);
  print(static_cast<bool>(loop.get_exception_handler()));
  loop.set_exception_handler(nullptr);
  if (!loop.get_exception_handler()) print(nullptr);
}

const parity::entry entry("611_handler_context_keys", amain);

}  // namespace case_611

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
