// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ouro/loop/event_loop.hpp"
#include "ouro/loop/loop_hooks.hpp"
#include "ouro/ring/ring_hooks.hpp"
#include "ouro/task/deadline_scope.hpp"
#include "ouro/task/task_hooks.hpp"
#include "ouro/task/timeout.hpp"
#include "ouro/testing/cancel_everywhere.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace ouro::inline v0::testing {

/// How a run is disturbed.
enum class interruption {
  none,
  at_once,    // cancel() as soon as the task is suspended
  in_kernel,  // … when its request has been submitted
  resumed,    // … when it is in the ready queue
  twice,      // … and again at the next suspension
  time_out,   // timeout() around the scenario
  deadline,   // fail_at around the scenario
};

/// One run of a scenario, on a loop of its own, and what went wrong in it.
class cancel_session final : private task_hooks, private loop_hooks, private ring_hooks {
 public:
  using scenario = unique_function<task<>(cancel_run&)>;

  /// Interrupts at the suspension with the number `at`; zero is before the first step.
  cancel_session(const scenario& body, interruption how, int at) noexcept
      : body_(body), how_(how), at_(at) {}

  void run(const cancel_options& options);

  int suspensions() const noexcept { return suspensions_; }
  /// Whether the interruption came to pass.
  bool interrupted() const noexcept { return interrupted_; }
  /// Each begins with what was done in this run.
  std::vector<std::string> problems() const;

 private:
  // What the loop, its ring and its tasks tell.
  start on_create(const task_handle<>& task) noexcept override;
  void on_step(const task_handle<>& task) noexcept override;
  void on_suspend(const task_handle<>& task) noexcept override;
  void on_done(const task_handle<>& task) noexcept override;
  void on_turn(detail::ready_queue& batch) noexcept override;
  void on_submit(operation& request, io_uring_sqe& entry) noexcept override;
  std::size_t on_answers(std::span<ring_answer> answers) noexcept override;
  void on_complete(operation& request, const ring_answer& answer) noexcept override;

  void run_on_loop(event_loop& loop, const cancel_options& options);
  task<> drive();
  task<> guarded();
  task<> settle();
  void interrupt();
  void cancel_late();
  bool is_subject(const task_handle<>& task) const { return task == subject_; }
  bool subject_is_ready() const;
  void note_ending(const std::exception_ptr& error);
  void note_left_overs(event_loop& loop);
  void note_requests_of(const task_handle<>& task, const char* what);
  void note(std::string problem) { problems_.push_back(std::move(problem)); }
  void take_notes();

  const scenario& body_;
  interruption how_;
  int at_;
  int suspensions_ = 0;
  bool interrupted_ = false;
  unsigned silence_ = 0;  // turns in which the kernel's answers are held back
  bool armed_ = false;    // an interruption waits for its moment
  bool hung_ = false;
  bool creating_ = false;
  std::string place_;  // where the scenario was interrupted
  event_loop* loop_ = nullptr;
  task_handle<> subject_;
  timeout_scope* scope_ = nullptr;
  deadline_scope* guard_ = nullptr;
  cancel_run run_;
  std::unordered_map<const operation*, task_handle<>> requests_;  // in flight, and who made them
  std::vector<std::string> problems_;
};

}  // namespace ouro::inline v0::testing
