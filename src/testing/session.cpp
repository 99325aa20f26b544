// SPDX-License-Identifier: BSL-1.0
#include "session.hpp"

#include "ouro/base/errors.hpp"
#include "ouro/base/frame_pool.hpp"
#include "ouro/task/create_task.hpp"
#include "ouro/testing/open_fds.hpp"
#include "ouro/testing/settle.hpp"

#include "describe_tasks.hpp"

#include <algorithm>
#include <atomic>
#include <cstdio>

namespace ouro::inline v0::testing {
namespace {

constinit thread_local session* current_session = nullptr;

std::atomic<duration> usual_time_limit{std::chrono::seconds(30)};

/// Turns that what is ready at the end of a test may take; who needs more is blamed as pending.
constexpr int last_turns = 10'000;

std::string in_seconds(duration span) {
  char text[48];
  std::snprintf(text, sizeof text, "%.6g s", std::chrono::duration<double>(span).count());
  return text;
}

std::string place_of(const std::source_location& place) {
  if (place.line() == 0) return {};
  return std::string(place.file_name()) + ":" + std::to_string(place.line());
}

}  // namespace

void set_time_limit(duration limit) noexcept { usual_time_limit = limit; }

std::vector<std::string> take_reports() { return session::current().take_reports(); }

session::session(const isolation_options& options)
    : fds_(list_open_fds()),
      blocks_(detail::frame_pool::live()),
      limit_(options.time_limit.value_or(usual_time_limit.load())),
      clock_(options.autojump),
      loop_(std::make_unique<event_loop>(loop_options_of_tests(clock_))),
      watchdog_(std::make_unique<watchdog>(*loop_)),
      context_(copy_context()),
      outer_(std::exchange(current_session, this)) {
  loop_->set_exception_handler(
      [this](event_loop&, const exception_context& context) { collect(context); });
}

session::~session() { current_session = outer_; }

session& session::current() {
  if (current_session == nullptr) {
    detail::throw_usage_error("take_reports(): this is for tests that run_isolated() runs");
  }
  return *current_session;
}

// Phases
// ----------------------------------------------------------------------------------------------

bool session::run(std::string_view phase, const unique_function<task<>()>& body) {
  try {
    const task_handle<> main = detail::start_task(
        *loop_, body(), {.name = {}, .context = &context_}, std::source_location::current());
    if (!run_until_done(phase, main)) return false;
    main.result();
    return true;
  } catch (...) {
    fail(phase, std::current_exception());
    return false;
  }
}

bool session::call(std::string_view phase, const unique_function<void()>& function) {
  bool well = true;
  const auto guarded = [&]() noexcept {
    try {
      function();
    } catch (...) {
      well = false;
      fail(phase, std::current_exception());
    }
    loop_->stop();
  };
  loop_->call_soon(guarded, {.context = &context_});
  run_loop();
  return well;
}

void session::run_loop() {
  watchdog_->begin(limit_);
  loop_->run_forever();
  watchdog_->end();
}

/// Returns whether `main` has ended by itself. If the limit passes or the test stops its own loop,
/// that is noted and the task is cancelled, so that its clean-up runs.
bool session::run_until_done(std::string_view phase, const task_handle<>& main) {
  const auto token = main.add_done_callback([this] { loop_->stop(); });
  run_loop();
  if (main.done()) return true;
  if (watchdog_->struck()) {
    report_hang(phase);
  } else {
    add(problem_kind::exception, std::string(phase) + ": the loop was stopped before it ended",
        std::make_exception_ptr(usage_error("Event loop stopped before Future completed.")));
  }
  main.cancel();
  run_loop();
  if (!main.done()) {
    main.remove_done_callback(token);
    add(problem_kind::hang,
        std::string(phase) + " was cancelled, and did not end either:" + describe_task(main));
  }
  return false;
}

void session::report_hang(std::string_view phase) {
  add(problem_kind::hang,
      std::string(phase) + " did not end within " + in_seconds(limit_) +
          " of real time; pending are:" + describe_tasks(*loop_, which_tasks::all));
}

void session::add(problem_kind kind, std::string text, std::exception_ptr exception) {
  problems_.push_back({kind, std::move(text), std::move(exception)});
}

void session::fail(std::string_view phase, const std::exception_ptr& error) {
  add(problem_kind::exception, std::string(phase) + ": " + detail::describe(error), error);
}

bool session::failed() const noexcept {
  return std::any_of(problems_.begin(), problems_.end(), [](const problem& each) {
    return each.kind == problem_kind::exception || each.kind == problem_kind::hang;
  });
}

// Reports
// ---------------------------------------------------------------------------------------------

void session::collect(const exception_context& context) {
  reports_.push_back({std::string(context.message), std::string(context.name),
                      place_of(context.place),
                      context.exception ? detail::describe(context.exception) : std::string()});
}

std::vector<std::string> session::take_reports() {
  std::vector<std::string> texts;
  for (const report& each : std::exchange(reports_, {})) {
    texts.push_back(each.message + " | " + each.name +
                    (each.exception.empty() ? "" : " | " + each.exception));
  }
  return texts;
}

void session::blame_reports() {
  for (const report& each : std::exchange(reports_, {})) {
    std::string text = each.message;
    if (!each.name.empty() && text.find(each.name) == text.npos) text += ", '" + each.name + "'";
    if (!each.place.empty()) text += ", made at " + each.place;
    if (!each.exception.empty()) text += ": " + each.exception;
    const bool never_awaited = each.message.ends_with("was never awaited");
    add(never_awaited ? problem_kind::never_awaited : problem_kind::unread_report,
        (never_awaited ? "" : "unread report: ") + text);
  }
}

// The end
// ---------------------------------------------------------------------------------------------

std::vector<problem> session::finish() {
  run_what_is_ready();
  blame_reports();
  const bool had_failed = failed();
  if (!had_failed) blame_tasks();
  const bool had_tasks = !loop_->tasks().empty();
  end_tasks();
  if (!had_failed) blame_leftovers();
  watchdog_.reset();
  // What ends now would be reported as a loss, and has been blamed already.
  if (had_tasks) loop_->set_exception_handler([](event_loop&, const exception_context&) {});
  loop_->close();
  if (had_tasks) reports_.clear();
  blame_reports();
  loop_.reset();
  context_ = context();
  if (!had_failed && !had_tasks) blame_process();
  return std::move(problems_);
}

void session::run_what_is_ready() {
  const task_handle<> last = detail::start_task(*loop_, settle({.max_turns = last_turns}), {},
                                                std::source_location::current());
  run_until_done("what is ready at the end", last);
  if (!last.cancelled()) static_cast<void>(last.exception());  // who is busy is blamed as pending
}

/// Cancels what is left, and gives it the usual time to clean up.
void session::end_tasks() {
  const std::vector<task_handle<>> tasks = all_tasks(*loop_);
  std::size_t left = tasks.size();
  if (left == 0) return;
  for (const task_handle<>& task : tasks) {
    task.add_done_callback([this, &left] {
      if (--left == 0) loop_->stop();
    });
    task.cancel();
  }
  run_loop();
  for (const task_handle<>& task : tasks) {
    if (task.done() && !task.cancelled()) static_cast<void>(task.exception());
  }
  if (left == 0) return;
  // The loop runs no more, so nobody comes back to `left`.
  add(problem_kind::hang, "cancelled at the end of the test, these did not end:" +
                              describe_tasks(*loop_, which_tasks::all));
}

void session::blame_tasks() {
  for (const task_handle<>& task : all_tasks(*loop_)) {
    add(problem_kind::pending_task, "left pending:" + describe_task(task));
  }
}

void session::blame_leftovers() {
  for (const std::string& timer : loop_->describe_timers()) {
    add(problem_kind::pending_timer, "a timer was left: " + timer);
  }
  if (const std::size_t requests = loop_->pending_requests(); requests != 0) {
    add(problem_kind::pending_request,
        std::to_string(requests) + " request(s) were left in the kernel that no task waits for");
  }
}

void session::blame_process() {
  const std::map<int, std::string> fds = list_open_fds();
  for (const auto& [fd, target] : fds) {
    const auto before = fds_.find(fd);
    if (before != fds_.end() && before->second == target) continue;
    add(problem_kind::open_fd,
        "file descriptor " + std::to_string(fd) + " was left open: " + target);
  }
  for (const auto& [fd, target] : fds_) {
    if (fds.contains(fd)) continue;
    add(problem_kind::open_fd, "file descriptor " + std::to_string(fd) +
                                   " was closed, which the test had not opened: " + target);
  }
  const std::int64_t kept = detail::frame_pool::live() - blocks_;
  if (kept == 0) return;
  add(problem_kind::kept_memory,
      std::to_string(kept) +
          " pooled block(s) outlive the test: a coroutine, task handle, future or callback in "
          "something static?");
}

}  // namespace ouro::inline v0::testing
