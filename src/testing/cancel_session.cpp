// SPDX-License-Identifier: BSL-1.0
#include "cancel_session.hpp"

#include "ouro/base/frame_pool.hpp"
#include "ouro/ring/liburing.hpp"
#include "ouro/stream/connection.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/task/sleep.hpp"
#include "ouro/task/waiter.hpp"
#include "ouro/testing/open_fds.hpp"
#include "ouro/testing/shake.hpp"

#include <exception>
#include <optional>
#include <poll.h>

namespace ouro::inline v0::testing {
namespace {

using namespace std::chrono_literals;

/// When nothing else is left to wait for, the clock jumps to here.
constexpr duration end_of_time = std::chrono::hours(24 * 365 * 50);

/// How many turns the kernel needs to answer after an interruption, in most runs.
constexpr unsigned slow_answer = 4;

/// Jumps from timer to timer; before the last one it looks whether the kernel has anything.
class session_clock final : public time_source {
 public:
  explicit session_clock(duration patience) noexcept : patience_(patience) {}

  time_point now() noexcept override { return now_; }
  bool advance_to(time_point deadline) noexcept override {
    if (deadline >= last_ && answer_comes()) return false;
    if (deadline > now_) now_ = deadline;
    return true;
  }

  void set_ring(int fd) noexcept { ring_fd_ = fd; }
  time_point last() const noexcept { return last_; }

 private:
  bool answer_comes() const noexcept {
    ::pollfd ring{ring_fd_, POLLIN, 0};
    const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(patience_);
    return ::poll(&ring, 1, static_cast<int>(wait.count())) > 0;
  }

  duration patience_;
  time_point now_{1h};
  time_point last_ = now_ + end_of_time;
  int ring_fd_ = -1;
};

const char* name_of(interruption how) noexcept {
  switch (how) {
    case interruption::none:
      return "undisturbed";
    case interruption::at_once:
      return "cancel()";
    case interruption::in_kernel:
      return "cancel() of the submitted request";
    case interruption::resumed:
      return "cancel() of the task that is to be resumed";
    case interruption::twice:
      return "cancel(), and again at the next suspension,";
    case interruption::time_out:
      return "timeout()";
    case interruption::deadline:
      return "fail_at";
  }
  return "";
}

/// Whether a request that is made in a step of `task` is one that it waits for: then it is blocked
/// by now. Who waits for a stream does not wait for the requests of the transport beneath, which
/// goes on with them by itself.
bool waits_for_request(const detail::task_base& task) noexcept {
  const waiter* const awaiter = task.blocked_on();
  return awaiter != nullptr && dynamic_cast<const detail::read_wait*>(awaiter) == nullptr &&
         dynamic_cast<const detail::writer_wait*>(awaiter) == nullptr &&
         dynamic_cast<const detail::write_all_operation*>(awaiter) == nullptr;
}

std::string list(const std::vector<task_handle<>>& tasks) {
  std::string text;
  for (const task_handle<>& each : tasks) {
    text += text.empty() ? "" : ", ";
    text += "'" + each.get_name() + "'";
    const auto stack = each.get_stack();
    if (stack.empty()) continue;
    text += " at " + std::string(stack.back().file) + ":" + std::to_string(stack.back().line);
  }
  return text;
}

}  // namespace

std::vector<std::string> cancel_session::problems() const {
  std::string prefix = name_of(how_);
  if (how_ != interruption::none) {
    prefix += " at suspension " + std::to_string(at_);
    if (!place_.empty()) prefix += " (" + place_ + ")";
  }
  std::vector<std::string> result;
  result.reserve(problems_.size());
  for (const std::string& problem : problems_) {
    result.push_back(std::string(prefix).append(": ").append(problem));
  }
  return result;
}

// The run
// ------------------------------------------------------------------------------------------

void cancel_session::run(const cancel_options& options) {
  const std::size_t descriptors = open_fds();
  const auto frames = detail::frame_pool::live();
  {
    session_clock clock(options.patience);
    event_loop loop({.ring_entries = 64, .clock = &clock});
    clock.set_ring(loop.fileno());
    loop.set_exception_handler([this](event_loop&, const exception_context& report) {
      if (!hung_) note("reported: " + detail::describe(report));
    });
    const timer_handle last = loop.call_at(clock.last(), [this, &loop] {
      hung_ = true;
      note("hangs: nothing can wake " + list(all_tasks(loop)));
      loop.stop();
    });
    run_on_loop(loop, options);
    loop.close();
    take_notes();
    requests_.clear();
    subject_ = {};
  }
  if (const auto now = open_fds(); now != descriptors) {
    note(std::to_string(now - descriptors) + " file descriptors are left open");
  }
  if (const auto now = detail::frame_pool::live(); now != frames && !hung_) {
    note(std::to_string(now - frames) + " coroutine frames or states are left");
  }
}

void cancel_session::run_on_loop(event_loop& loop, const cancel_options& options) {
  loop_ = &loop;
  std::optional<chaos> bent;
  std::optional<shake> shaken;
  if (options.chaos != nullptr) bent.emplace(*options.chaos, loop);
  if (options.shake_seed) shaken.emplace(*options.shake_seed, loop);
  loop.set_task_hooks(*this);
  loop.add_hooks(*this);
  loop.io().add_hooks(*this);
  try {
    loop.run_until_complete(drive());
  } catch (const usage_error&) {
    if (!hung_) throw;
  }
  loop.io().remove_hooks(*this);
  loop.remove_hooks(*this);
  loop.set_task_hooks(nullptr);
}

task<> cancel_session::drive() {
  creating_ = true;
  auto subject = create_task(guarded(), {.name = "scenario"});
  creating_ = false;
  if (how_ != interruption::none && at_ == 0) interrupt();
  try {
    co_await subject;
  } catch (...) {
    note_ending(std::current_exception());
  }
  armed_ = false;
  co_await settle();
  for (const auto& check : run_.checks_) {
    try {
      co_await check();
    } catch (...) {
      note("a check at the end throws " + detail::describe(std::current_exception()));
    }
  }
  co_await settle();
  note_left_overs(*loop_);
}

task<> cancel_session::guarded() {
  if (how_ == interruption::time_out) {
    timeout_scope scope{optional_duration()};
    scope_ = &scope;
    co_await timeout(scope, [this] { return body_(run_); });
  } else if (how_ == interruption::deadline) {
    fail_at guard(std::nullopt);
    guard_ = &guard;
    co_await body_(run_);
  } else {
    co_await body_(run_);
  }
}

/// Lets what is under way come to its end.
task<> cancel_session::settle() {
  constexpr int enough = 200;
  for (int turn = 0; turn < enough && (turn < 10 || loop_->pending_requests() != 0); ++turn) {
    co_await sleep(0s);
  }
}

void cancel_session::interrupt() {
  if (const auto stack = subject_.get_stack(); !stack.empty()) {
    place_ = std::string(stack.back().file) + ":" + std::to_string(stack.back().line);
  }
  interrupted_ = true;
  switch (how_) {
    case interruption::none:
      break;
    case interruption::at_once:
      subject_.cancel();
      break;
    case interruption::twice:
      cancel_late();
      break;
    case interruption::in_kernel:
      loop_->call_soon([] {});  // so that the next turn does not wait for an answer
      armed_ = true;
      break;
    case interruption::resumed:
      armed_ = true;
      break;
    case interruption::time_out:
      silence_ = slow_answer;
      scope_->reschedule(loop_->time());
      break;
    case interruption::deadline:
      silence_ = slow_answer;
      guard_->reschedule(loop_->time());
      break;
  }
}

/// Cancels while the kernel is slow: whoever does not wait for its answer goes on without it.
void cancel_session::cancel_late() {
  silence_ = slow_answer;
  subject_.cancel();
}

bool cancel_session::subject_is_ready() const {
  const auto& state = static_cast<const detail::task_base&>(*subject_.state());
  return state.current_state() == detail::task_base::state::ready;
}

// What is noticed
// ----------------------------------------------------------------------------------

task_hooks::start cancel_session::on_create(const task_handle<>& task) noexcept {
  if (creating_) subject_ = task;
  return start::later;
}

void cancel_session::on_step(const task_handle<>& task) noexcept { note_requests_of(task, "runs"); }

void cancel_session::on_suspend(const task_handle<>& task) noexcept {
  if (!is_subject(task)) return;
  ++suspensions_;
  if (how_ == interruption::none) return;
  if (suspensions_ == at_) {
    interrupt();
  } else if (how_ == interruption::twice && suspensions_ == at_ + 1) {
    cancel_late();
  }
}

void cancel_session::on_done(const task_handle<>& task) noexcept {
  note_requests_of(task, "has ended");
}

void cancel_session::on_turn(detail::ready_queue&) noexcept {
  if (!armed_ || (how_ == interruption::resumed && !subject_is_ready())) return;
  armed_ = false;
  if (how_ == interruption::in_kernel) return cancel_late();
  subject_.cancel();
}

void cancel_session::on_submit(operation& request, io_uring_sqe&) noexcept {
  detail::task_base* task = detail::task_base::current_or_null();
  if (task == nullptr || !waits_for_request(*task)) return;
  requests_[&request] = task_handle<>(detail::intrusive_ptr<detail::task_base>(task));
}

std::size_t cancel_session::on_answers(std::span<ring_answer> answers) noexcept {
  if (silence_ == 0) return answers.size();
  --silence_;
  return 0;
}

void cancel_session::on_complete(operation& request, const ring_answer& answer) noexcept {
  if ((answer.flags & IORING_CQE_F_MORE) == 0) requests_.erase(&request);
}

void cancel_session::note_requests_of(const task_handle<>& task, const char* what) {
  const auto made = std::erase_if(requests_, [&](const auto& each) { return each.second == task; });
  if (made == 0) return;
  note("task '" + task.get_name() + "' " + what + " while a request of its is still in the kernel");
}

void cancel_session::note_ending(const std::exception_ptr& error) {
  const bool timed = how_ == interruption::time_out || how_ == interruption::deadline;
  bool wanted = false;
  try {
    std::rethrow_exception(error);
  } catch (const cancelled_error&) {
    wanted = interrupted_ && !timed;
  } catch (const timeout_error&) {
    wanted = interrupted_ && timed;
  } catch (...) {
    wanted = false;
  }
  if (!wanted) note("the scenario ends with " + detail::describe(error));
}

void cancel_session::note_left_overs(event_loop& loop) {
  std::vector<task_handle<>> tasks = all_tasks(loop);
  std::erase(tasks, current_task());
  if (!tasks.empty()) note("tasks are left: " + list(tasks));
  if (loop.pending_timers() != 1) {  // the end of time
    note(std::to_string(loop.pending_timers() - 1) + " timers are left");
  }
  if (loop.pending_requests() != 0) {
    note(std::to_string(loop.pending_requests()) + " requests are left in the kernel");
  }
}

void cancel_session::take_notes() {
  for (std::string& problem : run_.problems_) note(std::move(problem));
  if (!hung_) {
    for (const auto& [name, ledger] : run_.ledgers_) {
      if (const std::string difference = ledger.difference(); !difference.empty()) {
        note(std::string(name).append(": ").append(difference));
      }
    }
  }
  run_.checks_.clear();
}

}  // namespace ouro::inline v0::testing
