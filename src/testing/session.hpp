// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/loop/event_loop.hpp"
#include "ouro/task/task_handle.hpp"
#include "ouro/testing/run_isolated.hpp"
#include "ouro/testing/virtual_clock.hpp"

#include "stress.hpp"
#include "watchdog.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ouro::inline v0::testing {

/// One test: its loop and clock, the phases that run on it, and what is wrong.
class session {
 public:
  explicit session(const isolation_options& options);
  session(const session&) = delete;
  session& operator=(const session&) = delete;
  ~session();

  static session& current();

  /// Runs a coroutine as a task, in the context that all phases share. Returns whether it went
  /// well.
  bool run(std::string_view phase, const unique_function<task<>()>& body);
  /// Calls a function on the running loop, in the same context.
  bool call(std::string_view phase, const unique_function<void()>& function);

  /// Cleans up, and gives everything that was wrong. The last call.
  std::vector<problem> finish();

  std::vector<std::string> take_reports();

 private:
  struct report {
    std::string message;
    std::string name;
    std::string place;  // empty if unknown
    std::string exception;
  };

  void add(problem_kind kind, std::string text, std::exception_ptr exception = nullptr);
  void fail(std::string_view phase, const std::exception_ptr& error);
  void collect(const exception_context& context);
  void run_loop();
  bool run_until_done(std::string_view phase, const task_handle<>& main);
  void report_hang(std::string_view phase);
  void run_what_is_ready();
  void end_tasks();
  void blame_tasks();
  void blame_leftovers();
  void blame_reports();
  void blame_process();
  bool failed() const noexcept;

  std::map<int, std::string> fds_;
  std::int64_t blocks_;
  duration limit_;
  virtual_clock clock_;
  stress_signals signals_;
  std::unique_ptr<event_loop> loop_;
  std::unique_ptr<watchdog> watchdog_;
  context context_;
  session* outer_;
  std::vector<report> reports_;
  std::vector<problem> problems_;
};

}  // namespace ouro::inline v0::testing
