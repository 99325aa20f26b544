// SPDX-License-Identifier: BSL-1.0
// Ctrl-C and the signal that prints the tasks, each in a process of its own.
#include "ouro/base/errors.hpp"
#include "ouro/sync/event.hpp"
#include "ouro/task/run.hpp"
#include "ouro/task/runner.hpp"
#include "ouro/task/sleep.hpp"

#include "tests/support/catch.hpp"
#include "tests/task/child_process.hpp"

#include <csignal>
#include <string>
#include <unistd.h>

using namespace std::chrono_literals;
using child_test::run_in_child;

namespace {

bool default_action(int signal_number) {
  struct sigaction action{};
  return ::sigaction(signal_number, nullptr, &action) == 0 && action.sa_handler == SIG_DFL;
}

void raise_in_process(int signal_number) { ::kill(::getpid(), signal_number); }

ouro::task<> interrupt_and_sleep(std::string& log) {
  raise_in_process(SIGINT);
  log += "sent ";
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    log += "cancelled ";
    throw;
  }
}

ouro::task<> interrupt_and_clean_up(std::string& log) {
  try {
    co_await interrupt_and_sleep(log);
  } catch (const ouro::cancelled_error&) {
    log += "caught ";
  }
  co_await ouro::sleep(1ms);
  log += "clean ";
  throw ouro::cancelled_error{};
}

ouro::task<int> interrupt_and_swallow(std::string& log) {
  try {
    co_await interrupt_and_sleep(log);
  } catch (const ouro::cancelled_error&) {
  }
  co_return 7;
}

ouro::task<> interrupt_and_fail(std::string& log) {
  try {
    co_await interrupt_and_sleep(log);
  } catch (const ouro::cancelled_error&) {
    throw std::runtime_error("in the clean-up");
  }
}

ouro::task<> interrupt_twice_and_loop() {
  raise_in_process(SIGINT);
  raise_in_process(SIGINT);
  for (;;) ::usleep(1000);
  co_return;
}

ouro::task<> ignore_cancels(std::string& log) {
  for (;;) {
    try {
      co_await interrupt_and_sleep(log);
    } catch (const ouro::cancelled_error&) {
    }
  }
}

ouro::task<> note_cancel(std::string& log) {
  try {
    co_await ouro::sleep(1h);
  } catch (const ouro::cancelled_error&) {
    log += "background ";
    throw;
  }
}

ouro::task<> interrupt_with_background(std::string& log) {
  ouro::create_task(note_cancel(log));
  co_await ouro::sleep(0s);
  co_await interrupt_and_sleep(log);
}

ouro::task<> announce_and_sleep(int fd) {
  if (::write(fd, "x", 1) != 1) throw std::runtime_error("write");
  co_await ouro::sleep(1h);
}

ouro::task<> interrupt_and_yield() {
  raise_in_process(SIGINT);
  for (int i = 0; i < 3; ++i) co_await ouro::sleep(0s);
}

ouro::task<int> number(int value) { co_return value; }

/// Runs `main` and gives 1 if it ends by Ctrl-C, 2 if by a cancel, 3 if by an error, 0 if well.
template <class T>
int ending_of(ouro::task<T> main, const ouro::run_options& options = {}) {
  try {
    ouro::run(std::move(main), options);
    return 0;
  } catch (const ouro::keyboard_interrupt&) {
    return 1;
  } catch (const ouro::cancelled_error&) {
    return 2;
  } catch (const std::exception&) {
    return 3;
  }
}

volatile std::sig_atomic_t own_handler_calls = 0;
void own_handler(int) { own_handler_calls = own_handler_calls + 1; }

ouro::task<> wait_inside(ouro::event& go) { co_await go.wait(); }

ouro::task<> dump_from_below(ouro::event& go) {
  auto waiting = ouro::create_task(wait_inside(go), {.name = "waiting"});
  co_await ouro::sleep(0s);
  raise_in_process(SIGUSR1);
  for (int i = 0; i < 3; ++i) co_await ouro::sleep(0s);
  go.set();
  co_await waiting;
}

ouro::task<int> dump_tasks() {
  ouro::current_task().set_name("the main task");
  ouro::event go;
  co_await dump_from_below(go);
  co_return 0;
}

}  // namespace

TEST_CASE("SIGINT: cancels main, which may clean up, and run() throws keyboard_interrupt",
          "[task][runner][cancel]") {
  const auto ended = run_in_child([] {
    std::string log;
    const int code = ending_of(interrupt_and_clean_up(log));
    return code == 1 && log == "sent cancelled caught clean " ? 42 : code;
  });

  CHECK(ended.code == 42);
}

TEST_CASE("SIGINT: reaches a loop that sleeps in the kernel", "[task][runner][cancel]") {
  const auto ended = run_in_child([] {
    int ends[2];
    if (::pipe(ends) != 0) return 98;
    const ::pid_t program = ::getpid();
    if (::fork() == 0) {
      char byte;
      const bool asked = ::read(ends[0], &byte, 1) == 1;
      ::usleep(1000);
      if (asked) ::kill(program, SIGINT);
      ::_exit(0);
    }
    return ending_of(announce_and_sleep(ends[1]));
  });

  CHECK(ended.code == 1);
}

TEST_CASE("SIGINT: a main that swallows the cancel gives its value", "[task][runner][cancel]") {
  const auto ended = run_in_child([] {
    std::string log;
    return ouro::run(interrupt_and_swallow(log));
  });

  CHECK(ended.code == 7);
}

TEST_CASE("SIGINT: the error of a main that fails in its clean-up comes out",
          "[task][runner][cancel][error]") {
  const auto ended = run_in_child([] {
    std::string log;
    return ending_of(interrupt_and_fail(log));
  });

  CHECK(ended.code == 3);
}

TEST_CASE("SIGINT: the tasks that are left are cancelled too", "[task][runner][cancel]") {
  const auto ended = run_in_child([] {
    std::string log;
    const int code = ending_of(interrupt_with_background(log));
    return code == 1 && log == "sent cancelled background " ? 42 : code;
  });

  CHECK(ended.code == 42);
}

TEST_CASE("SIGINT: the second one ends a step that never returns with status 130",
          "[task][runner][cancel]") {
  const auto ended = run_in_child([] { return ending_of(interrupt_twice_and_loop()); });

  CHECK(ended.code == 130);
  CHECK(ended.error_output.find("unfinished tasks") != std::string::npos);
  CHECK(ended.error_output.find("Task-1") != std::string::npos);
  CHECK(ended.error_output.find("interrupt_twice_and_loop") != std::string::npos);
}

TEST_CASE("SIGINT: the second one ends a main that ignores the first", "[task][runner][cancel]") {
  const auto ended = run_in_child([] {
    std::string log;
    return ending_of(ignore_cancels(log));
  });

  CHECK(ended.code == 130);
}

TEST_CASE("SIGINT: a handler of the program's own stays and nothing is cancelled",
          "[task][runner]") {
  const auto ended = run_in_child([] {
    ::signal(SIGINT, &own_handler);
    const int code = ending_of(interrupt_and_yield());
    return code == 0 && own_handler_calls == 1 ? 42 : code;
  });

  CHECK(ended.code == 42);
}

TEST_CASE("SIGINT: is left alone without handle_sigint", "[task][runner]") {
  const auto ended =
      run_in_child([] { return ending_of(interrupt_and_yield(), {.handle_sigint = false}); });

  CHECK(ended.signal == SIGINT);
}

TEST_CASE("SIGINT: has its default action again after the run", "[task][runner]") {
  const auto ended = run_in_child([] {
    ouro::runner runner;
    runner.run(number(1));
    if (!default_action(SIGINT)) return 1;
    runner.close();
    return default_action(SIGINT) ? 42 : 2;
  });

  CHECK(ended.code == 42);
}

TEST_CASE("SIGINT: one in each run counts as the first", "[task][runner][cancel]") {
  const auto ended = run_in_child([] {
    int interrupted = 0;
    ouro::runner runner;
    for (int i = 0; i < 3; ++i) {
      std::string log;
      try {
        runner.run(interrupt_and_sleep(log));
      } catch (const ouro::keyboard_interrupt&) {
        ++interrupted;
      }
    }
    return interrupted * 10 + runner.run(number(1));
  });

  CHECK(ended.code == 31);
}

TEST_CASE("dump_signal: prints the tasks with their stacks and the program goes on",
          "[task][runner]") {
  const auto ended = run_in_child([] {
    const int code = ouro::run(dump_tasks(), {.dump_signal = SIGUSR1});
    return code == 0 && default_action(SIGUSR1) ? 42 : code;
  });

  CHECK(ended.code == 42);
  const std::string& text = ended.error_output;
  CHECK(text.find("task 'the main task' dump_tasks (") < text.find("task 'waiting' wait_inside ("));
  CHECK(text.find("  dump_tasks ") < text.find("  dump_from_below "));
  CHECK(text.find("  dump_from_below ") != text.npos);
  CHECK(text.find("  wait_inside ") != text.npos);
  CHECK(text.find("runner_signal_test.cpp:") != text.npos);
}

TEST_CASE("dump_signal: none is taken by default", "[task][runner]") {
  const auto ended = run_in_child([] { return ouro::run(dump_tasks()); });

  CHECK(ended.signal == SIGUSR1);
}
