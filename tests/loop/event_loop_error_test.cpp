// SPDX-License-Identifier: BSL-1.0
// What goes wrong inside callbacks and tasks, and who is told.
#include "ouro/base/errors.hpp"
#include "ouro/base/log.hpp"
#include "ouro/loop/event_loop.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/testing/virtual_clock.hpp"

#include "tests/support/catch.hpp"

#include <cstdlib>
#include <ctime>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

std::vector<std::string> lines;

void collect(ouro::log_level level, std::string_view text) {
  lines.push_back((level == ouro::log_level::error ? "error: " : "") + std::string(text));
}

/// Collects the log for the time of a test.
struct log_lines {
  log_lines() {
    lines.clear();
    ouro::set_log_sink(&collect);
  }
  ~log_lines() { ouro::set_log_sink(nullptr); }
};

void throws() { throw std::domain_error("broken"); }

void block(ouro::duration span) {
  const timespec time{0, static_cast<long>(span.count())};
  ::nanosleep(&time, nullptr);
}

ouro::task<> blocks(ouro::duration span) {
  block(span);
  co_return;
}

/// Runs what is ready, and two turns more.
void run_turns(ouro::event_loop& loop) {
  for (int turn = 0; turn < 3; ++turn) {
    loop.stop();
    loop.run_forever();
  }
}

}  // namespace

TEST_CASE("event_loop: an exception in a callback goes to the handler and the batch goes on",
          "[loop][event_loop][error]") {
  ouro::event_loop loop;
  std::string log;
  loop.set_exception_handler([&](ouro::event_loop& where, const ouro::exception_context& context) {
    log += &where == &loop ? "handled " : "wrong loop ";
    log += std::string(context.message) + ": " + ouro::detail::describe(context.exception) + " ";
  });
  loop.call_soon([&] { log += "a "; });
  loop.call_soon(&throws);
  loop.call_soon([&] { log += "b"; });

  run_turns(loop);

  CHECK(log == "a handled Exception in callback: std::domain_error: broken b");
}

TEST_CASE("event_loop: the report names the handle and the place of the call",
          "[loop][event_loop][error]") {
  ouro::event_loop loop;
  ouro::handle told;
  unsigned line = 0;
  std::string file;
  loop.set_exception_handler([&](ouro::event_loop&, const ouro::exception_context& context) {
    if (context.handle != nullptr) told = *context.handle;
    line = context.place.line();
    file = context.place.file_name();
  });
  const auto handle = loop.call_soon(&throws);
  const unsigned line_of_call = __LINE__ - 1;

  run_turns(loop);

  CHECK(told == handle);
  CHECK(line == line_of_call);
  CHECK(file.ends_with("event_loop_error_test.cpp"));
}

TEST_CASE("event_loop: what is not a std::exception is isolated, too",
          "[loop][event_loop][error]") {
  ouro::event_loop loop;
  int reports = 0;
  loop.set_exception_handler([&](ouro::event_loop&, const ouro::exception_context&) { ++reports; });
  loop.call_soon([] { throw 7; });
  loop.call_later(0s, [] { throw ouro::cancelled_error{}; });

  run_turns(loop);

  CHECK(reports == 2);
}

TEST_CASE("event_loop: without a handler the report is logged as an error",
          "[loop][event_loop][error]") {
  const log_lines collected;
  ouro::event_loop loop;
  CHECK(!loop.get_exception_handler());
  loop.call_soon(&throws);

  run_turns(loop);

  REQUIRE(lines.size() == 1);
  CHECK(lines[0].starts_with("error: Exception in callback\n"));
  CHECK(lines[0].find("exception: std::domain_error: broken") != std::string::npos);
  CHECK(lines[0].find("event_loop_error_test.cpp:") != std::string::npos);
}

TEST_CASE("event_loop: a handler that throws loses neither report and does not harm the loop",
          "[loop][event_loop][error]") {
  const log_lines collected;
  ouro::event_loop loop;
  bool went_on = false;
  loop.set_exception_handler([](ouro::event_loop&, const ouro::exception_context&) {
    throw std::range_error("in the handler");
  });
  loop.call_soon(&throws);
  loop.call_soon([&] { went_on = true; });

  run_turns(loop);

  CHECK(went_on);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].starts_with("error: Unhandled error in exception handler"));
  CHECK(lines[0].find("std::range_error: in the handler") != std::string::npos);
  CHECK(lines[1].find("std::domain_error: broken") != std::string::npos);
}

TEST_CASE("event_loop: an empty handler restores the default", "[loop][event_loop][error]") {
  const log_lines collected;
  ouro::event_loop loop;
  int reports = 0;
  loop.set_exception_handler([&](ouro::event_loop&, const ouro::exception_context&) { ++reports; });
  CHECK(static_cast<bool>(loop.get_exception_handler()));

  loop.set_exception_handler({});
  loop.call_soon(&throws);
  run_turns(loop);

  CHECK(reports == 0);
  CHECK(lines.size() == 1);
}

TEST_CASE("event_loop: a handler may replace itself and go on", "[loop][event_loop][error]") {
  const log_lines collected;
  ouro::event_loop loop;
  std::string seen;
  const std::string long_text(200, 'x');
  loop.set_exception_handler(
      [&seen, long_text](ouro::event_loop& where, const ouro::exception_context&) {
        where.set_exception_handler({});
        seen = long_text;  // a capture of the handler that was replaced
      });
  loop.call_soon(&throws);
  loop.call_soon(&throws);

  run_turns(loop);

  CHECK(seen == long_text);
  CHECK(lines.size() == 1);  // the second one went to the default handler
}

TEST_CASE("event_loop: call_exception_handler() and the default one take reports from anybody",
          "[loop][event_loop][error]") {
  const log_lines collected;
  ouro::event_loop loop;
  std::string told;
  loop.set_exception_handler(
      [&](ouro::event_loop&, const ouro::exception_context& context) { told = context.message; });
  ouro::exception_context report;
  report.message = "mine";

  loop.call_exception_handler(report);
  loop.default_exception_handler(report);

  CHECK(told == "mine");
  CHECK(lines == std::vector<std::string>{"error: mine"});
}

TEST_CASE("event_loop: debug mode reports a callback and a task that block", "[loop][event_loop]") {
  const log_lines collected;
  ouro::event_loop loop;
  loop.set_debug(true);
  loop.slow_callback_duration = 1ms;
  loop.call_soon([] { block(2ms); });
  const auto slow = loop.create_task(blocks(2ms));
  slow.set_name("slow one");

  run_turns(loop);

  REQUIRE(lines.size() == 2);
  CHECK(lines[0].starts_with("Executing callback "));
  CHECK(lines[0].find("event_loop_error_test.cpp:") != std::string::npos);
  CHECK(lines[0].find(" took ") != std::string::npos);
  CHECK(lines[0].ends_with(" seconds"));
  CHECK(lines[1].starts_with("Executing task 'slow one' blocks "));
}

TEST_CASE("event_loop: what takes less than slow_callback_duration is not reported",
          "[loop][event_loop]") {
  const log_lines collected;
  ouro::event_loop loop;
  CHECK(loop.slow_callback_duration == 100ms);
  loop.set_debug(true);
  loop.slow_callback_duration = 1h;
  loop.call_soon([] { block(1ms); });

  run_turns(loop);

  CHECK(lines.empty());
}

TEST_CASE("event_loop: without debug mode slow callbacks are not reported", "[loop][event_loop]") {
  const log_lines collected;
  ouro::event_loop loop;
  loop.set_debug(false);
  loop.slow_callback_duration = 1us;
  loop.call_soon([] { block(1ms); });

  run_turns(loop);

  CHECK(lines.empty());
}

TEST_CASE("event_loop: OURO_DEBUG turns debug mode on", "[loop][event_loop]") {
  const char* before = std::getenv("OURO_DEBUG");
  const std::string saved = before == nullptr ? "" : before;
  const auto debug_with = [](const char* value) {
    ::setenv("OURO_DEBUG", value, 1);
    return ouro::event_loop().get_debug();
  };

  CHECK(debug_with("1"));
  CHECK(!debug_with("0"));
  CHECK(!debug_with(""));
  ::unsetenv("OURO_DEBUG");
  CHECK(!ouro::event_loop().get_debug());

  if (before != nullptr) ::setenv("OURO_DEBUG", saved.c_str(), 1);
}
