// SPDX-License-Identifier: BSL-1.0
//
// Introspection, debug mode, context variables, hooks, fresh loops.
#include "ouro/base/log.hpp"
#include "ouro/loop/context.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/gather.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/task_hooks.hpp"
#include "ouro/task/wait.hpp"

#include "tests/parity/parity.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>

using namespace std::chrono_literals;
using parity::list_of;
using parity::print;

namespace {

// case: 613_current_task
namespace case_613 {

ouro::task<> who(std::string n) {
  const std::string a = ouro::current_task().get_name();
  co_await ouro::sleep(0s);
  print(n, a == n, ouro::current_task().get_name() == n);
}

ouro::task<ouro::task_handle<>> inline_task() { co_return ouro::current_task(); }

ouro::task<> amain() {
  ouro::get_running_loop().call_soon([] { print("callback", ouro::current_task()); });
  std::vector<ouro::task_handle<>> ts;
  for (const char* n : {"x", "y"}) ts.push_back(ouro::create_task(who(n), {.name = n}));
  co_await ouro::wait(ts);
  print("same task through await", co_await inline_task() == ouro::current_task());
}

const parity::entry entry("613_current_task", amain);

}  // namespace case_613

// case: 614_all_tasks
namespace case_614 {

std::vector<std::string> sorted_names() {
  auto names = parity::map_list(ouro::all_tasks(), [](auto& t) { return t.get_name(); });
  std::ranges::sort(names);
  return names;
}

ouro::task<> amain() {
  ouro::current_task().set_name("main");
  std::vector<ouro::task_handle<>> ts;
  for (ouro::duration d : {0s, 10s, 10s}) {
    const std::string name = "t" + std::to_string(ts.size());
    ts.push_back(ouro::create_task(ouro::sleep(d), {.name = name}));
  }
  print(sorted_names());
  co_await ts[0];
  print(sorted_names());
  ts[1].cancel();
  print(ouro::all_tasks().size());
  co_await ouro::wait(list_of(ts[1]));
  print(sorted_names());
}

const parity::entry entry("614_all_tasks", amain);

}  // namespace case_614

// case: 615_slow_callback_warning
namespace case_615 {

std::set<std::string> warned;

void sink(ouro::log_level level, std::string_view text) {
  if (text.find(" took ") == std::string_view::npos) return;
  warned.insert(level == ouro::log_level::warning ? "WARNING" : "another level");
}

std::vector<std::string> levels() { return {warned.begin(), warned.end()}; }

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  const std::chrono::duration<double> limit = loop.slow_callback_duration;
  print("debug", loop.get_debug(), "default", limit.count());
  loop.slow_callback_duration = 50ms;
  co_await ouro::sleep(0s);
  std::this_thread::sleep_for(70ms);
  co_await ouro::sleep(0s);
}

void run() {
  ouro::set_log_sink(sink);
  ouro::run(amain(), {.debug = true});
  print("warned", levels());
  warned.clear();
  ouro::run(amain(), {.debug = false});
  print("warned", levels());
}

const parity::entry entry("615_slow_callback_warning", run);

}  // namespace case_615

// case: 617_never_awaited
namespace case_617 {

ouro::task<> forgotten() {
  print("never printed");
  co_return;
}

// What Python issues as a RuntimeWarning goes to the exception handler, without an exception.
const char* category(const ouro::exception_context& context) {
  return context.exception ? "Exception" : "RuntimeWarning";
}

ouro::task<> amain() {
  int reports = 0;
  ouro::get_running_loop().set_exception_handler(
      [&](ouro::event_loop&, const ouro::exception_context& context) {
        const bool says_it = context.message.find("never awaited") != std::string_view::npos;
        print(++reports, category(context), says_it);
      });
  static_cast<void>(forgotten());
  auto c = forgotten();
  c.close();
  print("closing it explicitly is silent");
  co_return;
}

const parity::entry entry("617_never_awaited", amain);

}  // namespace case_617

// case: 618_context_copied_per_task
namespace case_618 {

ouro::context_var<std::string> var("var", "unset");

ouro::task<> child(std::string v) {
  const std::string before = var.get();
  var.set(v);
  co_await ouro::sleep(0s);
  print("child", before, "->", var.get());
}

ouro::task<> inline_child() {
  var.set("set by awaited coroutine");
  co_return;
}

ouro::task<> amain() {
  var.set("main");
  auto a = ouro::create_task(child("a"));
  var.set("main 2");
  auto b = ouro::create_task(child("b"));
  co_await ouro::gather(a, b);
  print("main", var.get());
  co_await inline_child();
  print("main", var.get());
}

const parity::entry entry("618_context_copied_per_task", amain);

}  // namespace case_618

// case: 620_context_explicit_for_task
namespace case_620 {

ouro::context_var<std::string> var("var", "unset");

ouro::task<> child() {
  print("child sees", var.get());
  var.set("changed by child");
  co_return;
}

ouro::task<> amain() {
  var.set("main");
  auto ctx = ouro::copy_context();
  co_await ouro::create_task(child(), {.context = &ctx});
  print("ctx", ctx.get(var), "| main", var.get());
  co_await ouro::create_task(child());
  print("main", var.get());
}

const parity::entry entry("620_context_explicit_for_task", amain);

}  // namespace case_620

// case: 629_task_factory
namespace case_629 {

std::vector<std::string> made;

// What the name of a coroutine function ends in.
std::string last_part(std::string_view function) {
  return std::string(function.substr(function.rfind(':') + 1));
}

class factory final : public ouro::task_hooks {
 public:
  start on_create(const ouro::task_handle<>& task) noexcept override {
    made.push_back(last_part(task.get_coro().function));
    return start::later;
  }
};

ouro::task<int> c() { co_return 1; }

ouro::task<> amain() {
  auto& loop = ouro::get_running_loop();
  factory hooks;
  loop.set_task_hooks(hooks);
  co_await ouro::create_task(c());
  co_await ouro::gather(c(), c());
  loop.set_task_hooks(nullptr);
  co_await ouro::create_task(c());
  print(made.size(), made);
}

const parity::entry entry("629_task_factory", amain);

}  // namespace case_629

// case: 633_run_twice_is_fresh
namespace case_633 {

ouro::task<> first() {
  auto& loop = ouro::get_running_loop();
  loop.call_later(100ms, [] { print("must not fire"); });
  loop.set_exception_handler([](ouro::event_loop&, const ouro::exception_context&) {});
  ouro::create_task(ouro::sleep(10s));
  co_return;
}

ouro::task<> second() {
  co_await ouro::sleep(150ms);
  const bool has_handler = static_cast<bool>(ouro::get_running_loop().get_exception_handler());
  print(ouro::all_tasks().size(), has_handler ? "handler" : "None");
}

void run() {
  ouro::run(first());
  ouro::run(second());
}

const parity::entry entry("633_run_twice_is_fresh", run);

}  // namespace case_633

}  // namespace

int main(int argc, char** argv) { return parity::run_case(argc, argv); }
